#include "generate/deliver_rows.hpp"

#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <thread>

#include "csv/csv_rows.hpp"
#include "csv/quoting.hpp"
#include "file_content.hpp"
#include "plain_format.hpp"
#include "support/ordered_pieces.hpp"
#include "support/temporary_folder.hpp"

namespace cuvae::test {
namespace {

Schema small_schema() {
  Schema schema;
  schema.columns = {label_column("name", {"a", "b,c", "long \"quoted\" one", ""}),
                    value_column("amount", ColumnKind::currency, -20, 300, 2),
                    label_column("city", {"Rome", "Oslo", "New York", "Saint Petersburg", ""})};
  return schema;
}

std::uint64_t write_rows(const Schema& schema, RowGenerator& generator, const Delivery& delivery,
                         const std::string& header, OutputFile& file, Monitor& monitor) {
  CsvRows csv(schema, codings_of(schema), header, file, monitor);
  deliver_rows(generator, delivery, csv, monitor);
  return csv.bytes();
}

std::string written(const Schema& schema, const Delivery& delivery, const std::string& header) {
  const TemporaryFolder folder;
  FakeGenerator generator(schema, 1009, delivery.workers, 3);
  Monitor monitor;
  OutputFile file(folder / "out.csv", IfExists::fail);
  const std::uint64_t bytes = write_rows(schema, generator, delivery, header, file, monitor);
  file.commit();
  const std::string text = content(folder / "out.csv");
  EXPECT_EQ(bytes, text.size());
  return text;
}

TEST(DeliverRows, WritesTheSameBytesWithAnyNumberOfWorkersAndChunks) {
  const Schema schema = small_schema();
  const FakeGenerator generator(schema, 1009, 1, 3);
  const std::string expected = "head\n" + plain_rows(schema, generator, 17, 5000);
  for (const unsigned workers : {1U, 2U, 3U, 8U}) {
    for (const std::uint32_t chunk : {1U, 7U, 128U, 1000U, 4999U, 5000U, 5001U}) {
      ASSERT_EQ(written(schema, {17, 5000, chunk, workers}, "head\n"), expected)
          << workers << " workers, " << chunk << " rows a chunk";
    }
  }
}

TEST(DeliverRows, ShardsConcatenate) {
  const Schema schema = small_schema();
  const std::string whole = written(schema, {0, 3000, 256, 2}, "head\n");
  EXPECT_EQ(written(schema, {0, 1, 256, 2}, "head\n") + written(schema, {1, 1998, 100, 3}, "") +
                written(schema, {1999, 1001, 999, 1}, ""),
            whole);
}

TEST(DeliverRows, NoRowsAreAHeaderOnly) {
  EXPECT_EQ(written(small_schema(), {5, 0, 100, 4}, "head\n"), "head\n");
  EXPECT_EQ(written(small_schema(), {5, 0, 100, 4}, ""), "");
}

TEST(DeliverRows, TheLastRowsOfTheEndlessTable) {
  const Schema schema = small_schema();
  const FakeGenerator generator(schema, 1009, 1, 3);
  const std::uint64_t last = ~std::uint64_t{0};
  std::string expected = plain_rows(schema, generator, last - 99, 99);
  expected += plain_rows(schema, generator, 0, 0);
  EXPECT_EQ(written(schema, {last - 99, 99, 10, 2}, ""), expected);
}

// A device that fails at one chunk while the other workers wait for their turn.
TEST(DeliverRows, AFailureInOneWorkerStopsAll) {
  class Failing : public FakeGenerator {
   public:
    using FakeGenerator::FakeGenerator;
    const RowBlock& codes(unsigned worker, std::uint64_t first_row, std::uint32_t rows) override {
      if (first_row == 500) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        throw Error(ErrorKind::device, "the device is gone");
      }
      return FakeGenerator::codes(worker, first_row, rows);
    }
  };
  const Schema schema = small_schema();
  for (const unsigned workers : {1U, 2U, 5U}) {
    const TemporaryFolder folder;
    Failing generator(schema, 1009, workers, 3);
    Monitor monitor;
    try {
      OutputFile file(folder / "out.csv", IfExists::fail);
      write_rows(schema, generator, {0, 1'000'000'000, 100, workers}, "", file, monitor);
      ADD_FAILURE() << "nothing was thrown";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::device);
    }
    EXPECT_TRUE(folder.names().empty());
  }
}

TEST(DeliverRows, ADiskThatIsFullStopsAll) {
  const Schema schema = small_schema();
  FakeGenerator generator(schema, 1009, 3, 3);
  Monitor monitor;
  OutputFile file("/dev/full", IfExists::fail);
  EXPECT_THROW(write_rows(schema, generator, {0, 1'000'000'000, 100, 3}, "", file, monitor), Error);
}

TEST(DeliverRows, CancellingLeavesNoFile) {
  class AfterSome : public Monitor {
   public:
    bool cancelled() const override { return ++asked_ > 50; }

   private:
    mutable std::atomic<int> asked_{0};
  };
  const TemporaryFolder folder;
  const Schema schema = small_schema();
  FakeGenerator generator(schema, 1009, 2, 3);
  AfterSome monitor;
  try {
    OutputFile file(folder / "out.csv", IfExists::fail);
    write_rows(schema, generator, {0, 1'000'000'000, 100, 2}, "", file, monitor);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::interrupted);
  }
  EXPECT_TRUE(folder.names().empty());
}

TEST(DeliverRows, ProgressGrowsToTheEndWithoutOverlap) {
  class Recording : public Monitor {
   public:
    void progress(std::string_view stage, std::uint64_t done, std::uint64_t total) override {
      EXPECT_FALSE(inside_.exchange(true));
      EXPECT_EQ(stage, "generate");
      EXPECT_EQ(total, 40'000U);
      EXPECT_GE(done, last);
      last = done;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      inside_ = false;
    }
    std::uint64_t last = 0;

   private:
    std::atomic<bool> inside_{false};
  };
  const TemporaryFolder folder;
  const Schema schema = small_schema();
  FakeGenerator generator(schema, 1009, 3, 3);
  Recording monitor;
  OutputFile file(folder / "out.csv", IfExists::fail);
  write_rows(schema, generator, {0, 40'000, 10, 3}, "", file, monitor);
  EXPECT_EQ(monitor.last, 40'000U);
}

TEST(PieceOrder, FailingWakesWhoWaits) {
  PieceOrder order;
  std::atomic<bool> passed{true};
  std::thread waiting([&] { passed = order.pass(1, [] { return true; }); });
  order.fail();
  waiting.join();
  EXPECT_FALSE(passed);
  EXPECT_FALSE(order.pass(0, [] { return true; }));
}

TEST(PieceOrder, TheOneThatEndsIsTheLastToPass) {
  PieceOrder order;
  std::atomic<bool> passed{true};
  std::thread waiting([&] { passed = order.pass(1, [] { return true; }); });
  EXPECT_TRUE(order.pass(0, [] { return false; }));
  waiting.join();
  EXPECT_FALSE(passed);
}

}  // namespace
}  // namespace cuvae::test
