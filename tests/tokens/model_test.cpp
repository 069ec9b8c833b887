// Models of tokens in files.
#include <gtest/gtest.h>
#include <random>

#include <cuvae/generate.hpp>
#include <cuvae/model.hpp>

#include "models/file/model_bytes.hpp"
#include "tokenizer/tables.hpp"

namespace cuvae {
namespace {

Model small_model(const std::string& recipe, std::uint32_t latent) {
  const Table table = test::mixed_table(300, 70, 13);
  Model model;
  model.options = recipe_options(recipe);
  model.options.epochs = 1;
  model.options.latent = latent;
  model.version = library_version();
  model.device = "test";
  model.schema = make_schema(table);
  TokenizerOptions how;
  how.second_tokens = recipe == "best";
  Monitor quiet;
  TokenizedTable coded = tokenize(table, how, quiet);
  DeviceChoice cpu;
  cpu.kind = DeviceChoice::Kind::cpu;
  TokenModel& part = model.tokens.emplace();
  part.network = train_tokens(coded.data, coded.tokenizer, model.options, cpu, quiet);
  part.tokenizer = std::move(coded.tokenizer);
  return model;
}

TEST(NetworkPointers, ReadsBackTheSame) {
  for (const auto& [recipe, latent] :
       {std::pair<std::string, std::uint32_t>{"best", 4}, {"best", 0}, {"fast", 3}}) {
    const Model model = small_model(recipe, latent);
    const std::string bytes = model_bytes(model);
    const Model read = model_from_bytes(bytes, "memory");
    ASSERT_TRUE(read.tokens.has_value());
    EXPECT_EQ(read.tokens->tokenizer, model.tokens->tokenizer);
    EXPECT_EQ(read.tokens->network.shape, model.tokens->network.shape);
    EXPECT_EQ(read.tokens->network.parameters, model.tokens->network.parameters);
    EXPECT_EQ(history_of(read), history_of(model));
    EXPECT_EQ(read.schema, model.schema);
    EXPECT_EQ(model_bytes(read), bytes);
  }
}

TEST(NetworkPointers, DamagedFilesAreErrorsOrConsistent) {
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

TEST(NetworkPointers, HasNoRowsOfFloats) {
  Monitor quiet;
  EXPECT_THROW(generate_matrix(small_model("fast", 2), {10, 0, 0, true}, {}, quiet), Error);
}

}  // namespace
}  // namespace cuvae
