// How a model was trained, as JSON: in its file and in what the command line prints.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include <cuvae/train.hpp>

namespace cuvae {

// "bce-kl" or "mse".
const char* loss_name(Loss loss);

// All options but the seed, which stands by itself; those too that the recipe does not look at.
// Numbers are the shortest that read back to the same float.
nlohmann::ordered_json options_json(const TrainOptions& options);

// A list of {"reconstruction", "kl"}, an epoch each.
nlohmann::ordered_json history_json(const std::vector<EpochLoss>& history);

}  // namespace cuvae
