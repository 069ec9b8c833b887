#include "models/tokens/hold_out.hpp"

#include <algorithm>
#include <vector>

#include "kernels/arithmetic/shuffle.hpp"
#include "kernels/tokens/schedule.hpp"

namespace cuvae {

void bring_held_out_rows_last(TokenMatrix& data, std::uint64_t count, std::uint64_t seed) {
  if (count == 0) return;
  const auto rows = static_cast<std::uint32_t>(data.rows());
  const Shuffle shuffle = make_shuffle(rows, seed, held_out_epoch);
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t position = 0; position < count; ++position) {
    chosen.push_back(shuffled_row(shuffle, position));
  }
  std::sort(chosen.begin(), chosen.end());
  const auto first_held_out = static_cast<std::uint32_t>(rows - count);
  const auto there = std::lower_bound(chosen.begin(), chosen.end(), first_held_out);
  // Each chosen row before the end changes places with a row of the end that was not chosen.
  auto next_there = there;
  std::uint32_t place = first_held_out;
  for (auto row = chosen.begin(); row != there; ++row, ++place) {
    while (next_there != chosen.end() && *next_there == place) ++next_there, ++place;
    std::swap_ranges(data.row(*row), data.row(*row) + data.stride(), data.row(place));
  }
}

}  // namespace cuvae
