#include <algorithm>

#include "tokenizer/atoms.hpp"

namespace cuvae {
namespace {

// First atoms of at most 32 groups: atoms of a 32nd of all rows or more stand alone, the others
// are gathered to a share that grows until there are few enough groups. Frequent atoms can part
// the rare ones into more runs than that; then none stands alone.
std::vector<std::uint32_t> group_starts(const std::vector<std::uint64_t>& edges) {
  const auto atoms = static_cast<std::uint32_t>(edges.size() - 1);
  std::vector<std::uint32_t> starts;
  if (atoms <= most_choices) {
    for (std::uint32_t a = 0; a < atoms; ++a) starts.push_back(a);
    return starts;
  }
  const auto rows = static_cast<double>(edges.back());
  const auto share = [&](std::uint32_t a) {
    return static_cast<double>(edges[a + 1] - edges[a]) / rows;
  };
  double least_big = 1.0 / most_choices;
  const auto big = [&](std::uint32_t a) { return share(a) >= least_big; };
  std::uint32_t bigs = 0;
  double rest = 0;
  for (std::uint32_t a = 0; a < atoms; ++a) {
    if (big(a)) {
      ++bigs;
    } else {
      rest += share(a);
    }
  }
  constexpr std::uint32_t fewest_gathered = 4;
  const std::uint32_t left = most_choices > bigs ? most_choices - bigs : 0;
  double target = rest / std::max(left, fewest_gathered);
  for (;;) {
    starts.clear();
    double held = 0;
    bool alone = true;
    for (std::uint32_t a = 0; a < atoms; ++a) {
      if (alone || big(a) || held + share(a) > target * 1.0001) {
        starts.push_back(a);
        held = 0;
      }
      held += share(a);
      alone = big(a);
    }
    if (starts.size() <= most_choices) return starts;
    if (target >= rest && bigs > 0) {
      // A run between frequent atoms can't grow any further.
      bigs = 0;
      least_big = 2;
      target = 1.0 / most_choices;
    } else {
      target *= 1.08;
    }
  }
}

}  // namespace

void split_atoms(Source& source, bool second_tokens) {
  const std::uint32_t atoms = source.atoms();
  std::vector<std::uint32_t> groups = group_starts(source.edges);
  groups.push_back(atoms);
  source.group_leaves = {0};
  source.leaf_atoms.clear();
  for (std::size_t g = 0; g + 1 < groups.size(); ++g) {
    const std::uint32_t first = groups[g];
    const std::uint32_t last = groups[g + 1];
    source.leaf_atoms.push_back(first);
    if (second_tokens) {
      const std::uint64_t before = source.edges[first];
      const std::uint64_t rows = source.edges[last] - before;
      std::uint64_t part = 0;
      for (std::uint32_t a = first + 1; a < last; ++a) {
        // Each atom of its own in small groups; else equal shares of the group.
        const std::uint64_t own = last - first <= most_choices
                                      ? a - first
                                      : (source.edges[a] - before) * most_choices / rows;
        if (own != part) source.leaf_atoms.push_back(a);
        part = own;
      }
    }
    source.group_leaves.push_back(static_cast<std::uint32_t>(source.leaf_atoms.size()));
  }
  source.leaf_atoms.push_back(atoms);
}

}  // namespace cuvae
