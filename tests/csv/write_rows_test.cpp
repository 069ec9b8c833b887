#include "generate/write_rows.hpp"

#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <thread>

#include "csv/quoting.hpp"
#include "file_content.hpp"
#include "plain_format.hpp"
#include "support/ordered_writer.hpp"
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

std::string written(const Schema& schema, const RowRange& range, const std::string& header) {
  const TemporaryFolder folder;
  FakeGenerator generator(schema, 1009, range.workers, 3);
  const RowFormatter formatter(schema);
  Monitor monitor;
  OutputFile file(folder / "out.csv", IfExists::fail);
  const std::uint64_t bytes = write_rows(formatter, generator, range, header, file, monitor);
  file.commit();
  const std::string text = content(folder / "out.csv");
  EXPECT_EQ(bytes, text.size());
  return text;
}

TEST(WriteRows, WritesTheSameBytesWithAnyNumberOfWorkersAndChunks) {
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

TEST(WriteRows, ShardsConcatenate) {
  const Schema schema = small_schema();
  const std::string whole = written(schema, {0, 3000, 256, 2}, "head\n");
  EXPECT_EQ(written(schema, {0, 1, 256, 2}, "head\n") + written(schema, {1, 1998, 100, 3}, "") +
                written(schema, {1999, 1001, 999, 1}, ""),
            whole);
}

TEST(WriteRows, NoRowsAreAHeaderOnly) {
  EXPECT_EQ(written(small_schema(), {5, 0, 100, 4}, "head\n"), "head\n");
  EXPECT_EQ(written(small_schema(), {5, 0, 100, 4}, ""), "");
}

TEST(WriteRows, TheLastRowsOfTheEndlessTable) {
  const Schema schema = small_schema();
  const FakeGenerator generator(schema, 1009, 1, 3);
  const std::uint64_t last = ~std::uint64_t{0};
  std::string expected = plain_rows(schema, generator, last - 99, 99);
  expected += plain_rows(schema, generator, 0, 0);
  EXPECT_EQ(written(schema, {last - 99, 99, 10, 2}, ""), expected);
}

// A device that fails at one chunk while the other workers wait for their turn.
TEST(WriteRows, AFailureInOneWorkerStopsAll) {
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
  const RowFormatter formatter(schema);
  for (const unsigned workers : {1U, 2U, 5U}) {
    const TemporaryFolder folder;
    Failing generator(schema, 1009, workers, 3);
    Monitor monitor;
    try {
      OutputFile file(folder / "out.csv", IfExists::fail);
      write_rows(formatter, generator, {0, 1'000'000'000, 100, workers}, "", file, monitor);
      ADD_FAILURE() << "nothing was thrown";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::device);
    }
    EXPECT_TRUE(folder.names().empty());
  }
}

TEST(WriteRows, ADiskThatIsFullStopsAll) {
  const Schema schema = small_schema();
  const RowFormatter formatter(schema);
  FakeGenerator generator(schema, 1009, 3, 3);
  Monitor monitor;
  OutputFile file("/dev/full", IfExists::fail);
  EXPECT_THROW(write_rows(formatter, generator, {0, 1'000'000'000, 100, 3}, "", file, monitor),
               Error);
}

TEST(WriteRows, CancellingLeavesNoFile) {
  class AfterSome : public Monitor {
   public:
    bool cancelled() const override { return ++asked_ > 50; }

   private:
    mutable std::atomic<int> asked_{0};
  };
  const TemporaryFolder folder;
  const Schema schema = small_schema();
  const RowFormatter formatter(schema);
  FakeGenerator generator(schema, 1009, 2, 3);
  AfterSome monitor;
  try {
    OutputFile file(folder / "out.csv", IfExists::fail);
    write_rows(formatter, generator, {0, 1'000'000'000, 100, 2}, "", file, monitor);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::interrupted);
  }
  EXPECT_TRUE(folder.names().empty());
}

TEST(WriteRows, ProgressGrowsToTheEndWithoutOverlap) {
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
  const RowFormatter formatter(schema);
  FakeGenerator generator(schema, 1009, 3, 3);
  Recording monitor;
  OutputFile file(folder / "out.csv", IfExists::fail);
  write_rows(formatter, generator, {0, 40'000, 10, 3}, "", file, monitor);
  EXPECT_EQ(monitor.last, 40'000U);
}

TEST(OrderedWriter, FailingWakesWhoWaits) {
  OutputFile file("/dev/null", IfExists::fail);
  OrderedWriter writer(file);
  std::atomic<bool> written{true};
  std::thread waiting([&] { written = writer.write(1, "text", [](std::uint64_t) {}); });
  writer.fail();
  waiting.join();
  EXPECT_FALSE(written);
  EXPECT_FALSE(writer.write(0, "text", [](std::uint64_t) {}));
  EXPECT_EQ(writer.bytes(), 0U);
}

}  // namespace
}  // namespace cuvae::test
