// Typed batches and tables in memory: cell by cell what the CSV file holds, for every recipe.
#include <cstring>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <optional>
#include <random>

#include <cuvae/cuvae.hpp>

#include "bits/tables.hpp"
#include "csv/quoting.hpp"
#include "file_content.hpp"
#include "support/temporary_folder.hpp"

namespace cuvae::test {
namespace {

DeviceChoice cpu(unsigned threads) {
  return {DeviceChoice::Kind::cpu, 0, threads};
}

// Numbers that are kept in every way that there is, most cells missing in two columns.
std::string numbers_table(std::size_t rows) {
  std::string text = "wide,scientific,dollars,cents,code,point,deep,clock,rare,seldom,texts\n";
  std::mt19937 random(5);
  const auto below = [&](std::uint32_t end) { return static_cast<std::uint32_t>(random() % end); };
  const auto number = [&](std::uint32_t end) { return static_cast<double>(below(end)); };
  for (std::size_t row = 0; row < rows; ++row) {
    text += fmt::format("{:.5f},", number(4'000'000'000U) / 7 - 9e7);  // too wide for ticks
    text += below(9) == 0 ? "," : fmt::format("{:e},", number(1000) * 1e-12 - 3e-10);
    text += below(5) == 0 ? "," : fmt::format("${:.2f},", number(4'000'000'000U) - 1e9);
    text += fmt::format("${:.2f},", number(40) / 4 - 5);
    text += fmt::format("{},", below(3) == 0 ? "007" : "7");
    text += below(4) == 0 ? "," : fmt::format("{}.0,", below(90'000));
    text += fmt::format("{},", -static_cast<int>(below(50)));
    text += fmt::format("{:02}:{:02},", below(24), below(60));
    text += below(40) != 0 && row > 1 ? "," : fmt::format("${}.50,", below(9));
    text += below(40) != 0 && row > 1 ? "," : fmt::format("{},", below(9));
    text += std::vector<std::string>{"", "\"a,b\"", "\"say \"\"hi\"\"\"", "x\xff", " y "}[below(5)];
    text += '\n';
  }
  return text;
}

struct Case {
  std::string name;
  std::string recipe;
  std::string csv;
  std::vector<std::string> where;
  std::string balance;
  std::uint64_t rows = 3000;
};

void PrintTo(const Case& made, std::ostream* out) {
  *out << made.recipe << " " << made.name;
}

class Rows : public testing::TestWithParam<Case> {
 protected:
  Rows() {
    const std::string path = folder_ / "real.csv";
    std::ofstream(path, std::ios::binary) << GetParam().csv;
    real = read_csv(path, {}, monitor);
    TrainOptions how;
    how.recipe = recipe_named(GetParam().recipe);
    how.epochs = 3;
    how.seed = 3;
    model = train_model(real, how, cpu(1));
    if (auto* const network = std::get_if<PublishedNetwork>(&model.network)) {
      // Trained, it says the same in every row.
      std::mt19937 random(1);
      for (float& parameter : network->parameters) {
        parameter = static_cast<float>(random()) / 2147483648.0F - 1.0F;
      }
    }
    options.rows = GetParam().rows;
    options.first_row = 11;
    options.seed = 4;
    options.where = GetParam().where;
    options.balance = GetParam().balance;
  }

  std::string csv_path(bool header) {
    const std::string path = folder_ / "synthetic.csv";
    options.header = header;
    generate_csv(model, options, path, IfExists::replace, cpu(2), monitor);
    return path;
  }

  // Like `run` and `evaluate` do.
  Table read_back() {
    ReadOptions how;
    how.delimiter = real.delimiter;
    how.keep_empty_columns = true;
    how.like = &real;
    how.encoding = TextEncoding::utf8;
    return read_csv(csv_path(true), how, monitor);
  }

  TemporaryFolder folder_;
  Monitor monitor;
  Table real;
  Model model;
  GenerateOptions options;
};

std::string text_of(const MemorySink& sink, char delimiter) {
  std::string text;
  for (const RowBatch& batch : sink.batches()) {
    for (std::uint32_t row = 0; row < batch.rows; ++row) {
      std::string line;
      for (std::size_t c = 0; c < batch.columns.size(); ++c) {
        if (c != 0) line += delimiter;
        line += quoted_where_needed(cell_text(sink.columns()[c], batch.columns[c], row), delimiter);
      }
      text += (line.empty() ? "\"\"" : line) + '\n';
    }
  }
  return text;
}

std::size_t cell_bytes(CellType type) {
  return type == CellType::dictionary ? 4 : 8;
}

// What the header promises about a buffer of some size.
void expect_buffer(const SharedBuffer& buffer, std::size_t bytes) {
  ASSERT_EQ(buffer.size(), bytes);
  ASSERT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % 64, 0U);
  for (std::size_t i = bytes; i % 64 != 0; ++i) ASSERT_EQ(buffer.data()[i], std::byte{0});
}

void expect_layout(const MemorySink& sink, std::uint32_t batch_rows) {
  std::uint64_t first = 0;
  for (std::size_t b = 0; b < sink.batches().size(); ++b) {
    const RowBatch& batch = sink.batches()[b];
    ASSERT_EQ(batch.first_row, first);
    first += batch.rows;
    ASSERT_EQ(batch.rows, std::min<std::uint64_t>(batch_rows, sink.rows() - batch.first_row));
    for (std::size_t c = 0; c < batch.columns.size(); ++c) {
      const RowColumn& column = sink.columns()[c];
      const ColumnCells& cells = batch.columns[c];
      expect_buffer(cells.values, batch.rows * cell_bytes(column.type));
      std::uint64_t missing = 0;
      for (std::uint32_t row = 0; row < batch.rows; ++row) missing += !cells.is_present(row);
      ASSERT_EQ(cells.missing, missing);
      ASSERT_EQ(cells.present.empty(), missing == 0);
      if (missing > 0) {
        ASSERT_TRUE(column.may_be_missing) << column.name;
        expect_buffer(cells.present, (batch.rows + 7) / 8);
      }
      ASSERT_EQ(column.labels != nullptr, column.type == CellType::dictionary);
      if (column.labels == nullptr) continue;
      for (std::uint32_t row = 0; row < batch.rows; ++row) {
        const std::int32_t index = cells.values.as<std::int32_t>()[row];
        ASSERT_TRUE(!cells.is_present(row)
                        ? index == 0
                        : index >= 0 && static_cast<std::uint32_t>(index) < column.labels->size());
      }
    }
  }
}

TEST_P(Rows, AreTheCsvFilesCellByCell) {
  const std::string expected = content(csv_path(false));
  for (const unsigned threads : {1U, 3U}) {
    for (const std::uint32_t batch_rows : {1U, 127U, 1024U, 65'536U}) {
      if (batch_rows == 1 && options.rows > 500) continue;
      MemorySink sink(batch_rows);
      const GenerateResult result = generate_rows(model, options, sink, cpu(threads), monitor);
      ASSERT_EQ(sink.rows(), options.rows);
      ASSERT_EQ(result.rows, options.rows);
      ASSERT_GE(result.drawn, options.rows);
      expect_layout(sink, batch_rows);
      ASSERT_TRUE(text_of(sink, model.schema.delimiter) == expected)
          << threads << " threads, batches of " << batch_rows;
    }
  }
}

template <class T>
bool same_bits(const LargeVector<T>& a, const LargeVector<T>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

TEST_P(Rows, AsATableAreTheCsvFileReadBack) {
  const Table expected = read_back();
  for (const unsigned threads : {1U, 3U}) {
    const Table table = generate_columns(model, options, cpu(threads), monitor);
    ASSERT_EQ(table.rows, expected.rows);
    ASSERT_EQ(table.delimiter, expected.delimiter);
    ASSERT_EQ(table.columns.size(), expected.columns.size());
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      const Column& got = table.columns[c];
      const Column& wanted = expected.columns[c];
      ASSERT_EQ(got.name, wanted.name);
      ASSERT_EQ(to_string(got.kind), to_string(wanted.kind)) << got.name;
      ASSERT_EQ(got.labels, wanted.labels) << got.name;
      ASSERT_EQ(got.counts, wanted.counts) << got.name;
      ASSERT_EQ(got.missing, wanted.missing) << got.name;
      ASSERT_EQ(got.decimals, wanted.decimals) << got.name;
      ASSERT_EQ(got.codes.size(), wanted.codes.size()) << got.name;
      for (std::size_t row = 0; row < got.codes.size(); ++row) {
        ASSERT_EQ(got.codes[row], wanted.codes[row]) << got.name << " row " << row;
      }
      ASSERT_TRUE(same_bits(got.values, wanted.values)) << got.name;
    }
    if (threads != 1) continue;
    ASSERT_EQ(to_json(evaluate(real, table, {}, cpu(2))),
              to_json(evaluate(real, expected, {}, cpu(2))));
  }
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const std::string recipe : {"best", "fast", "published"}) {
    all.push_back({"mixed", recipe, mixed_table(600, 12), {}, {}});
    all.push_back({"numbers", recipe, numbers_table(900), {}, {}});
    all.push_back({"few rows of numbers", recipe, numbers_table(900), {}, {}, 3});
    all.push_back({"no missing cells", recipe, mixed_table(300, 0), {}, {}});
    all.push_back({"one label", recipe, one_label_table(60), {}, {}, 200});
    all.push_back({"one number", recipe, one_number_table(60), {}, {}, 200});
    all.push_back({"conditions", recipe, numbers_table(900), {"cents>1", "clock>=08:00"}, {}, 700});
    if (recipe == "published") continue;  // its rows have only some of the labels
    all.push_back({"many labels", recipe, many_labels_table(2500), {}, {}});
    all.push_back({"missing only", recipe, numbers_table(900), {"dollars="}, {}, 300});
    all.push_back({"balanced", recipe, numbers_table(900), {"cents<2"}, "code", 501});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(EveryRecipe, Rows, testing::ValuesIn(cases()), [](const auto& made) {
  std::string name = made.param.recipe + " " + made.param.name;
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
});

// A model of the published recipe whose weights nobody trained.
Model wild_model() {
  Model model;
  ColumnSchema shop;
  shop.name = "shop";
  shop.labels = {"a", "b", "c", ""};
  shop.counts = {1, 1, 1, 1};
  shop.maximum = 3;
  ColumnSchema hour = shop;
  hour.name = "hour";
  hour.kind = ColumnKind::ordinal;
  hour.labels = {"-3", "0", "12", "13"};
  ColumnSchema day = hour;
  day.name = "day";
  day.labels = {"2020-01-01", "2020-01-02", "2020-01-03", ""};
  ColumnSchema zip = hour;
  zip.name = "zip";
  zip.labels = {"1.0", "2.0", "30.0", ""};
  ColumnSchema amount;
  amount.name = "amount";
  amount.kind = ColumnKind::currency;
  amount.minimum = -20;
  amount.maximum = 300.25;
  ColumnSchema mass;
  mass.name = "mass";
  mass.kind = ColumnKind::continuous;
  mass.minimum = 1e-9;
  mass.maximum = 1e9;
  mass.decimals = -1;
  ColumnSchema pieces = mass;
  pieces.name = "pieces";
  pieces.minimum = 3;
  pieces.maximum = 77;
  pieces.decimals = 0;
  model.schema.columns = {shop, hour, day, zip, amount, mass, pieces};
  PublishedNetwork network;
  network.shape = {7, {7, 5}, 3};
  model.settings.hidden = {7, 5};
  model.settings.latent = 3;
  std::mt19937 random(11);
  for (std::size_t i = 0; i < parameter_count(network.shape); ++i) {
    network.parameters.push_back(static_cast<float>(random()) / 2147483648.0F - 1.0F);
  }
  model.network = std::move(network);
  return model;
}

GenerateOptions some(std::uint64_t rows) {
  GenerateOptions options;
  options.rows = rows;
  options.seed = 31;
  return options;
}

TEST(RowSink, GetsColumnsOfTheTypesThatHoldThem) {
  MemorySink sink;
  Monitor monitor;
  generate_rows(wild_model(), some(10), sink, cpu(1), monitor);
  const auto type = [&](std::size_t c) { return sink.columns()[c].type; };
  EXPECT_EQ(type(0), CellType::dictionary);
  EXPECT_EQ(sink.columns()[0].labels->size(), 3U);
  EXPECT_EQ((*sink.columns()[0].labels)[2], "c");
  EXPECT_EQ(type(1), CellType::integer);
  EXPECT_FALSE(sink.columns()[1].may_be_missing);
  EXPECT_EQ(type(2), CellType::dictionary);
  EXPECT_EQ(type(3), CellType::decimal);
  EXPECT_EQ(sink.columns()[3].decimals, 1);
  EXPECT_EQ(type(4), CellType::decimal);
  EXPECT_EQ(sink.columns()[4].decimals, 2);
  EXPECT_EQ(type(5), CellType::real);
  EXPECT_EQ(type(6), CellType::integer);
}

TEST(RowSink, GetsTheSameDictionaryWithEveryBatchAndNoRowsToo) {
  MemorySink sink(100);
  Monitor monitor;
  generate_rows(wild_model(), some(0), sink, cpu(2), monitor);
  EXPECT_EQ(sink.columns().size(), 7U);
  EXPECT_TRUE(sink.batches().empty());
}

TEST(RowSink, KeepsBuffersWithoutCopyingThem) {
  std::vector<ColumnCells> kept;
  std::vector<std::int64_t> cells;
  class Keeping : public RowSink {
   public:
    Keeping(std::vector<ColumnCells>& kept, std::vector<std::int64_t>& cells)
        : kept_(kept), cells_(cells) {}
    std::uint32_t batch_rows() const override { return 50; }
    void begin(const std::vector<RowColumn>&, std::uint64_t) override {}
    void batch(RowBatch batch) override {
      kept_.push_back(batch.columns[1]);
      addresses.push_back(batch.columns[1].values.data());
      const auto* const values = batch.columns[1].values.as<std::int64_t>();
      cells_.insert(cells_.end(), values, values + batch.rows);
    }
    std::vector<const void*> addresses;

   private:
    std::vector<ColumnCells>& kept_;
    std::vector<std::int64_t>& cells_;
  } sink(kept, cells);
  Monitor monitor;
  generate_rows(wild_model(), some(1000), sink, cpu(2), monitor);
  ASSERT_EQ(kept.size(), 20U);
  for (std::size_t b = 0; b < kept.size(); ++b) {
    EXPECT_EQ(kept[b].values.data(), sink.addresses[b]);
    EXPECT_EQ(std::memcmp(kept[b].values.data(), cells.data() + 50 * b, 50 * 8), 0);
  }
}

// Counts what it is told and fails where it should.
class Counting : public RowSink {
 public:
  explicit Counting(std::optional<std::uint64_t> fails_at = {}) : fails_at_(fails_at) {}
  std::uint32_t batch_rows() const override { return 100; }
  void begin(const std::vector<RowColumn>&, std::uint64_t all) override {
    EXPECT_EQ(begun++, 0);
    total = all;
  }
  void batch(RowBatch batch) override {
    EXPECT_FALSE(inside_.exchange(true));
    EXPECT_EQ(batch.first_row, rows);
    EXPECT_EQ(finished, 0);
    EXPECT_FALSE(failed_);
    rows += batch.rows;
    failed_ = fails_at_ && rows > *fails_at_;
    inside_ = false;
    if (failed_) throw std::length_error("no room");
  }
  void finish() override {
    EXPECT_EQ(begun, 1);
    ++finished;
  }

  int begun = 0;
  int finished = 0;
  std::uint64_t total = 0;
  std::uint64_t rows = 0;

 private:
  std::optional<std::uint64_t> fails_at_;
  std::atomic<bool> inside_{false};
  bool failed_ = false;
};

TEST(RowSink, IsCalledInOrderByOneThreadAtATime) {
  Monitor monitor;
  for (const std::vector<std::string>& where :
       {std::vector<std::string>{}, std::vector<std::string>{"hour!=0"}}) {
    Counting sink;
    GenerateOptions options = some(20'050);
    options.where = where;
    generate_rows(wild_model(), options, sink, cpu(4), monitor);
    EXPECT_EQ(sink.total, 20'050U);
    EXPECT_EQ(sink.rows, 20'050U);
    EXPECT_EQ(sink.finished, 1);
  }
}

TEST(RowSink, EndsGenerationWithWhatItThrows) {
  Monitor monitor;
  for (const std::vector<std::string>& where :
       {std::vector<std::string>{}, std::vector<std::string>{"hour!=0"}}) {
    Counting sink(1500);
    GenerateOptions options = some(1'000'000'000);
    options.where = where;
    EXPECT_THROW(generate_rows(wild_model(), options, sink, cpu(3), monitor), std::length_error);
    EXPECT_EQ(sink.rows, 1600U);
    EXPECT_EQ(sink.finished, 0);
  }
}

TEST(RowSink, IsNotFinishedWhenCancelled) {
  class AfterSome : public Monitor {
   public:
    bool cancelled() const override { return ++asked_ > 50; }

   private:
    mutable std::atomic<int> asked_{0};
  } monitor;
  Counting sink;
  try {
    generate_rows(wild_model(), some(1'000'000'000), sink, cpu(2), monitor);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::interrupted);
  }
  EXPECT_EQ(sink.finished, 0);
}

TEST(RowSink, HasBatchesOfASizeThatThereIs) {
  Monitor monitor;
  for (const std::uint32_t rows : {0U, (1U << 20) + 1}) {
    MemorySink sink(rows);
    EXPECT_THROW(generate_rows(wild_model(), some(10), sink, cpu(1), monitor), Error);
  }
  EXPECT_THROW(generate_columns(wild_model(), some(0), cpu(1), monitor), Error);
}

}  // namespace
}  // namespace cuvae::test
