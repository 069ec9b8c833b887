/// @file
/// Training a model from a table.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <cuvae/device.hpp>
#include <cuvae/model.hpp>
#include <cuvae/monitor.hpp>
#include <cuvae/settings.hpp>
#include <cuvae/table.hpp>

namespace cuvae {

/// What to train. Whatever is not set follows from the recipe and the table, so that `{}` is a good
/// start.
///
///     cuvae::TrainOptions options;
///     options.recipe = cuvae::Recipe::fast;
///     options.seed = 7;
struct TrainOptions {
  Recipe recipe = Recipe::best;
  std::optional<std::uint32_t> epochs;      ///< passes over the table, at least 1
  std::optional<std::uint32_t> batch_size;  ///< rows between two updates, 1 to 2^20
  std::optional<std::uint32_t> latent;      ///< latent variables; 0 with `best`: none at all
  std::optional<float> learning_rate;       ///< Adam's step size, positive
  std::optional<float> kl_weight;           ///< 0 or positive
  std::optional<std::array<std::uint32_t, 2>> hidden;  ///< published only
  std::optional<Loss> loss;                            ///< published only

  /// How wide the network is: 32, 64, 96 and so on up to 256; fast and best only. Not set: by the
  /// number of rows. A GPU takes `best` of 32 and `fast` of up to 64.
  std::optional<std::uint32_t> width;

  /// Share of the rows that are held out of training, 0 to 0.5, and say after each epoch what they
  /// cost; fast and best only. Not set: 0.04, or none where `epochs` is set. Where `epochs` is not
  /// set, training stops when they get no cheaper; else they only tell. See held_out_rows().
  std::optional<float> validation;

  /// Columns to take as one, besides those found to go together; fast and best only.
  std::vector<std::vector<std::string>> together;

  /// Columns to draw first, so that rows under conditions on them are found sooner; fast and best
  /// only.
  std::vector<std::string> condition;

  /// Labels of fewer rows than this are not learned, and numbers not beyond those that so many rows
  /// reach; 0: all are. Not set: 5 in label columns most of whose rows have such labels (names,
  /// notes, addresses), 0 in others.
  std::optional<std::uint32_t> protect_rare;
  std::string person;         ///< column of people: they are counted for protect_rare, not rows
  bool protect_star = false;  ///< rare labels become "*", not frequent labels that begin like them

  std::uint64_t seed = 0;
};

/// The settings that options come to for a table of `rows` rows.
/// @throws Error usage: an option is out of range or has no meaning for the recipe, naming it
TrainSettings settings_of(const TrainOptions& options, std::uint64_t rows);

/// Learns a table: encodes it as the recipe wants, trains from scratch, and returns all that
/// generating takes. The same table, options and seed give the same bits on every device, at any
/// number of threads and at any SIMD width (docs/arithmetic.md).
///
/// @param table    at least two rows
/// @param device   `automatic` passes by a GPU that takes no network of this shape, and says so in
///                 a note of the monitor
/// @param monitor  stages "encode" and "train", both in rows; epoch() after each epoch
/// @throws Error   usage: see settings_of(); a name in `together` or `condition` is no column;
/// data:
///                 a value is infinite, the table is too short or too wide; device; runtime: the
///                 loss of a step is not finite, naming epoch, step and remedy; not enough memory;
///                 interrupted
Model train_model(const Table& table, const TrainOptions& options = {},
                  const DeviceChoice& device = {}, Monitor& monitor = silent_monitor());

}  // namespace cuvae
