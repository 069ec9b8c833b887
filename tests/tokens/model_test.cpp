// Models of tokens in files.
#include <gtest/gtest.h>
#include <random>

#include <cuvae/generate.hpp>
#include <cuvae/train.hpp>

#include "models/file/model_bytes.hpp"
#include "tokenizer/tables.hpp"

namespace cuvae {
namespace {

Model small_model(const std::string& recipe, std::uint32_t latent) {
  TrainOptions options;
  options.recipe = recipe_named(recipe);
  options.epochs = 1;
  options.latent = latent;
  DeviceChoice cpu;
  cpu.kind = DeviceChoice::Kind::cpu;
  return train_model(test::mixed_table(300, 70, 13), options, cpu);
}

TEST(TokenModelFile, ReadsBackTheSame) {
  for (const auto& [recipe, latent] :
       {std::pair<std::string, std::uint32_t>{"best", 4}, {"best", 0}, {"fast", 3}}) {
    const Model model = small_model(recipe, latent);
    const std::string bytes = model_bytes(model);
    const Model read = model_from_bytes(bytes, "memory");
    const TokenModel& made = std::get<TokenModel>(model.network);
    ASSERT_TRUE(std::holds_alternative<TokenModel>(read.network));
    const TokenModel& found = std::get<TokenModel>(read.network);
    EXPECT_EQ(found.tokenizer, made.tokenizer);
    EXPECT_EQ(found.network.shape, made.network.shape);
    EXPECT_EQ(found.network.parameters, made.network.parameters);
    EXPECT_EQ(history_of(read), history_of(model));
    EXPECT_EQ(read.schema, model.schema);
    EXPECT_EQ(model_bytes(read), bytes);
  }
}

TEST(TokenModelFile, KeepsWhatHeldOutRowsCost) {
  DeviceChoice cpu;
  cpu.kind = DeviceChoice::Kind::cpu;
  TrainOptions options;
  options.validation = 0.25F;
  const Model model = train_model(test::mixed_table(300, 70, 13), options, cpu);
  const Model read = model_from_bytes(model_bytes(model), "memory");
  EXPECT_EQ(read.settings.validation, 0.25F);
  EXPECT_TRUE(read.settings.stops_early);
  EXPECT_EQ(history_of(read), history_of(model));
  for (const EpochLoss& loss : history_of(read)) EXPECT_GT(loss.validation, 0);
}

TEST(TokenModelFile, DamagedFilesAreErrorsOrConsistent) {
  const std::string bytes = model_bytes(small_model("best", 2));
  std::mt19937_64 random(14);
  const auto expect_handled = [](const std::string& damaged) {
    try {
      model_from_bytes(damaged, "memory");
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::data) << error.what();
    }
  };
  for (std::size_t size = 0; size < bytes.size(); size += 997) {
    expect_handled(bytes.substr(0, size));
  }
  for (int round = 0; round < 400; ++round) {
    std::string damaged = bytes;
    damaged[random() % damaged.size()] = static_cast<char>(random());
    expect_handled(damaged);
  }
}

TEST(TokenModelFile, HasNoRowsOfFloats) {
  Monitor quiet;
  EXPECT_THROW(generate_matrix(small_model("fast", 2), {10, 0, 0, true}, {}, quiet), Error);
}

}  // namespace
}  // namespace cuvae
