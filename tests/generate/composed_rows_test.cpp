// Tables as people have them, through a model and back: each cell spelled as the column spells its
// cells, keys new, rules kept.
#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <cuvae/cuvae.hpp>

#include "file_content.hpp"
#include "support/temporary_folder.hpp"

namespace cuvae::test {
namespace {

constexpr int real_rows = 1500;

std::string thousands(int whole) {
  std::string text = std::to_string(whole);
  if (whole >= 1000) text.insert(text.size() - 3, 1, ',');
  return text;
}

// Order number, account, amount in two spellings, when, ages with a marker, bounds, a product.
std::string real_table() {
  std::mt19937 random(5);
  std::string text = "order;account;amount;cents;booked;age;low;high;qty;price;total;kind\n";
  for (int row = 0; row < real_rows; ++row) {
    const int cents = static_cast<int>(random() % 500'000);
    const int low = static_cast<int>(random() % 900);
    const int qty = 1 + static_cast<int>(random() % 9);
    const int price = 100 + static_cast<int>(random() % 40) * 25;
    text += fmt::format("INV-{:06};DE{:02}-{:08x};{}.{:02} USD;{};{:02}.{:02}.202{} {:02}:{:02};",
                        1000 + row, 10 + random() % 80, static_cast<unsigned>(random()),
                        thousands(cents / 100), cents % 100, cents, 1 + random() % 28,
                        1 + random() % 12, random() % 4, random() % 24, random() % 60);
    text += random() % 9 == 0 ? "N/A" : std::to_string(18 + random() % 60);
    text +=
        fmt::format(";{};{};{};{}.{:02};{}.{:02};{}\n", low, low + random() % 60, qty, price / 100,
                    price % 100, qty * price / 100, qty * price % 100, "abc"[random() % 3]);
  }
  return text;
}

std::vector<std::vector<std::string>> cells_of(const std::string& text) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row(1);
  for (const char character : text) {
    if (character == ';') {
      row.emplace_back();
    } else if (character == '\n') {
      rows.push_back(std::move(row));
      row.assign(1, "");
    } else {
      row.back() += character;
    }
  }
  return rows;
}

// Runs of letters as one letter, of digits as one digit.
std::string shape_of(const std::string& cell) {
  std::string shape;
  for (const char character : cell) {
    const char sort = std::isdigit(static_cast<unsigned char>(character)) != 0   ? '9'
                      : std::isalpha(static_cast<unsigned char>(character)) != 0 ? 'a'
                                                                                 : character;
    const bool again = !shape.empty() && shape.back() == sort && (sort == '9' || sort == 'a');
    if (!again) shape += sort;
  }
  return shape;
}

class ComposedRows : public testing::TestWithParam<Recipe> {
 protected:
  ComposedRows() {
    std::ofstream(folder_ / "real.csv") << real_table();
    real_ = read_csv(folder_ / "real.csv");
    TrainOptions how;
    how.recipe = GetParam();
    how.epochs = 4;
    how.seed = 3;
    how.protect_rare = 0;
    model_ = train_model(real_, how, cpu(1));
  }

  static DeviceChoice cpu(unsigned threads) { return {DeviceChoice::Kind::cpu, 0, threads}; }

  std::string csv(const Model& model, GenerateOptions options, unsigned threads = 2) {
    const std::string path = folder_ / "rows.csv";
    options.seed = 4;
    generate_csv(model, options, path, IfExists::replace, cpu(threads));
    return content(path);
  }

  TemporaryFolder folder_;
  Table real_;
  Model model_;
};

TEST_P(ComposedRows, AreSpelledAsTheTable) {
  const std::map<std::string, ColumnKind> kinds{
      {"order", ColumnKind::key},         {"account", ColumnKind::key},
      {"amount", ColumnKind::continuous}, {"cents", ColumnKind::continuous},
      {"booked", ColumnKind::instant},    {"age", ColumnKind::continuous},
      {"low", ColumnKind::ordinal},       {"kind", ColumnKind::label}};
  for (const Column& column : real_.columns) {
    const auto kind = kinds.find(column.name);
    if (kind == kinds.end()) continue;
    EXPECT_EQ(column.kind, kind->second) << column.name;
  }
  const auto real = cells_of(real_table());
  const auto rows = cells_of(csv(model_, {.rows = 3000}));
  ASSERT_EQ(rows.size(), 3001U);
  ASSERT_EQ(rows.front(), real.front());
  for (std::size_t c = 0; c < real.front().size(); ++c) {
    std::set<std::string> shapes;
    for (std::size_t r = 1; r < real.size(); ++r) shapes.insert(shape_of(real[r][c]));
    // A hexadecimal number may have its letters anywhere.
    if (real.front()[c] == "account") continue;
    for (std::size_t r = 1; r < rows.size(); ++r) {
      ASSERT_TRUE(shapes.contains(shape_of(rows[r][c]))) << real.front()[c] << ": " << rows[r][c];
    }
  }
}

TEST_P(ComposedRows, KeepTheRules) {
  const auto rows = cells_of(csv(model_, {.rows = 3000}));
  const auto cents_of = [](std::string amount) {
    std::erase_if(amount, [](char c) { return std::isdigit(static_cast<unsigned char>(c)) == 0; });
    return std::stol(amount);
  };
  for (std::size_t r = 1; r < rows.size(); ++r) {
    const auto& row = rows[r];
    ASSERT_EQ(cents_of(row[2]), std::stol(row[3])) << row[2];
    ASSERT_LE(std::stol(row[6]), std::stol(row[7]));
    ASSERT_EQ(std::stol(row[8]) * cents_of(row[9]), cents_of(row[10])) << row[10];
  }
}

TEST_P(ComposedRows, HaveNewKeysAcrossShardsAndConditions) {
  std::set<std::string> real_keys;
  for (const auto& row : cells_of(real_table())) real_keys.insert({row[0], row[1]});
  std::set<std::string> keys;
  std::string all;
  for (std::uint64_t first = 0; first < 20'000; first += 5000) {
    const std::string part = csv(model_, {.rows = 5000, .first_row = first, .header = first == 0});
    for (const auto& row : cells_of(part)) {
      if (row[0] == "order") continue;
      EXPECT_FALSE(real_keys.contains(row[0]) || real_keys.contains(row[1])) << row[0];
      EXPECT_TRUE(keys.insert(row[0]).second) << row[0];
      EXPECT_TRUE(keys.insert(row[1]).second) << row[1];
    }
    all += part;
  }
  EXPECT_TRUE(all == csv(model_, {.rows = 20'000}, 3));
  // Rows under conditions are rows of the same table, keys included.
  GenerateOptions some{.rows = 50};
  some.where = {"amount>2,500", "kind=b"};
  const auto found = cells_of(csv(model_, some));
  ASSERT_EQ(found.size(), 51U);
  for (std::size_t r = 1; r < found.size(); ++r) {
    ASSERT_GT(std::stol(found[r][3]), 250'000);
    ASSERT_EQ(found[r].back(), "b");
  }
}

TEST_P(ComposedRows, AreTheSameFromTheModelsFile) {
  save_model(model_, folder_ / "model");
  const Model loaded = load_model(folder_ / "model");
  EXPECT_EQ(loaded.schema, model_.schema);
  EXPECT_TRUE(csv(loaded, {.rows = 500}, 1) == csv(model_, {.rows = 500}, 3));
  // Nothing of a key's column is in there.
  const std::string bytes = content(folder_ / "model");
  const auto real = cells_of(real_table());
  for (std::size_t r = 1; r < real.size(); r += 7) {
    ASSERT_EQ(bytes.find(real[r][0]), std::string::npos);
    ASSERT_EQ(bytes.find(real[r][1]), std::string::npos);
  }
}

// Two equal columns whose labels are nearly all rare: what protects one must not part them.
TEST(ProtectedRows, LeaveCopiesEqual) {
  const TemporaryFolder folder;
  std::mt19937 random(6);
  std::string text = "note,note_again,kind\n";
  for (int row = 0; row < 900; ++row) {
    const std::string note = fmt::format("note of {} words {}", row % 3 == 0 ? "two" : "six",
                                         static_cast<char>('a' + random() % 26));
    const std::string rare = row % 2 == 0 ? fmt::format(" {}", random() % 400) : std::string();
    text += fmt::format("{}{},{}{},{}\n", note, rare, note, rare, "xy"[random() % 2]);
  }
  std::ofstream(folder / "real.csv") << text;
  ReadOptions reading;
  reading.keep = {"note", "note_again"};
  const Table real = read_csv(folder / "real.csv", reading);
  TrainOptions how;
  how.epochs = 2;
  how.protect_rare = 5;
  save_model(train_model(real, how), folder / "model");
  const Model model = load_model(folder / "model");
  const Table rows = generate_columns(model, {.rows = 2000});
  for (std::uint64_t row = 0; row < rows.rows; ++row) {
    const std::string& note = rows.columns[0].labels[rows.columns[0].codes[row]];
    ASSERT_EQ(note, rows.columns[1].labels[rows.columns[1].codes[row]]);
    const auto at = std::find(real.columns[0].labels.begin(), real.columns[0].labels.end(), note);
    ASSERT_NE(at, real.columns[0].labels.end());
    ASSERT_GE(real.columns[0].counts[static_cast<std::size_t>(at - real.columns[0].labels.begin())],
              5U);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryRecipe, ComposedRows,
                         testing::Values(Recipe::published, Recipe::fast, Recipe::best),
                         [](const auto& recipe) { return std::string(name_of(recipe.param)); });

}  // namespace
}  // namespace cuvae::test
