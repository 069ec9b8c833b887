// Do the parts of a model fit each other?
#pragma once

#include <cuvae/model.hpp>

namespace cuvae {

// Throws Error(data) where network and schema don't fit, or the schema can't spell a row.
void check_model(const Model& model);

}  // namespace cuvae
