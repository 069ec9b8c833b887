// Can a tree model tell synthetic rows from real ones?
#pragma once

#include <cstdint>
#include <optional>

#include <cuvae/evaluate.hpp>

#include "evaluate/alignment.hpp"
#include "support/shared_progress.hpp"

namespace cuvae {

// Tables of fewer rows are not worth the question.
inline constexpr std::uint64_t fewest_discriminated_rows = 200;

// Steps of progress that tell_apart() takes.
std::size_t discriminator_steps(std::uint64_t real_rows, std::uint64_t synthetic_rows);

// Tables 0 (real) and 1 (synthetic) of an alignment; nothing where one has too few rows.
std::optional<Discriminator> tell_apart(const Alignment& alignment, unsigned threads,
                                        SharedProgress& progress);

}  // namespace cuvae
