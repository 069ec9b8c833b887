// Training the token network on the GPU gives the bits of the CPU.
#include <gtest/gtest.h>

#include <cuvae/error.hpp>

#include "models/tokens/backend.hpp"
#include "models/tokens/cuda/trainer.hpp"
#include "runtime/cuda/devices.hpp"
#include "runtime/cuda/gpu_test.hpp"
#include "tokenizer/tables.hpp"

namespace cuvae {
namespace {

using cuda::TokenLauncher;
using cuda::TokenTrainTuning;

class GpuTokenTraining : public GpuTest {};

TokenizedTable coded(std::uint32_t rows, std::uint32_t labels) {
  Monitor quiet;
  return tokenize(test::mixed_table(rows, labels, rows + labels), {}, quiet);
}

TrainSettings options_of(const std::string& recipe) {
  TrainSettings options = recipe_settings(recipe_named(recipe), 0);
  options.epochs = 2;
  options.batch_size = 100;
  options.seed = 5;
  options.learning_rate = 0.01F;
  return options;
}

void expect_same(const TokenizedTable& table, const TrainSettings& options,
                 const TokenTrainTuning& tuning = {}) {
  Monitor quiet;
  const TokenNetwork wanted = make_cpu_token_backend(2)->train(table, options, quiet);
  const TokenNetwork got =
      cuda::TokenTrainer(0, table.data, table.tokenizer, options, tuning, {}, quiet).run({});
  EXPECT_EQ(got.history, wanted.history);
  ASSERT_EQ(got.parameters.size(), wanted.parameters.size());
  const std::vector<ParameterBlock> blocks = blocks_of(got.shape);
  for (const ParameterBlock& block : blocks) {
    for (std::size_t p = block.offset; p < block.offset + std::size_t{block.rows} * block.stride;
         ++p) {
      ASSERT_EQ(got.parameters[p], wanted.parameters[p])
          << block.name << " " << p - block.offset << " of " << block.rows << " x "
          << block.columns;
    }
  }
}

TEST_F(GpuTokenTraining, BothRecipesGiveTheBitsOfTheCpu) {
  const TokenizedTable table = coded(230, 60);
  for (const char* recipe : {"best", "fast"}) {
    SCOPED_TRACE(recipe);
    expect_same(table, options_of(recipe));
  }
}

TEST_F(GpuTokenTraining, WithAnyNumberOfLatents) {
  const TokenizedTable table = coded(90, 8);
  for (const std::uint32_t latent : {0U, 1U, 5U, 16U}) {
    SCOPED_TRACE(latent);
    TrainSettings options = options_of("best");
    options.latent = latent;
    options.epochs = 1;
    expect_same(table, options);
  }
}

TEST_F(GpuTokenTraining, WithAnyBatchAndTable) {
  struct Case {
    std::uint32_t rows, batch;
  };
  for (const Case& one : {Case{1, 500}, Case{31, 7}, Case{33, 33}, Case{700, 257}, Case{513, 513},
                          Case{1300, 1281}}) {
    SCOPED_TRACE(testing::Message() << one.rows << " rows by " << one.batch);
    TrainSettings options = options_of("best");
    options.batch_size = one.batch;
    options.epochs = one.rows < 100 ? 3 : 1;
    expect_same(coded(one.rows, 20), options);
  }
}

TEST_F(GpuTokenTraining, WithAnyLauncherAndStepsALaunch) {
  const TokenizedTable table = coded(150, 10);
  TrainSettings options = options_of("best");
  options.batch_size = 20;
  for (const TokenLauncher launcher : {TokenLauncher::persistent, TokenLauncher::separate}) {
    for (const std::uint32_t steps : {1U, 3U, 100U}) {
      SCOPED_TRACE(steps);
      expect_same(table, options, {launcher, steps, 4096});
    }
  }
}

// Asking held-out rows moves nothing and costs the same bits, and what follows from it is the same.
TEST_F(GpuTokenTraining, WithHeldOutRows) {
  const TokenizedTable table = coded(130, 10);
  TrainSettings options = options_of("best");
  options.batch_size = 20;
  options.validation = 0.25F;
  expect_same(table, options);
  options.stops_early = true;
  options.epochs = 25;
  options.learning_rate = 0.1F;
  expect_same(table, options);
}

TEST_F(GpuTokenTraining, WithManyColumns) {
  Table table;
  table.rows = 40;
  for (std::uint32_t c = 0; c < 70; ++c) {
    std::vector<std::uint32_t> codes;
    for (std::uint32_t r = 0; r < table.rows; ++r) codes.push_back((r * (c + 3) + r / 7) % 5);
    table.columns.push_back(test::label_column(std::to_string(c), codes, 5));
  }
  TokenizerOptions apart;
  apart.find_together = false;
  Monitor quiet;
  TrainSettings options = options_of("fast");
  options.epochs = 1;
  expect_same(tokenize(table, apart, quiet), options);
}

TEST_F(GpuTokenTraining, WidthsBeyondAWarpAreRefused) {
  TokenShape shape;
  shape.tokens = {{4, -1}};
  shape.decoder = {33};
  try {
    cuda::plan_token_training(shape, 10, 16, 0);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_NE(std::string(error.what()).find("33"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("`device` cpu"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace cuvae
