#include "spelling/new_numbers.hpp"

#include <string_view>

#include "text/number.hpp"

namespace cuvae {
namespace {

// As printf's %d writes it: no plus, no zeros in front, no point.
bool is_plain(std::string_view text) {
  if (!is_whole(text) || !is_exact_whole(text) || text.find('.') != std::string_view::npos) {
    return false;
  }
  const bool negative = text.front() == '-';
  if (text.front() == '+') return false;
  if (negative) text.remove_prefix(1);
  return text.front() != '0' || (text.size() == 1 && !negative);
}

}  // namespace

bool wants_new_numbers(const std::vector<std::string>& labels,
                       const std::vector<std::uint64_t>& counts, std::uint64_t rows) {
  // A person's age, a year or a number of pieces has fewer values; below, codes lose nothing.
  constexpr std::uint64_t least_distinct = 100;
  // By Good and Turing the next row has a new number with the probability of the rows whose number
  // is theirs alone. Where that is over a quarter, codes would leave a quarter of rows wrong.
  constexpr std::uint64_t share = 4;
  std::uint64_t distinct = 0;
  std::uint64_t alone = 0;
  for (std::size_t label = 0; label < labels.size(); ++label) {
    if (labels[label].empty()) {
      rows -= counts[label] < rows ? counts[label] : rows;
      continue;
    }
    if (!is_plain(labels[label])) return false;
    ++distinct;
    if (counts[label] == 1) ++alone;
  }
  return distinct > least_distinct && alone > rows / share;
}

}  // namespace cuvae
