#include <cuvae/model.hpp>

namespace cuvae {
namespace {

const std::vector<EpochLoss>& history_of(const PublishedNetwork& network) {
  return network.history;
}
const std::vector<EpochLoss>& history_of(const TokenModel& model) {
  return model.network.history;
}

std::size_t count_of(const PublishedNetwork& network) {
  return parameter_count(network.shape);
}
std::size_t count_of(const TokenModel& model) {
  return parameter_count(model.network.shape);
}

}  // namespace

const std::vector<EpochLoss>& history_of(const Model& model) {
  return std::visit(
      [](const auto& network) -> const std::vector<EpochLoss>& { return history_of(network); },
      model.network);
}

std::size_t parameter_count(const Model& model) {
  return std::visit([](const auto& network) { return count_of(network); }, model.network);
}

}  // namespace cuvae
