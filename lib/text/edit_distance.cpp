#include "text/edit_distance.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

namespace cuvae {
namespace {

std::string bare(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') text += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80) != 0) text += c;
  }
  return text;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

bool are_near(std::string_view a, std::string_view b) {
  const std::string first = bare(a);
  const std::string second = bare(b);
  if (first == second) return true;
  constexpr std::size_t most_compared = 200;
  const std::size_t longer = std::max(first.size(), second.size());
  if (longer < 4 || longer > most_compared) return false;
  return edit_distance(first, second) <= (longer < 8 ? 1 : 2);
}

}  // namespace cuvae
