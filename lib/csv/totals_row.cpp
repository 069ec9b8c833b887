#include "csv/totals_row.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "text/display.hpp"

namespace cuvae {
namespace {

// Compared in lower case of ASCII.
constexpr std::array<std::string_view, 20> words{
    "total",      "totals",      "grand total",   "subtotal", "sum",    "sums",   "summe",
    "gesamt",     "gesamtsumme", "insgesamt",     "somme",    "totale", "totaal", "suma",
    "suma total", "razem",       "total general", "итого",    "Итого",  "合计"};

bool is_word(std::string_view cell) {
  std::string word(cell);
  std::erase(word, '"');
  std::erase(word, ':');
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  while (word.ends_with(' ')) word.pop_back();
  while (word.starts_with(' ')) word.erase(0, 1);
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Where the line that ends in the newline before `end` begins.
const char* line_before(const CsvText& text, const char* end) {
  const char* at = end - 1;
  while (at != text.begin && at[-1] != '\n') --at;
  return at;
}

std::size_t empty_cells(const Record& record) {
  return static_cast<std::size_t>(
      std::count(record.cells.begin(), record.cells.end(), std::string_view()));
}

}  // namespace

std::string note_of_totals_row(const CsvSource& source, char delimiter, std::size_t columns) {
  const CsvText& text = source.text();
  const char* const last = line_before(text, text.end);
  if (columns < 2 || last == text.begin) return {};
  const Record totals = read_record(text, last, delimiter);
  const Record usual = read_record(text, line_before(text, last), delimiter);
  if (totals.problem != RecordProblem::none || totals.cells.size() != columns) return {};
  const auto word = std::find_if(totals.cells.begin(), totals.cells.end(), is_word);
  if (word == totals.cells.end()) return {};
  const auto column = static_cast<std::size_t>(word - totals.cells.begin());
  if (usual.problem != RecordProblem::none || usual.cells.size() != columns) return {};
  if (is_word(usual.cells[column]) || empty_cells(totals) <= empty_cells(usual)) return {};
  return fmt::format(
      "The last row, line {}, looks like totals ({} in column {}). It is taken as a "
      "row like the others; `skip_last` 1 leaves it out.",
      source.line_of(last), in_quotes(*word), column + 1);
}

}  // namespace cuvae
