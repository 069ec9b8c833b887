#include "spelling/markers.hpp"

#include <algorithm>
#include <utility>

namespace cuvae {
namespace {

// In small letters.
constexpr std::string_view usual_markers[] = {
    "na",          "n/a",    "n.a.", "#n/a", "#na",    "<na>",    "null",      "(null)",
    "<null>",      "#null!", "\\n",  "none", "(none)", "nan",     "-nan",      "?",
    "-",           "--",     "---",  ".",    "..",     "missing", "(missing)", "\xE2\x80\x93",
    "\xE2\x80\x94"};

std::string_view without_blanks(std::string_view cell) {
  constexpr std::string_view blanks = " \t\r\n\v\f";
  const std::size_t first = cell.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return cell.substr(first, cell.find_last_not_of(blanks) - first + 1);
}

}  // namespace

bool is_usual_marker(std::string_view cell) {
  constexpr std::size_t longest = 9;
  const std::string_view text = without_blanks(cell);
  if (text.empty()) return true;
  if (text.size() > longest) return false;
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return std::find(std::begin(usual_markers), std::end(usual_markers), lower) !=
         std::end(usual_markers);
}

bool may_be_marker(std::string_view cell, const MarkerOptions& options) {
  if (options.find && is_usual_marker(cell)) return true;
  return std::find(options.also.begin(), options.also.end(), cell) != options.also.end();
}

std::vector<std::string> possible_markers(std::span<const CellCount> cells,
                                          const MarkerOptions& options) {
  std::vector<CellCount> found;
  for (const CellCount& cell : cells) {
    const bool named =
        std::find(options.also.begin(), options.also.end(), cell.text) != options.also.end();
    if (named || (options.find && is_usual_marker(cell.text))) found.push_back(cell);
  }
  std::sort(found.begin(), found.end(), [](const CellCount& a, const CellCount& b) {
    return a.count != b.count ? a.count > b.count : a.text < b.text;
  });
  std::vector<std::string> markers;
  markers.reserve(found.size());
  for (const CellCount& cell : found) markers.emplace_back(cell.text);
  return markers;
}

}  // namespace cuvae
