// The SIMD back end of tokens against the plain loops, bit by bit.
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <set>
#include <string>

#include "kernels/tokens/reference.hpp"
#include "models/tokens/cpu/trainer.hpp"
#include "models/tokens/hold_out.hpp"
#include "runtime/simd/simd_level.hpp"
#include "tokenizer/tables.hpp"

namespace cuvae {
namespace {

TokenizedTable coded(std::uint32_t rows, std::uint32_t labels, bool second_tokens,
                     std::uint64_t seed = 1) {
  TokenizerOptions options;
  options.second_tokens = second_tokens;
  Monitor quiet;
  return tokenize(test::mixed_table(rows, labels, seed), options, quiet);
}

TrainSettings options_of(const std::string& recipe, std::uint32_t batch_size,
                         std::uint32_t epochs = 2) {
  TrainSettings options = recipe_settings(recipe_named(recipe), 0);
  options.batch_size = batch_size;
  options.epochs = epochs;
  options.seed = 0x123456789ABCDEFULL;
  return options;
}

void expect_parity(const TokenizedTable& table, const TrainSettings& options,
                   const std::string& what) {
  const TokenNetwork wanted = plain::train(table.data, table.tokenizer, options);
  Monitor quiet;
  for (const SimdLevel level : available_simd_levels()) {
    for (const unsigned threads : {1U, 2U, 3U}) {
      const std::string where =
          what + ", " + to_string(level) + ", threads " + std::to_string(threads);
      const TokenNetwork got = train_tokens_on_cpu(table, options, level, threads, quiet);
      ASSERT_EQ(got.parameters.size(), wanted.parameters.size()) << where;
      for (std::size_t p = 0; p < wanted.parameters.size(); ++p) {
        ASSERT_EQ(got.parameters[p], wanted.parameters[p]) << where << ", parameter " << p;
      }
      EXPECT_EQ(got.history, wanted.history) << where;
    }
  }
}

TEST(TokenParity, RowsOfOddNumber) {
  for (const std::uint32_t rows : {1U, 2U, 15U, 16U, 17U, 33U, 255U, 257U, 513U}) {
    expect_parity(coded(rows, 40, true), options_of("best", 500), "rows " + std::to_string(rows));
  }
}

TEST(TokenParity, BatchSizes) {
  const TokenizedTable table = coded(700, 90, true, 2);
  for (const std::uint32_t batch_size : {5U, 32U, 256U, 300U, 699U, 4096U}) {
    expect_parity(table, options_of("best", batch_size, 1),
                  "batch size " + std::to_string(batch_size));
  }
}

TEST(TokenParity, Recipes) {
  const TokenizedTable two_tokens = coded(600, 1500, true, 3);
  const TokenizedTable one_token = coded(600, 1500, false, 3);
  expect_parity(one_token, options_of("fast", 500), "fast");
  expect_parity(one_token, options_of("best", 500), "best of one token");
  for (const std::uint32_t latent : {0U, 1U, 3U, 5U, 16U}) {
    TrainSettings options = options_of("best", 300);
    options.latent = latent;
    expect_parity(two_tokens, options, "latent " + std::to_string(latent));
  }
  TrainSettings options = options_of("fast", 300);
  options.latent = 7;
  options.kl_weight = 0.3F;
  expect_parity(one_token, options, "fast, latent 7");
}

// Rows held out, with and without a say in when it ends.
TEST(TokenParity, HeldOutRows) {
  for (const std::string recipe : {"best", "fast"}) {
    const TokenizedTable table = coded(160, 40, recipe == "best", 5);
    TrainSettings options = options_of(recipe, 16, 2);
    options.validation = 0.3F;
    options.kl_weight = 0.5F;
    expect_parity(table, options, recipe + ", told");
    options.stops_early = true;
    options.epochs = 40;
    options.learning_rate = 0.05F;
    expect_parity(table, options, recipe + ", stopped");
    const TokenNetwork stopped = plain::train(table.data, table.tokenizer, options);
    EXPECT_LT(stopped.history.size(), options.epochs) << recipe;
    EXPECT_FALSE(std::isnan(stopped.history.back().validation));
  }
}

// The seed says which rows; none is lost.
TEST(TokenTraining, HoldsRowsOutByTheSeed) {
  constexpr std::uint64_t rows = 700;
  const auto held_out = [&](std::uint64_t seed, std::uint64_t count) {
    TokenMatrix data(rows, 16);
    for (std::uint64_t r = 0; r < rows; ++r) {
      data.row(r)[0] = static_cast<std::uint8_t>(r / 256);
      data.row(r)[1] = static_cast<std::uint8_t>(r % 256);
    }
    bring_held_out_rows_last(data, count, seed);
    std::set<std::uint32_t> all;
    std::set<std::uint32_t> last;
    for (std::uint64_t r = 0; r < rows; ++r) {
      const std::uint32_t number = data.row(r)[0] * 256U + data.row(r)[1];
      all.insert(number);
      if (r >= rows - count) last.insert(number);
    }
    EXPECT_EQ(all.size(), rows);
    return last;
  };
  const std::set<std::uint32_t> first = held_out(1, 140);
  EXPECT_EQ(first, held_out(1, 140));
  EXPECT_NE(first, held_out(2, 140));
  // From the whole table: a half of it has a half of them, within five standard deviations.
  const auto half = static_cast<double>(
      std::count_if(first.begin(), first.end(), [](std::uint32_t r) { return r < rows / 2; }));
  EXPECT_NEAR(half, 70, 5 * 5.3);
}

TEST(TokenTraining, HoldsOutEnoughRowsToMeanSomething) {
  TrainSettings settings = recipe_settings(Recipe::best, 0);
  EXPECT_EQ(held_out_rows(settings, 1000), 0U);
  settings.validation = 0.04F;
  EXPECT_EQ(held_out_rows(settings, 99), 0U);
  EXPECT_EQ(held_out_rows(settings, 172), 34U);
  EXPECT_EQ(held_out_rows(settings, 1000), 64U);
  EXPECT_EQ(held_out_rows(settings, 10'000), 400U);
  EXPECT_EQ(held_out_rows(settings, 24'000'000), 20'000U);
}

TEST(TokenParity, Widths) {
  for (const std::string recipe : {"best", "fast"}) {
    const TokenizedTable table = coded(300, 300, recipe == "best", 6);
    for (const std::uint32_t width : {64U, 96U, 256U}) {
      TrainSettings options = options_of(recipe, 150, 1);
      options.width = width;
      expect_parity(table, options, recipe + ", width " + std::to_string(width));
    }
  }
}

TEST(TokenParity, ATableWithNothingToChoose) {
  Table table;
  table.rows = 40;
  table.columns = {test::label_column("constant", std::vector<std::uint32_t>(40, 0), 1)};
  Monitor quiet;
  expect_parity(tokenize(table, {}, quiet), options_of("best", 16), "constant");
}

// Training goes the right way: what a row costs falls below what independent columns would cost.
TEST(TokenTraining, FindsDependence) {
  for (const std::string recipe : {"fast", "best"}) {
    const TokenizedTable table = coded(4000, 60, recipe == "best", 4);
    Monitor quiet;
    DeviceChoice cpu;
    cpu.kind = DeviceChoice::Kind::cpu;
    const TokenNetwork network = train_tokens(table, options_of(recipe, 100, 40), cpu, quiet);
    const EpochLoss first = network.history.front();
    const EpochLoss last = network.history.back();
    EXPECT_LT(last.reconstruction + last.kl, first.reconstruction + first.kl - 0.3) << recipe;
    EXPECT_GT(last.kl, 0.05) << recipe << ": the latent has died";
  }
}

}  // namespace
}  // namespace cuvae
