// The one table of recipes. Everything else asks it by trait and never by name.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <cuvae/settings.hpp>

namespace cuvae {

// What a recipe learns: a Matrix of scaled columns, or tokens.
enum class Representation { scaled_columns, tokens };

struct RecipeTraits {
  Recipe recipe;
  std::string_view name;
  std::string_view other_name;  // accepted too; empty: none
  Representation representation;
  float learning_rate;
  std::uint32_t epochs;  // 0: by the table, see default_epochs()
  std::uint32_t least_latent;
  std::uint32_t most_latent;
  // Of tokens.
  bool second_tokens;  // sources of more than 32 atoms have two tokens
  bool autoregressive;
  std::vector<std::uint32_t> encoder;  // hidden widths
  std::vector<std::uint32_t> decoder;
};

std::span<const RecipeTraits> recipe_table();
const RecipeTraits& traits_of(Recipe recipe);

// Passes over a table of `rows` rows where the recipe leaves that to the table: enough for 5
// million rows to be seen, at least one, at most 400.
std::uint32_t default_epochs(std::uint64_t rows);

// At most so many where held-out rows decide when to stop: enough for 14 million rows to be seen,
// at least one, at most 400.
std::uint32_t most_epochs(std::uint64_t rows);

}  // namespace cuvae
