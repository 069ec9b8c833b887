#include <string>

#include <cuvae/error.hpp>
#include <cuvae/published_network.hpp>

#include "models/check_settings.hpp"
#include "models/published/backend.hpp"
#include "models/recipes.hpp"

namespace cuvae {

PublishedNetwork train_published(const Matrix& data, const TrainSettings& settings,
                                 const DeviceChoice& device, Monitor& monitor) {
  const PublishedShape shape{data.columns(), settings.hidden, settings.latent};
  check_shape(shape);
  check_settings(settings, data.rows());
  if (traits_of(settings.recipe).representation != Representation::scaled_columns) {
    throw Error(ErrorKind::usage, "the recipe '" + std::string(name_of(settings.recipe)) +
                                      "' trains on tokens: see cuvae::train_tokens");
  }
  return backend_to_train<PublishedKind>(device, shape)->train(data, settings, monitor);
}

}  // namespace cuvae
