#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cuvae/settings.hpp>

#include "models/recipes.hpp"

namespace cuvae {
namespace {

// As few digits as read back to the same float.
double shortest(float number) {
  return std::stod(fmt::format("{}", number));
}

}  // namespace

std::string to_json(const TrainSettings& settings) {
  nlohmann::ordered_json json{{"recipe", name_of(settings.recipe)},
                              {"epochs", settings.epochs},
                              {"batch_size", settings.batch_size},
                              {"learning_rate", shortest(settings.learning_rate)},
                              {"latent", settings.latent}};
  if (traits_of(settings.recipe).representation == Representation::scaled_columns) {
    json["hidden"] = settings.hidden;
    json["loss"] = name_of(settings.loss);
  }
  json["kl_weight"] = shortest(settings.kl_weight);
  if (traits_of(settings.recipe).representation == Representation::tokens) {
    json["width"] = settings.width;
  }
  if (settings.validation > 0) {
    json["validation"] = shortest(settings.validation);
    json["stops_early"] = settings.stops_early;
  }
  return json.dump();
}

std::string to_json(const std::vector<EpochLoss>& history) {
  auto epochs = nlohmann::ordered_json::array();
  for (const EpochLoss& loss : history) {
    epochs.push_back({{"reconstruction", loss.reconstruction}, {"kl", loss.kl}});
    if (!std::isnan(loss.validation)) epochs.back()["validation"] = loss.validation;
  }
  return epochs.dump();
}

}  // namespace cuvae
