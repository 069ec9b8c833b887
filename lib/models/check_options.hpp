// What every recipe asks of its options and of the table.
#pragma once

#include <cstdint>

#include <cuvae/train.hpp>

namespace cuvae {

// Throws Error(usage): an option is out of range, or so many rows can't be trained on.
void check_options(const TrainOptions& options, std::uint64_t rows);

}  // namespace cuvae
