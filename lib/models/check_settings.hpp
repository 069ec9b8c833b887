// What every network wants of its settings.
#pragma once

#include <cstdint>

#include <cuvae/settings.hpp>

namespace cuvae {

// Throws Error(usage) naming the option that is out of range, or the size of the table that is.
void check_settings(const TrainSettings& settings, std::uint64_t rows);

}  // namespace cuvae
