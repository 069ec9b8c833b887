#include "csv/delimiter.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <tuple>

#include <cuvae/error.hpp>

#include "text/display.hpp"

namespace cuvae {
namespace {

constexpr std::array<char, 4> candidates{',', ';', '\t', '|'};
constexpr std::size_t sniffed_rows = 50;
constexpr std::size_t sniffed_rows_of_ties = 1000;
constexpr std::size_t sniffed_bytes = std::size_t{1} << 20;

// What a delimiter makes of the first rows.
struct Guess {
  char delimiter = ',';
  std::size_t cells = 0;     // in the header
  std::size_t agreeing = 0;  // rows behind it with as many cells
  std::size_t disagreeing = 0;
  std::size_t filled = 0;   // cells with something in them, behind the header
  std::size_t numbers = 0;  // those that look like numbers
  std::size_t spaced = 0;   // cells that begin with a space, in the header too

  bool clean() const { return disagreeing == 0; }
  double share_of_numbers() const {
    return filled == 0 ? 0 : static_cast<double>(numbers) / static_cast<double>(filled);
  }
};

bool is_blank(const Record& record) {
  return record.cells.size() == 1 && record.cells.front().empty();
}

// A delimiter more at the end of the header or of rows changes nothing.
bool agrees(const Record& row, std::size_t cells, bool header_ends_empty) {
  if (row.cells.size() == cells) return true;
  if (cells < 2) return false;
  if (is_blank(row)) return true;
  if (row.cells.size() == cells + 1) return row.cells.back().empty();
  return header_ends_empty && row.cells.size() + 1 == cells;
}

Guess count_cells(const CsvText& text, char delimiter, std::size_t rows, bool look_into_cells) {
  Guess guess{delimiter};
  bool header_ends_empty = false;
  const char* at = text.begin;
  for (std::size_t row = 0; row <= rows && at != text.end; ++row) {
    const Record record = read_record(text, at, delimiter);
    if (record.problem != RecordProblem::none) {
      ++guess.disagreeing;
      break;
    }
    if (row == 0) {
      guess.cells = record.cells.size();
      header_ends_empty = record.cells.back().empty();
    } else if (agrees(record, guess.cells, header_ends_empty)) {
      ++guess.agreeing;
    } else {
      ++guess.disagreeing;
    }
    for (std::size_t i = 0; look_into_cells && i < record.cells.size(); ++i) {
      const std::string_view cell = record.cells[i];
      guess.spaced += cell.starts_with(' ');
      if (row == 0 || cell.empty()) continue;
      ++guess.filled;
      guess.numbers += looks_like_number(cell);
    }
    at = record.next;
    if (at - text.begin > static_cast<std::ptrdiff_t>(sniffed_bytes)) break;
  }
  return guess;
}

// Where several delimiters agree with every row: the one that leaves the most numbers whole, then
// the one that is followed by the fewest spaces, then the one with the most cells.
char best_of(const CsvText& text, const std::vector<Guess>& tied) {
  std::vector<Guess> guesses;
  for (const Guess& guess : tied) {
    guesses.push_back(count_cells(text, guess.delimiter, sniffed_rows_of_ties, true));
  }
  const auto rank = [](const Guess& guess) {
    return std::tuple(guess.clean(), guess.share_of_numbers(), -static_cast<double>(guess.spaced),
                      guess.cells);
  };
  return std::max_element(guesses.begin(), guesses.end(),
                          [&](const Guess& a, const Guess& b) { return rank(a) < rank(b); })
      ->delimiter;
}

// The first lines, as a delimiter cuts them.
struct Line {
  std::vector<std::string_view> cells;  // none of a blank line
};

std::vector<Line> first_lines(const CsvText& text, char delimiter) {
  constexpr std::size_t most_lines = 100;
  std::vector<Line> lines;
  for (const char* at = text.begin; at != text.end && lines.size() < most_lines;) {
    Record record = read_record(text, at, delimiter);
    if (record.problem != RecordProblem::none) {
      // Text above a table follows no rules.
      record.cells.resize(1);
      const void* end = std::memchr(at, '\n', static_cast<std::size_t>(text.end - at));
      record.next = static_cast<const char*>(end) + 1;
    } else if (is_blank(record)) {
      record.cells.clear();
    }
    at = record.next;
    lines.push_back({std::move(record.cells)});
  }
  return lines;
}

bool looks_like_header(const std::vector<std::string_view>& cells) {
  return std::none_of(cells.begin(), cells.end(), [](std::string_view cell) {
    return cell.empty() || cell.starts_with(' ') || looks_like_number(cell);
  });
}

struct TextAbove {
  std::size_t lines = 0;  // 0: none
  std::size_t cells = 0;  // of each line behind them
  std::size_t rows = 0;   // of them, as far as was looked
  char comment = '\0';    // what all of them begin with
};

TextAbove text_above(const CsvText& text, char delimiter) {
  constexpr std::size_t most_above = 60;
  const std::vector<Line> lines = first_lines(text, delimiter);
  const std::size_t cells = lines.back().cells.size();
  std::size_t first = lines.size();
  while (first > 0 && lines[first - 1].cells.size() == cells) --first;
  const bool fewer_above =
      std::all_of(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(first),
                  [&](const Line& line) { return line.cells.size() < cells; });
  const bool found = cells > 1 && first > 0 && first <= most_above && lines.size() - first >= 2 &&
                     fewer_above && looks_like_header(lines[first].cells);
  if (!found) return {};
  TextAbove above{first, cells, lines.size() - first, '\0'};
  constexpr std::string_view marks = "#%!;*";
  const std::string_view start = lines.front().cells.front();
  if (!start.empty() && marks.find(start.front()) != marks.npos) above.comment = start.front();
  for (std::size_t line = 0; line < first; ++line) {
    const auto& found_cells = lines[line].cells;
    if (!found_cells.empty() && !found_cells.front().starts_with(above.comment)) above.comment = 0;
  }
  return above;
}

[[noreturn]] void fail_text_above(const CsvSource& source, const TextAbove& above) {
  const std::size_t line = source.line_of(source.text().begin);
  // `skip` counts from the first line of the file.
  const std::size_t skipped = line - 1 + above.lines;
  const std::string comments =
      above.comment == '\0' ? std::string() : fmt::format("`comment` '{}' or ", above.comment);
  throw Error(
      ErrorKind::data,
      fmt::format("{}: line {}: text stands above the table, whose lines have {} cells each from "
                  "line {} on; leave it out with {}`skip` {}, or name the `delimiter` where these "
                  "lines are the table",
                  source.name(), line, above.cells, skipped + 1, comments, skipped));
}

}  // namespace

bool looks_like_number(std::string_view cell) {
  constexpr std::string_view beside = "+-.,:/ %$'()eETZ\"";
  bool digits = false;
  for (const char c : cell) {
    const bool digit = c >= '0' && c <= '9';
    digits |= digit;
    if (!digit && static_cast<unsigned char>(c) < 0x80 && beside.find(c) == beside.npos) {
      return false;
    }
  }
  return digits;
}

char find_delimiter(const CsvSource& source) {
  if (source.announced_delimiter() != '\0') return source.announced_delimiter();
  const CsvText& text = source.text();
  std::vector<Guess> guesses;
  std::vector<Guess> clean;
  for (const char delimiter : candidates) {
    guesses.push_back(count_cells(text, delimiter, sniffed_rows, false));
    if (guesses.back().clean() && guesses.back().cells > 1) clean.push_back(guesses.back());
  }
  if (clean.size() == 1) return clean.front().delimiter;
  if (clean.size() > 1) return best_of(text, clean);
  TextAbove above;
  for (const char delimiter : candidates) {
    const TextAbove found = text_above(text, delimiter);
    if (found.rows * found.cells > above.rows * above.cells) above = found;
  }
  if (above.lines > 0) fail_text_above(source, above);
  // None agrees with all rows: the one with the most that do, so that the message about the odd row
  // makes sense. Of a single column, any that no row holds.
  const auto several = [](const Guess& guess) { return guess.cells > 1 ? guess.agreeing + 1 : 0; };
  const auto best =
      std::max_element(guesses.begin(), guesses.end(), [&](const Guess& a, const Guess& b) {
        return std::tuple(several(a), a.cells) < std::tuple(several(b), b.cells);
      });
  if (best->cells > 1) return best->delimiter;
  for (const Guess& guess : guesses) {
    if (guess.clean()) return guess.delimiter;
  }
  return best->delimiter;
}

void refuse_text_above(const CsvSource& source, char delimiter) {
  const TextAbove above = text_above(source.text(), delimiter);
  if (above.lines > 0) fail_text_above(source, above);
}

}  // namespace cuvae
