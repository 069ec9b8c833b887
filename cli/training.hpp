// What `train` and `run` share: from a table to a model.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include <cuvae/model.hpp>
#include <cuvae/table.hpp>

#include "session.hpp"

namespace cuvae::cli {

// A table of one row has no range to scale by.
inline constexpr std::uint64_t fewest_training_rows = 2;

// Encodes and trains, showing each epoch's loss. given: --together and --condition; the rest of it
// is settled in `options`.
Model train_model(Session& session, const Table& table, const TrainOptions& options,
                  const TrainingOptions& given);

// Saves it under a name given to will_write() before.
void save(Session& session, const Model& model, const std::string& path);

nlohmann::ordered_json options_json(const TrainOptions& options);
nlohmann::ordered_json history_json(const std::vector<EpochLoss>& history);
nlohmann::ordered_json timings_json(const Session& session);

// The options as one line for a report.
std::string options_text(const TrainOptions& options);

}  // namespace cuvae::cli
