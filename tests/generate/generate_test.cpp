#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include <cuvae/generate.hpp>

#include "csv/plain_format.hpp"
#include "file_content.hpp"
#include "support/temporary_folder.hpp"

namespace cuvae::test {
namespace {

DeviceChoice cpu(unsigned threads) {
  return {DeviceChoice::Kind::cpu, 0, threads};
}

// A network that was never trained: large random weights, so that cells spread over their ranges.
Model wild_model() {
  Model model;
  model.schema.columns = {label_column("shop", {"a", "b, c", "\"d\"", "e\nf", ""}),
                          value_column("amount", ColumnKind::currency, -500, 2000.25, 2),
                          label_column("hour", {"1", "2", "3"}, ColumnKind::ordinal),
                          value_column("weight", ColumnKind::continuous, 0.125, 99.875, 3),
                          value_column("mass", ColumnKind::continuous, 1e-9, 1e9, -1),
                          label_column("id", [] {
                            std::vector<std::string> labels;
                            for (int i = 0; i < 1000; ++i)
                              labels.push_back("-72761209213991" + std::to_string(i));
                            return labels;
                          }())};
  PublishedNetwork network;
  network.shape = {6, {7, 5}, 3};
  model.settings.hidden = {7, 5};
  model.settings.latent = 3;
  std::mt19937 random(11);
  for (std::size_t i = 0; i < parameter_count(network.shape); ++i) {
    network.parameters.push_back(static_cast<float>(random()) / 2147483648.0F - 1.0F);
  }
  model.network = std::move(network);
  model.version = library_version();
  return model;
}

std::string generated(const GenerateOptions& options, unsigned threads) {
  const TemporaryFolder folder;
  Monitor monitor;
  const auto result = generate_csv(wild_model(), options, folder / "out.csv", IfExists::fail,
                                   cpu(threads), monitor);
  const std::string text = content(folder / "out.csv");
  EXPECT_EQ(result.rows, options.rows);
  EXPECT_EQ(result.bytes, text.size());
  return text;
}

GenerateOptions rows(std::uint64_t first_row, std::uint64_t count, bool header = true) {
  GenerateOptions options;
  options.first_row = first_row;
  options.rows = count;
  options.seed = 31;
  options.header = header;
  return options;
}

template <class F>
void expect_error(ErrorKind kind, F&& f) {
  try {
    f();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
  }
}

// What the reader of an RFC 4180 file sees; just enough of it for what we write.
std::vector<std::vector<std::string>> parsed(const std::string& text) {
  std::vector<std::vector<std::string>> lines(1);
  std::string cell;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      cell += '"';
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == ',' || c == '\n')) {
      lines.back().push_back(cell);
      cell.clear();
      if (c == '\n') lines.emplace_back();
    } else {
      cell += c;
    }
  }
  EXPECT_TRUE(lines.back().empty()) << "no line feed at the end";
  lines.pop_back();
  return lines;
}

TEST(GenerateCsv, SpellsTheNumbersOfGenerateMatrix) {
  const Model model = wild_model();
  Monitor monitor;
  const Matrix matrix = generate_matrix(model, rows(40, 3000), cpu(2), monitor);
  ASSERT_EQ(matrix.rows(), 3000U);
  const auto codings = codings_of(model.schema);
  std::string expected = "shop,amount,hour,weight,mass,id\n";
  for (std::uint64_t row = 0; row < matrix.rows(); ++row) {
    for (std::size_t column = 0; column < codings.size(); ++column) {
      const float encoded = matrix.row(row)[column];
      // 24 bits times 29 bits: exact in a double; nearbyint rounds halves to even.
      const std::uint32_t code = codings[column].real
                                     ? std::bit_cast<std::uint32_t>(encoded)
                                     : static_cast<std::uint32_t>(std::nearbyint(
                                           static_cast<double>(encoded) * codings[column].span));
      if (column != 0) expected += ',';
      expected += plain_cell(model.schema.columns[column], code, ',');
    }
    expected += '\n';
  }
  EXPECT_EQ(generated(rows(40, 3000), 2), expected);
}

TEST(GenerateCsv, HasOnlyValuesOfTheSchema) {
  const Schema schema = wild_model().schema;
  const auto lines = parsed(generated(rows(0, 5000), 2));
  ASSERT_EQ(lines.size(), 5001U);
  std::vector<std::vector<std::string>> seen(schema.columns.size());
  for (std::size_t line = 1; line < lines.size(); ++line) {
    ASSERT_EQ(lines[line].size(), schema.columns.size());
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
      const ColumnSchema& column = schema.columns[i];
      const std::string& cell = lines[line][i];
      if (is_coded(column.kind)) {
        ASSERT_NE(std::find(column.labels.begin(), column.labels.end(), cell), column.labels.end())
            << column.name << ": " << cell;
      } else {
        const double value = std::stod(cell.substr(column.kind == ColumnKind::currency ? 1 : 0));
        ASSERT_GE(value, column.minimum);
        ASSERT_LE(value, column.maximum);
      }
      if (line < 200) seen[i].push_back(cell);
    }
  }
  // The test would be empty if all rows were the same.
  for (std::vector<std::string>& cells : seen) {
    std::sort(cells.begin(), cells.end());
    EXPECT_GT(std::unique(cells.begin(), cells.end()) - cells.begin(), 1);
  }
}

TEST(GenerateCsv, TheNumberOfThreadsDoesNotMatter) {
  const std::string one = generated(rows(0, 30'000), 1);
  EXPECT_EQ(generated(rows(0, 30'000), 2), one);
  EXPECT_EQ(generated(rows(0, 30'000), 5), one);
}

TEST(GenerateCsv, ShardsConcatenate) {
  EXPECT_EQ(generated(rows(5, 1), 1) + generated(rows(6, 11'000, false), 2) +
                generated(rows(11'006, 994, false), 3),
            generated(rows(5, 11'995), 2));
}

TEST(GenerateCsv, NoRowsAreAHeaderOnly) {
  EXPECT_EQ(generated(rows(9, 0), 2), "shop,amount,hour,weight,mass,id\n");
  EXPECT_EQ(generated(rows(9, 0, false), 2), "");
}

TEST(GenerateCsv, TheEndlessTableEndsAtTwoToThe64) {
  const std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(parsed(generated(rows(last - 9, 10), 2)).size(), 11U);
  EXPECT_EQ(parsed(generated(rows(last, 1), 2)).size(), 2U);
  expect_error(ErrorKind::usage, [&] { generated(rows(last, 2), 2); });
  expect_error(ErrorKind::usage, [&] { generated(rows(2, last), 2); });
}

TEST(GenerateCsv, AnotherSeedGivesOtherRows) {
  GenerateOptions other = rows(0, 100);
  other.seed = 32;
  EXPECT_NE(generated(rows(0, 100), 1), generated(other, 1));
}

TEST(GenerateCsv, FailsWithoutAFile) {
  const TemporaryFolder folder;
  const std::string path = folder / "out.csv";
  Monitor monitor;
  const auto generate = [&](const Model& model, const std::string& to, Monitor& watching) {
    generate_csv(model, rows(0, 1'000'000), to, IfExists::fail, cpu(2), watching);
  };
  Model narrow = wild_model();
  narrow.schema.columns.pop_back();
  expect_error(ErrorKind::data, [&] { generate(narrow, path, monitor); });
  expect_error(ErrorKind::runtime, [&] { generate(wild_model(), "/dev/full", monitor); });
  expect_error(ErrorKind::runtime, [&] { generate(wild_model(), folder / "no/o.csv", monitor); });
  class Cancelling : public Monitor {
   public:
    void progress(std::string_view, std::uint64_t, std::uint64_t) override { cancelled_ = true; }
    bool cancelled() const override { return cancelled_; }

   private:
    std::atomic<bool> cancelled_{false};
  } cancelling;
  GenerateOptions endless = rows(0, std::numeric_limits<std::uint64_t>::max());
  expect_error(ErrorKind::interrupted, [&] {
    generate_csv(wild_model(), endless, path, IfExists::fail, cpu(2), cancelling);
  });
  EXPECT_TRUE(folder.names().empty());
}

TEST(GenerateCsv, KeepsAnExistingFileUnlessForced) {
  const TemporaryFolder folder;
  const std::string path = folder / "out.csv";
  std::ofstream(path) << "mine";
  Monitor monitor;
  expect_error(ErrorKind::usage, [&] {
    generate_csv(wild_model(), rows(0, 10), path, IfExists::fail, cpu(1), monitor);
  });
  EXPECT_EQ(content(path), "mine");
  generate_csv(wild_model(), rows(0, 10), path, IfExists::replace, cpu(1), monitor);
  EXPECT_EQ(parsed(content(path)).size(), 11U);
}

TEST(GenerateMatrix, TheNumberOfThreadsDoesNotMatterAndCancellingWorks) {
  Monitor monitor;
  const Matrix one = generate_matrix(wild_model(), rows(7, 20'000), cpu(1), monitor);
  const Matrix three = generate_matrix(wild_model(), rows(7, 20'000), cpu(3), monitor);
  ASSERT_EQ(one.rows(), three.rows());
  for (std::uint64_t row = 0; row < one.rows(); ++row) {
    ASSERT_EQ(std::memcmp(one.row(row), three.row(row), one.stride() * sizeof(float)), 0) << row;
  }
  class Cancelled : public Monitor {
   public:
    bool cancelled() const override { return true; }
  } cancelled;
  expect_error(ErrorKind::interrupted,
               [&] { generate_matrix(wild_model(), rows(0, 10), cpu(2), cancelled); });
}

}  // namespace
}  // namespace cuvae::test
