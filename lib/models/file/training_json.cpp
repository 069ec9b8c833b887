#include "models/file/training_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <string>

namespace cuvae {
namespace {

double shortest(float value) {
  return std::stod(fmt::format("{}", value));
}

}  // namespace

const char* loss_name(Loss loss) {
  return loss == Loss::mse ? "mse" : "bce-kl";
}

nlohmann::ordered_json options_json(const TrainOptions& options) {
  return {{"recipe", options.recipe},         {"epochs", options.epochs},
          {"batch_size", options.batch_size}, {"learning_rate", shortest(options.learning_rate)},
          {"latent", options.latent},         {"hidden", options.hidden},
          {"loss", loss_name(options.loss)},  {"kl_weight", shortest(options.kl_weight)}};
}

nlohmann::ordered_json history_json(const std::vector<EpochLoss>& history) {
  auto epochs = nlohmann::ordered_json::array();
  for (const EpochLoss& loss : history) {
    epochs.push_back({{"reconstruction", loss.reconstruction}, {"kl", loss.kl}});
  }
  return epochs;
}

}  // namespace cuvae
