#include "spelling/odd_cells.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "spelling/instant_spelling.hpp"
#include "spelling/number_around.hpp"
#include "spelling/number_cell.hpp"
#include "text/display.hpp"
#include "text/separators.hpp"

namespace cuvae {
namespace {

bool is_number(std::string_view cell, const NumberMarks& marks) {
  CellPieces pieces;
  NumberCell number;
  SignedAround around;
  return take_apart(cell, pieces) && read_number(pieces, marks, number) && !number.code &&
         find_sign(number.before, number.behind, around) && may_stand_around(around.bare, true) &&
         !has_name(around.bare);
}

template <class IsRegular>
OddCells split_by(std::span<const CellCount> cells, std::string what, IsRegular is_regular) {
  OddCells odd;
  odd.what = std::move(what);
  for (const CellCount& cell : cells) {
    odd.rows += cell.count;
    if (is_regular(cell.text)) {
      odd.regular_rows += cell.count;
    } else {
      odd.cells.push_back(cell);
    }
  }
  std::sort(odd.cells.begin(), odd.cells.end(), [](const CellCount& a, const CellCount& b) {
    return a.count != b.count ? a.count > b.count : a.text < b.text;
  });
  return odd;
}

// Runs of digits and of letters as one character each.
std::string shape_of(std::string_view cell) {
  std::string shape;
  for (const char c : cell) {
    const char kind = c >= '0' && c <= '9' ? '0' : is_letter(c) ? 'a' : c;
    const bool run = kind == '0' || kind == 'a';
    if (!run || shape.empty() || shape.back() != kind) shape += kind;
  }
  return shape;
}

}  // namespace

OddCells odd_among_numbers(std::span<const CellCount> cells) {
  OddCells best;
  for (const NumberMarks& marks : {NumberMarks{'.', ","}, NumberMarks{',', "."}}) {
    OddCells odd =
        split_by(cells, "numbers", [&](std::string_view cell) { return is_number(cell, marks); });
    if (best.what.empty() || odd.regular_rows > best.regular_rows) best = std::move(odd);
  }
  return best;
}

OddCells odd_among_instants(std::span<const CellCount> cells, std::string_view format) {
  struct Shape {
    std::uint64_t rows = 0;
    std::vector<CellCount> cells;
  };
  std::map<std::string, Shape> shapes;
  constexpr std::size_t longest = 48;
  constexpr std::size_t most_shapes = 1000;  // more are no forms of an instant
  for (const CellCount& cell : cells) {
    if (cell.text.size() > longest) continue;
    Shape& shape = shapes[shape_of(cell.text)];
    shape.rows += cell.count;
    shape.cells.push_back(cell);
    if (shapes.size() > most_shapes) return {};
  }
  const auto usual =
      std::max_element(shapes.begin(), shapes.end(),
                       [](const auto& a, const auto& b) { return a.second.rows < b.second.rows; });
  if (usual == shapes.end()) return {};
  std::string note;
  const auto spelling = learn_instants(usual->second.cells, format, note);
  if (!spelling) return {};
  return split_by(cells, "dates and times",
                  [&](std::string_view cell) { return spelling->parse(cell).has_value(); });
}

std::string list_of(const std::vector<CellCount>& cells) {
  constexpr std::size_t most = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, cells.size()); ++i) {
    text += fmt::format("{}{} ({} row{})", i == 0 ? "" : ", ", in_quotes(cells[i].text),
                        with_separators(cells[i].count), cells[i].count == 1 ? "" : "s");
  }
  if (cells.size() > most)
    text += fmt::format(" and {} more", with_separators(cells.size() - most));
  return text;
}

}  // namespace cuvae
