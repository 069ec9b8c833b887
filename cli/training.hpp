// What `train` and `run` share: from a table to a model.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include <cuvae/model.hpp>
#include <cuvae/table.hpp>
#include <cuvae/train.hpp>

#include "session.hpp"

namespace cuvae::cli {

// A table of one row has no range to scale by.
inline constexpr std::uint64_t fewest_training_rows = 2;

// Throws Error(usage) where an option has no meaning for the recipe: before any work is done.
void check_options(const TrainOptions& options);

// train_model() with the session's seed and device, showing each epoch's loss.
Model train_on(Session& session, const Table& table, TrainOptions options);

// Saves it under a name given to will_write() before.
void save(Session& session, const Model& model, const std::string& path);

nlohmann::ordered_json settings_json(const TrainSettings& settings);
nlohmann::ordered_json history_json(const Model& model);
nlohmann::ordered_json timings_json(const Session& session);

// The settings as one line for a report.
std::string settings_text(const TrainSettings& settings);

}  // namespace cuvae::cli
