#include "models/recipes.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <cuvae/error.hpp>

namespace cuvae {

std::span<const RecipeTraits> recipe_table() {
  constexpr std::uint32_t by_table = 0;
  // "seed" is what the published recipe was called up to version 0.1.
  static const std::array<RecipeTraits, 3> table{{
      {.recipe = Recipe::best,
       .name = "best",
       .other_name = "",
       .representation = Representation::tokens,
       .learning_rate = 3e-3F,
       .epochs = by_table,
       .least_latent = 0,
       .most_latent = 16,
       .second_tokens = true,
       .autoregressive = true,
       .encoder = {32},
       .decoder = {32}},
      {.recipe = Recipe::fast,
       .name = "fast",
       .other_name = "",
       .representation = Representation::tokens,
       .learning_rate = 3e-3F,
       .epochs = by_table,
       .least_latent = 1,
       .most_latent = 16,
       .second_tokens = false,
       .autoregressive = false,
       .encoder = {15, 12, 10},
       .decoder = {8, 10, 12}},
      {.recipe = Recipe::published,
       .name = "published",
       .other_name = "seed",
       .representation = Representation::scaled_columns,
       .learning_rate = 1e-3F,
       .epochs = 15,
       .least_latent = 1,
       .most_latent = 64,
       .second_tokens = false,
       .autoregressive = false,
       .encoder = {},
       .decoder = {}},
  }};
  return table;
}

const RecipeTraits& traits_of(Recipe recipe) {
  const std::span<const RecipeTraits> table = recipe_table();
  return *std::find_if(table.begin(), table.end(),
                       [&](const RecipeTraits& traits) { return traits.recipe == recipe; });
}

namespace {

std::uint32_t epochs_to_see(std::uint64_t rows_to_see, std::uint64_t rows) {
  constexpr std::uint64_t most = 400;
  if (rows == 0) return 1;
  return static_cast<std::uint32_t>(std::min((rows_to_see + rows - 1) / rows, most));
}

}  // namespace

std::uint32_t default_epochs(std::uint64_t rows) {
  return epochs_to_see(5'000'000, rows);
}

std::uint32_t most_epochs(std::uint64_t rows) {
  return epochs_to_see(14'000'000, rows);
}

std::uint64_t held_out_rows(const TrainSettings& settings, std::uint64_t rows) {
  constexpr std::uint64_t fewest_to_divide = 100;
  constexpr std::uint64_t fewest = 64;
  constexpr std::uint64_t most = 20'000;
  if (!(settings.validation > 0) || rows < fewest_to_divide) return 0;
  const auto share = static_cast<std::uint64_t>(
      std::llround(static_cast<double>(settings.validation) * static_cast<double>(rows)));
  return std::min(std::clamp(share, fewest, most), rows / 5);
}

std::vector<Recipe> all_recipes() {
  std::vector<Recipe> recipes;
  for (const RecipeTraits& traits : recipe_table()) recipes.push_back(traits.recipe);
  return recipes;
}

std::string_view name_of(Recipe recipe) {
  return traits_of(recipe).name;
}

Recipe recipe_named(std::string_view name) {
  std::string known;
  for (const RecipeTraits& traits : recipe_table()) {
    if (name == traits.name || (!name.empty() && name == traits.other_name)) return traits.recipe;
    known += (known.empty() ? "" : ", ") + std::string(traits.name);
  }
  throw Error(ErrorKind::usage,
              "there is no recipe '" + std::string(name) + "'; there are: " + known);
}

std::string_view name_of(Loss loss) {
  return loss == Loss::mse ? "mse" : "bce-kl";
}

Loss loss_named(std::string_view name) {
  for (const Loss loss : {Loss::bce_kl, Loss::mse}) {
    if (name == name_of(loss)) return loss;
  }
  throw Error(ErrorKind::usage,
              "there is no loss '" + std::string(name) + "'; there are: bce-kl, mse");
}

TrainSettings recipe_settings(Recipe recipe, std::uint64_t rows) {
  const RecipeTraits& traits = traits_of(recipe);
  TrainSettings settings;
  settings.recipe = recipe;
  settings.learning_rate = traits.learning_rate;
  settings.epochs = traits.epochs == 0 ? default_epochs(rows) : traits.epochs;
  return settings;
}

}  // namespace cuvae
