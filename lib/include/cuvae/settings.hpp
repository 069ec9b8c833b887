/// @file
/// What a training run is told: the recipe, and every number that decides its bits.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace cuvae {

/// How a table is encoded and which network learns it; docs/recipe.md.
enum class Recipe {
  published,  ///< the published network on columns scaled to [0, 1]; exact, hardly like real rows
  fast,       ///< tokens, drawn side by side from the latent
  best,       ///< tokens, each drawn with those before it known: the default
};

/// The reconstruction loss of the published network. Both are means over rows and columns.
enum class Loss {
  bce_kl,  ///< binary cross-entropy from logits + kl_weight * KL: what the published text says
  mse,     ///< squared error of the sigmoid, no KL: what the published notebook compiled
};

/// "published", "fast" or "best"; "bce-kl" or "mse".
std::string_view name_of(Recipe recipe);
std::string_view name_of(Loss loss);

/// The recipe or loss of such a name; "seed" is another name of "published". @throws Error usage:
/// there is none, listing those that there are
Recipe recipe_named(std::string_view name);
Loss loss_named(std::string_view name);

/// All recipes, the default first.
std::vector<Recipe> all_recipes();

/// Most rows of a batch: larger ones gain nothing and would ask for gigabytes of sums.
inline constexpr std::uint32_t most_batch_rows = std::uint32_t{1} << 20;

/// Everything that a training run was told, nothing left open. Models carry it. TrainOptions
/// (cuvae/train.hpp) is the form for callers, where what is not given follows from recipe and
/// table.
struct TrainSettings {
  Recipe recipe = Recipe::published;
  std::array<std::uint32_t, 2> hidden{12, 10};  ///< published only: encoder's two hidden widths
  std::uint32_t latent = 4;
  std::uint32_t epochs = 15;       ///< passes over the table; where it stops early, at most
  std::uint32_t batch_size = 500;  ///< rows
  float learning_rate = 1e-3F;     ///< Adam's
  float kl_weight = 1.0F;
  Loss loss = Loss::bce_kl;  ///< published only
  /// fast and best only: share of the rows that are not learned from, but asked after each epoch
  /// what they cost (held_out_rows() says how many that are); 0: none.
  float validation = 0;
  /// The held-out rows decide when to stop.
  bool stops_early = false;
  /// fast and best only: how wide the network is, a multiple of 32 up to 256. `best` has so many
  /// hidden numbers in encoder and decoder; `fast` has the published widths times width / 32.
  std::uint32_t width = 32;
  std::uint64_t seed = 0;  ///< of the initial weights, the order of rows, those held out, the noise
};

/// A recipe's defaults for a table of `rows` rows, with no rows held out.
TrainSettings recipe_settings(Recipe recipe, std::uint64_t rows);

/// Narrowest and widest network of `fast` and `best`; others are multiples of the narrowest.
inline constexpr std::uint32_t least_width = 32;
inline constexpr std::uint32_t most_width = 256;

/// How many of `rows` rows a training with these settings holds out: their share, but at least 64
/// and at most 20,000 rows, never more than a fifth of them; none of fewer than 100 rows, which
/// would say nothing.
std::uint64_t held_out_rows(const TrainSettings& settings, std::uint64_t rows);

/// Losses of one epoch: means over its rows, taken before each batch's update.
struct EpochLoss {
  double reconstruction = 0;  ///< binary cross-entropy, or squared error; of tokens: nats a row
  double kl = 0;              ///< KL divergence to N(0, 1), of tokens to the mixture; not weighted

  /// Of the held-out rows after the epoch: reconstruction + kl_weight * kl, nats a row, always with
  /// the same noise. NaN where there are none.
  double validation = std::numeric_limits<double>::quiet_NaN();

  friend bool operator==(const EpochLoss& a, const EpochLoss& b) {
    const bool same = a.validation == b.validation ||
                      (a.validation != a.validation && b.validation != b.validation);
    return a.reconstruction == b.reconstruction && a.kl == b.kl && same;
  }
};

/// Settings and losses as JSON texts, for programs that keep records: {"recipe", "epochs",
/// "batch_size", "learning_rate", "latent", "kl_weight"} and, where they mean something, "hidden"
/// and "loss", or "width", "validation" and "stops_early"; [{"reconstruction", "kl",
/// "validation"}], the last where rows were held out.
std::string to_json(const TrainSettings& settings);
std::string to_json(const std::vector<EpochLoss>& history);

}  // namespace cuvae
