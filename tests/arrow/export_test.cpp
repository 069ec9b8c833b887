// Rows and tables as Arrow streams, looked at by a consumer of their own.
#include <cerrno>
#include <cmath>
#include <ctime>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>

#include <cuvae/cuvae.hpp>

#include "arrow/batch_stream.hpp"
#include "support/temporary_folder.hpp"

namespace cuvae::test {
namespace {

const DeviceChoice cpu{DeviceChoice::Kind::cpu, 0, 2};

// Ends a structure's life with its own.
template <class Structure>
struct Held : Structure {
  Held() : Structure{} {}
  ~Held() {
    if (this->release != nullptr) this->release(this);
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
};

std::string csv_text() {
  std::string text = "town,year,amount,share,rare,clock\n";
  for (int row = 0; row < 500; ++row) {
    text += fmt::format("{},{},${}.{:02},{},{},{:02}:30\n", row % 3 == 0 ? "Ulm" : "K\xC3\xB6ln",
                        1990 + row % 17, row % 90, row % 4 * 25, row * 0.37 - 20,
                        row % 5 == 0 ? "7" : "", row % 24);
  }
  return text;
}

class Export : public testing::Test {
 protected:
  Export() {
    const std::string path = folder_ / "real.csv";
    std::ofstream(path, std::ios::binary) << csv_text();
    table = read_csv(path);
    TrainOptions how;
    how.recipe = Recipe::fast;
    how.epochs = 2;
    model = train_model(table, how, cpu);
    options.rows = 1000;
    options.seed = 3;
  }

  TemporaryFolder folder_;
  Table table;
  Model model;
  GenerateOptions options;
};

bool is_present(const ArrowArray& array, std::int64_t row) {
  const auto* const bits = static_cast<const std::uint8_t*>(array.buffers[0]);
  return bits == nullptr || (bits[row / 8] >> (row % 8) & 1) != 0;
}

// A cell as text, read from the structures alone.
std::string text_of(const ArrowSchema& schema, const ArrowArray& array, std::int64_t row) {
  if (!is_present(array, row)) return "";
  const std::string format = schema.format;
  if (schema.dictionary != nullptr) {
    const auto index = static_cast<const std::int32_t*>(array.buffers[1])[row];
    const auto* const offsets = static_cast<const std::int32_t*>(array.dictionary->buffers[1]);
    const auto* const bytes = static_cast<const char*>(array.dictionary->buffers[2]);
    return {bytes + offsets[index], bytes + offsets[index + 1]};
  }
  if (format == "l")
    return fmt::format("{}", static_cast<const std::int64_t*>(array.buffers[1])[row]);
  if (format == "g") return fmt::format("{}", static_cast<const double*>(array.buffers[1])[row]);
  const auto* const halves = static_cast<const std::int64_t*>(array.buffers[1]) + 2 * row;
  EXPECT_EQ(halves[1], halves[0] < 0 ? -1 : 0);
  return fmt::format("{}", halves[0]);
}

// [rows][columns] of a whole stream.
std::vector<std::vector<std::string>> cells_of(ArrowArrayStream& stream,
                                               std::vector<std::string>* formats = nullptr) {
  Held<ArrowSchema> schema;
  EXPECT_EQ(stream.get_schema(&stream, &schema), 0);
  EXPECT_STREQ(schema.format, "+s");
  for (std::int64_t c = 0; formats != nullptr && c < schema.n_children; ++c) {
    formats->emplace_back(schema.children[c]->format);
  }
  std::vector<std::vector<std::string>> rows;
  for (;;) {
    Held<ArrowArray> batch;
    EXPECT_EQ(stream.get_next(&stream, &batch), 0);
    if (batch.release == nullptr) return rows;
    EXPECT_EQ(batch.n_children, schema.n_children);
    for (std::int64_t row = 0; row < batch.length; ++row) {
      auto& cells = rows.emplace_back();
      for (std::int64_t c = 0; c < batch.n_children; ++c) {
        EXPECT_EQ(batch.children[c]->length, batch.length);
        cells.push_back(text_of(*schema.children[c], *batch.children[c], row));
      }
    }
  }
}

// The same cells from the batches that these come from.
std::vector<std::vector<std::string>> expected_cells(const Model& model,
                                                     const GenerateOptions& options, bool exact) {
  MemorySink sink;
  generate_rows(model, options, sink, cpu);
  std::vector<std::vector<std::string>> rows;
  for (const RowBatch& batch : sink.batches()) {
    for (std::uint32_t row = 0; row < batch.rows; ++row) {
      auto& cells = rows.emplace_back();
      for (std::size_t c = 0; c < batch.columns.size(); ++c) {
        const RowColumn& column = sink.columns()[c];
        std::string text = cell_text(column, batch.columns[c], row);
        if (column.type == CellType::decimal && exact && !text.empty()) {
          text = fmt::format("{}", batch.columns[c].values.as<std::int64_t>()[row]);
        } else if (column.type != CellType::dictionary && !text.empty()) {
          std::erase(text, '$');
          text = fmt::format("{}", std::strtod(text.c_str(), nullptr));
        }
        cells.push_back(text);
      }
    }
  }
  return rows;
}

TEST_F(Export, HandsOnTheRowsThatEveryOneGets) {
  ArrowOptions how;
  how.batch_rows = 300;
  Held<ArrowArrayStream> stream;
  generate_arrow(model, options, &stream, cpu, how);
  std::vector<std::string> formats;
  const auto cells = cells_of(stream, &formats);
  EXPECT_EQ(formats, (std::vector<std::string>{"i", "l", "g", "g", "l", "i"}));
  EXPECT_EQ(cells.size(), 1000U);
  EXPECT_EQ(cells, expected_cells(model, options, false));
}

TEST_F(Export, KeepsDecimalsExactOnRequest) {
  ArrowOptions how;
  how.decimals = ArrowOptions::Decimals::exact;
  options.where = {"amount>$20"};
  options.rows = 100;
  Held<ArrowArrayStream> stream;
  generate_arrow(model, options, &stream, cpu, how);
  std::vector<std::string> formats;
  const auto cells = cells_of(stream, &formats);
  EXPECT_EQ(formats[2], "d:18,2");
  EXPECT_EQ(cells, expected_cells(model, options, true));
}

TEST_F(Export, OutlivesModelAndStream) {
  Held<ArrowArray> kept;
  std::string before;
  Held<ArrowSchema> schema;
  {
    auto owned = std::make_shared<const Model>(model);
    Held<ArrowArrayStream> stream;
    generate_arrow(std::move(owned), options, &stream, cpu);
    ASSERT_EQ(stream.get_schema(&stream, &schema), 0);
    Held<ArrowArray> batch;
    ASSERT_EQ(stream.get_next(&stream, &batch), 0);
    before = text_of(*schema.children[0], *batch.children[0], 5);
    // A consumer may take a child away from its parent.
    static_cast<ArrowArray&>(kept) = *batch.children[0];
    batch.children[0]->release = nullptr;
  }
  EXPECT_EQ(text_of(*schema.children[0], kept, 5), before);
  EXPECT_EQ(kept.length, 1000);
}

TEST_F(Export, StopsWhenItIsReleased) {
  options.rows = std::uint64_t{1} << 50;  // would not end in a lifetime
  ArrowOptions how;
  how.batch_rows = 1000;
  Held<ArrowArrayStream> stream;
  generate_arrow(model, options, &stream, cpu, how);
  Held<ArrowArray> batch;
  ASSERT_EQ(stream.get_next(&stream, &batch), 0);
  EXPECT_EQ(batch.length, 1000);
}

TEST_F(Export, ThrowsAtOnceForWhatCanNotBegin) {
  Held<ArrowArrayStream> stream;
  options.where = {"nowhere=1"};
  EXPECT_THROW(generate_arrow(model, options, &stream, cpu), Error);
  EXPECT_EQ(stream.release, nullptr);
  ArrowOptions how;
  how.batch_rows = 0;
  EXPECT_THROW(generate_arrow(model, {}, &stream, cpu, how), Error);
}

TEST_F(Export, HasNoBatchesOfNoRows) {
  options.rows = 0;
  Held<ArrowArrayStream> stream;
  generate_arrow(model, options, &stream, cpu);
  EXPECT_TRUE(cells_of(stream).empty());
}

TEST(Stream, TellsWhatFailed) {
  class Failing : public BatchSource {
   public:
    const std::vector<RowColumn>& columns() const override { return columns_; }
    std::optional<RowBatch> next() override { throw Error(ErrorKind::device, "the card is gone"); }

   private:
    std::vector<RowColumn> columns_;
  };
  Held<ArrowArrayStream> stream;
  export_stream(std::make_unique<Failing>(), {}, &stream);
  Held<ArrowArray> batch;
  EXPECT_EQ(stream.get_last_error(&stream), nullptr);
  EXPECT_EQ(stream.get_next(&stream, &batch), ENODEV);
  EXPECT_STREQ(stream.get_last_error(&stream), "the card is gone");
  EXPECT_EQ(batch.release, nullptr);
}

TEST_F(Export, HandsOnTables) {
  Held<ArrowArrayStream> stream;
  ArrowOptions how;
  how.batch_rows = 128;
  table_to_arrow(table, &stream, how);
  std::vector<std::string> formats;
  const auto cells = cells_of(stream, &formats);
  EXPECT_EQ(formats, (std::vector<std::string>{"i", "l", "g", "g", "l", "i"}));
  ASSERT_EQ(cells.size(), table.rows);
  for (std::size_t row = 0; row < cells.size(); ++row) {
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      const Column& column = table.columns[c];
      const std::string expected = is_coded(column.kind) ? column.labels[column.codes[row]]
                                                         : fmt::format("{}", column.values[row]);
      ASSERT_EQ(cells[row][c], expected) << column.name << " " << row;
    }
  }
}

TEST_F(Export, ReadsBackWhatItHandsOn) {
  Held<ArrowArrayStream> stream;
  generate_arrow(model, options, &stream, cpu);
  const Table read = table_from_arrow(&stream);
  EXPECT_EQ(read.rows, options.rows);
  ASSERT_EQ(read.columns.size(), 6U);
  EXPECT_EQ(read.columns[0].kind, ColumnKind::label);
  EXPECT_EQ(read.columns[1].kind, ColumnKind::ordinal);
  EXPECT_EQ(read.columns[2].kind, ColumnKind::continuous);
}

std::string plain_text(const ArrowArray& array, std::int64_t row) {
  const auto* const offsets = static_cast<const std::int32_t*>(array.buffers[1]) + row;
  const auto* const bytes = static_cast<const char*>(array.buffers[2]);
  return {bytes + offsets[0], bytes + offsets[1]};
}

std::string day_text(std::int64_t days, const char* format) {
  const auto seconds = static_cast<std::time_t>(days * 86'400);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, format, &parts)};
}

// A table whose columns have spellings: keys, days as Germans write them, instants, amounts.
class Spelled : public testing::Test {
 protected:
  Spelled() {
    std::string text = "id,day,when,price\n";
    for (int row = 0; row < 400; ++row) {
      text += fmt::format("INV-{:06},{},", 1000 + row * 37, day_text(19'000 + row, "%d.%m.%Y"));
      if (row % 10 != 0) {
        text += fmt::format("{} {:02}:{:02}:{:02}", day_text(19'000 + row, "%Y-%m-%d"), row % 24,
                            row % 60, row * 7 % 60);
      }
      text += fmt::format(",\"{},{:03}.50\"\n", 1 + row % 5, row);
    }
    const std::string path = folder_ / "spelled.csv";
    std::ofstream(path, std::ios::binary) << text;
    ReadOptions how;
    how.key = {"id"};
    how.datetime = {{"day", "%d.%m.%Y"}, {"when", "%Y-%m-%d %H:%M:%S"}};
    table = read_csv(path, how);
  }

  // What a stream's first batch says, beside the texts that CSV has for the same cells.
  void expect_cells(ArrowArrayStream& stream, const RowBatch& batch,
                    const std::vector<RowColumn>& columns) {
    Held<ArrowSchema> schema;
    Held<ArrowArray> rows;
    ASSERT_EQ(stream.get_schema(&stream, &schema), 0);
    ASSERT_EQ(stream.get_next(&stream, &rows), 0);
    EXPECT_STREQ(schema.children[0]->format, "u");
    EXPECT_STREQ(schema.children[1]->format, "tdD");
    EXPECT_STREQ(schema.children[2]->format, "tss:");
    EXPECT_STREQ(schema.children[3]->format, "g");
    ASSERT_EQ(rows.length, batch.rows);
    std::uint32_t missing = 0;
    for (std::uint32_t row = 0; row < batch.rows; ++row) {
      const auto text = [&](int c) { return cell_text(columns[c], batch.columns[c], row); };
      EXPECT_EQ(plain_text(*rows.children[0], row), text(0));
      const auto* const days = static_cast<const std::int32_t*>(rows.children[1]->buffers[1]);
      EXPECT_EQ(day_text(days[row], "%d.%m.%Y"), text(1));
      const auto* const seconds = static_cast<const std::int64_t*>(rows.children[2]->buffers[1]);
      ASSERT_EQ(is_present(*rows.children[2], row), !text(2).empty());
      if (text(2).empty()) {
        ++missing;
        continue;
      }
      const std::int64_t day = seconds[row] / 86'400;
      const std::int64_t second = seconds[row] % 86'400;
      EXPECT_EQ(fmt::format("{} {:02}:{:02}:{:02}", day_text(day, "%Y-%m-%d"), second / 3600,
                            second / 60 % 60, second % 60),
                text(2));
    }
    EXPECT_EQ(rows.children[2]->null_count, missing);
    EXPECT_GT(missing, 0U);
  }

  TemporaryFolder folder_;
  Table table;
};

TEST_F(Spelled, GeneratedKeysAreTextsAndInstantsAreTimestamps) {
  TrainOptions how;
  how.recipe = Recipe::fast;
  how.epochs = 3;
  const Model model = train_model(table, how, cpu);
  GenerateOptions options;
  options.rows = 2000;
  MemorySink sink;
  generate_rows(model, options, sink, cpu);
  Held<ArrowArrayStream> stream;
  generate_arrow(model, options, &stream, cpu);
  expect_cells(stream, sink.batches()[0], sink.columns());
}

TEST_F(Spelled, TablesTheSame) {
  Held<ArrowArrayStream> stream;
  table_to_arrow(table, &stream);
  Held<ArrowSchema> schema;
  Held<ArrowArray> rows;
  ASSERT_EQ(stream.get_schema(&stream, &schema), 0);
  ASSERT_EQ(stream.get_next(&stream, &rows), 0);
  ASSERT_EQ(rows.length, 400);
  const auto* const days = static_cast<const std::int32_t*>(rows.children[1]->buffers[1]);
  const auto* const seconds = static_cast<const std::int64_t*>(rows.children[2]->buffers[1]);
  const auto* const prices = static_cast<const double*>(rows.children[3]->buffers[1]);
  EXPECT_EQ(rows.children[2]->null_count, 40);
  for (int row = 0; row < 400; ++row) {
    EXPECT_EQ(plain_text(*rows.children[0], row), fmt::format("INV-{:06}", 1000 + row * 37));
    EXPECT_EQ(days[row], 19'000 + row);
    EXPECT_EQ(prices[row], 1000 * (1 + row % 5) + row + 0.5);
    if (row % 10 == 0) continue;
    EXPECT_EQ(seconds[row], (19'000 + row) * std::int64_t{86'400} + row % 24 * 3600 +
                                row % 60 * 60 + row * 7 % 60);
  }
}

}  // namespace
}  // namespace cuvae::test
