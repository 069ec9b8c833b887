// Generated rows: tokens as the plain loops draw them, cells that the table could have held.
#include <gtest/gtest.h>
#include <set>

#include "kernels/arithmetic/philox.hpp"
#include "kernels/tokens/reference.hpp"
#include "models/tokens/backend.hpp"
#include "rows/codings.hpp"
#include "tokenizer/tables.hpp"

namespace cuvae {
namespace {

constexpr std::uint64_t seed = 77;

struct Trained {
  Table table;
  Schema schema;
  TokenizedTable coded;
  TokenNetwork network;
};

Trained trained(const std::string& recipe, std::uint32_t latent, std::uint32_t rows = 3000,
                std::uint32_t width = least_width) {
  Trained result;
  result.table = test::mixed_table(rows, 400, 12);
  result.schema = make_schema(result.table);
  TokenizerOptions how;
  how.second_tokens = recipe == "best";
  Monitor quiet;
  result.coded = tokenize(result.table, how, quiet);
  TrainSettings options = recipe_settings(recipe_named(recipe), 0);
  options.epochs = 2;
  options.latent = latent;
  options.width = width;
  DeviceChoice cpu;
  cpu.kind = DeviceChoice::Kind::cpu;
  result.network = train_tokens(result.coded, options, cpu, quiet);
  return result;
}

std::unique_ptr<TokenBackend> cpu_backend() {
  return make_cpu_token_backend(0);
}

std::uint32_t cell(const RowBlock& block, const TokenOutput& output, std::size_t column,
                   std::uint32_t row) {
  switch (output.codings()[column].width) {
    case 1:
      return static_cast<const std::uint8_t*>(block.columns[column])[row];
    case 2:
      return static_cast<const std::uint16_t*>(block.columns[column])[row];
    default:
      return static_cast<const std::uint32_t*>(block.columns[column])[row];
  }
}

// The cells that the definition gives for a row: its tokens, and random words behind theirs.
std::vector<std::uint32_t> plain_cells(const Trained& model, const TokenOutput& output,
                                       std::uint64_t row) {
  const std::vector<std::uint8_t> tokens = plain::generate_tokens(model.network, seed, row);
  std::vector<std::uint32_t> words(output.word_count());
  for (std::uint32_t w = 0; w < words.size(); ++w) {
    const auto index = static_cast<std::uint32_t>(1 + tokens.size() + w);
    words[w] = philox4x32_10(noise_counter(row, 0, Purpose::generation_noise, index / 4), seed)
                   .word[index % 4];
  }
  std::vector<std::uint32_t> cells;
  std::vector<std::vector<unsigned char>> memory;
  std::vector<void*> columns;
  for (const ColumnCoding& coding : output.codings()) {
    memory.emplace_back(coding.width, 0);
    columns.push_back(memory.back().data());
  }
  output.decode({tokens.data(), words.data(), 1, 1}, 0, columns.data());
  RowBlock block;
  for (void* column : columns) block.columns.push_back(column);
  for (std::size_t c = 0; c < columns.size(); ++c) cells.push_back(cell(block, output, c, 0));
  return cells;
}

TEST(TokenOutput, RowsAreThoseOfThePlainLoops) {
  for (const auto& [recipe, latent] :
       {std::pair<std::string, std::uint32_t>{"best", 4}, {"best", 0}, {"fast", 4}, {"best", 6}}) {
    const Trained model = trained(recipe, latent);
    const TokenOutput output(model.schema, model.coded.tokenizer);
    const auto generator = cpu_backend()->generator(model.network, output, {seed, 0, 300, 1, 300});
    for (const std::uint64_t first :
         {std::uint64_t{0}, std::uint64_t{12345}, (std::uint64_t{1} << 32) - 9}) {
      for (const std::uint32_t rows : {1U, 47U}) {
        const RowBlock& block = generator->codes(0, first, rows);
        for (std::uint32_t r = 0; r < rows; ++r) {
          const std::vector<std::uint32_t> wanted = plain_cells(model, output, first + r);
          for (std::size_t c = 0; c < wanted.size(); ++c) {
            ASSERT_EQ(cell(block, output, c, r), wanted[c])
                << recipe << ", latent " << latent << ", row " << first + r << ", column " << c;
          }
        }
      }
    }
  }
}

TEST(TokenOutput, WideNetworksDrawTheDefinedRows) {
  for (const auto& [recipe, width] :
       {std::pair<std::string, std::uint32_t>{"best", 160}, {"best", 256}, {"fast", 256}}) {
    const Trained model = trained(recipe, 4, 300, width);
    const TokenOutput output(model.schema, model.coded.tokenizer);
    const auto generator = cpu_backend()->generator(model.network, output, {seed, 0, 40, 1, 40});
    const RowBlock& block = generator->codes(0, 7, 33);
    for (std::uint32_t r = 0; r < 33; ++r) {
      const std::vector<std::uint32_t> wanted = plain_cells(model, output, 7 + r);
      for (std::size_t c = 0; c < wanted.size(); ++c) {
        ASSERT_EQ(cell(block, output, c, r), wanted[c]) << recipe << ", width " << width;
      }
    }
  }
}

TEST(TokenOutput, PiecesJoinToTheWhole) {
  const Trained model = trained("best", 4);
  const TokenOutput output(model.schema, model.coded.tokenizer);
  const auto generator = cpu_backend()->generator(model.network, output, {seed, 0, 5000, 2, 5000});
  const RowBlock& whole = generator->codes(0, 100, 5000);
  for (const auto& [first, rows] : {std::pair{0U, 1U}, {1U, 1023U}, {1024U, 3976U}}) {
    const RowBlock& piece = generator->codes(1, 100 + first, rows);
    for (std::size_t c = 0; c < output.codings().size(); ++c) {
      for (std::uint32_t r = 0; r < rows; ++r) {
        ASSERT_EQ(cell(piece, output, c, r), cell(whole, output, c, first + r));
      }
    }
  }
}

// Rows that a generator leaves out because of conditions are none that meet them; the others are
// those of the table, bit by bit.
TEST(TokenOutput, CandidatesAreAllRowsThatMeetConditions) {
  for (const auto& [recipe, latent] :
       {std::pair<std::string, std::uint32_t>{"best", 4}, {"best", 0}, {"fast", 4}}) {
    const Trained model = trained(recipe, latent);
    const TokenOutput output(model.schema, model.coded.tokenizer);
    const auto whole = cpu_backend()->generator(model.network, output, {seed, 0, 5000, 1, 5000});
    const std::string shop = output.schema().columns[0].name;
    const std::string label = output.schema().columns[0].labels[5];
    const std::string amount = output.schema().columns[4].name;
    const std::vector<std::vector<std::string>> cases{
        {shop + "=" + label},
        {amount + "<" + std::to_string(output.schema().columns[4].mean)},
        {shop + "!=" + label, amount + ">" + std::to_string(output.schema().columns[4].mean)}};
    for (const auto& texts : cases) {
      const Conditions conditions(output.schema(), output.codings(), texts);
      const auto some =
          cpu_backend()->generator(model.network, output, {seed, 0, 5000, 1, 5000, &conditions});
      const RowBlock& all = whole->codes(0, 12'345, 5000);
      const RowBlock& left = some->candidates(0, 12'345, 5000);
      std::vector<std::uint32_t> expected, found;
      conditions.find(all, expected);
      conditions.find(left, found);
      ASSERT_EQ(found.size(), expected.size()) << texts[0];
      ASSERT_GT(found.size(), 0U) << texts[0];
      for (std::size_t i = 0; i < found.size(); ++i) {
        for (std::size_t c = 0; c < output.codings().size(); ++c) {
          ASSERT_EQ(cell(left, output, c, found[i]), cell(all, output, c, expected[i]));
        }
      }
      if (&texts == &cases.front()) {
        EXPECT_LT(left.rows, 2500U) << recipe;
      }
    }
  }
}

// Joined columns only hold tuples that the table holds; numbers stay in the observed range and at
// the column's decimals; missing cells come at about their rate.
TEST(TokenOutput, CellsAreOnesTheTableCouldHold) {
  const Trained model = trained("best", 4, 20'000);
  const TokenOutput output(model.schema, model.coded.tokenizer);
  constexpr std::uint32_t rows = 20'000;
  const auto generator = cpu_backend()->generator(model.network, output, {seed, 0, rows, 1, rows});
  const RowBlock& block = generator->codes(0, 0, rows);
  const auto joined = [&](std::uint32_t shop, std::uint32_t town) { return std::pair{shop, town}; };
  std::set<std::pair<std::uint32_t, std::uint32_t>> known;
  for (std::uint64_t row = 0; row < model.table.rows; ++row) {
    known.insert(joined(model.table.columns[0].codes[row], model.table.columns[1].codes[row]));
  }
  ASSERT_FALSE(is_coded(output.schema().columns[4].kind));
  const Ticks ticks = ticks_of(model.schema.columns[4]).value();
  const std::vector<std::string>& amounts = output.schema().columns[3].labels;
  std::uint32_t missing = 0;
  std::set<std::string> seen;
  for (std::uint32_t r = 0; r < rows; ++r) {
    ASSERT_TRUE(known.contains(joined(cell(block, output, 0, r), cell(block, output, 1, r))));
    ASSERT_LE(cell(block, output, 4, r), ticks.span);
    const std::string& amount = amounts[cell(block, output, 3, r)];
    missing += amount.empty() ? 1 : 0;
    seen.insert(amount);
  }
  EXPECT_NEAR(missing, rows / 7.0, rows / 40.0);
  EXPECT_GT(seen.size(), 100U);
  for (const std::string& amount : seen) {
    EXPECT_TRUE(amount.empty() || amount.find('.') + 3 == amount.size()) << amount;
  }
}

}  // namespace
}  // namespace cuvae
