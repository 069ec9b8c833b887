#include "csv/header.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <numeric>
#include <unordered_map>

#include <cuvae/error.hpp>

#include "text/display.hpp"

namespace cuvae {
namespace {

constexpr std::array<char, 4> candidates{',', ';', '\t', '|'};
constexpr std::size_t sniffed_rows = 50;
constexpr std::size_t sniffed_bytes = std::size_t{1} << 20;

struct Guess {
  char delimiter = ',';
  std::size_t cells = 0;     // in the header
  std::size_t agreeing = 0;  // rows behind it with as many cells
  std::size_t disagreeing = 0;
};

Guess count_cells(const CsvText& text, char delimiter) {
  Guess guess{delimiter};
  const char* at = text.begin;
  for (std::size_t row = 0; row <= sniffed_rows && at != text.end; ++row) {
    const Record record = read_record(text, at, delimiter);
    if (record.problem != RecordProblem::none) {
      ++guess.disagreeing;
      break;
    }
    if (row == 0) {
      guess.cells = record.cells.size();
    } else if (record.cells.size() == guess.cells) {
      ++guess.agreeing;
    } else {
      ++guess.disagreeing;
    }
    at = record.next;
    if (at - text.begin > static_cast<std::ptrdiff_t>(sniffed_bytes)) break;
  }
  return guess;
}

// The most cells among those delimiters whose header agrees with every row looked at; where none
// does, the one with the most agreeing rows, so that the message about the odd row makes sense.
char sniff(const CsvText& text) {
  Guess best;
  bool found = false;
  for (const char delimiter : candidates) {
    const Guess guess = count_cells(text, delimiter);
    const auto rank = [](const Guess& g) {
      const bool clean = g.disagreeing == 0;
      return std::array<std::size_t, 4>{clean && g.cells > 1, !clean && g.cells > 1,
                                        clean ? g.cells : g.agreeing, g.cells};
    };
    if (!found || rank(guess) > rank(best)) best = guess;
    found = true;
  }
  if (best.cells > 1) return best.delimiter;
  // One column: any delimiter that no row holds.
  for (const char delimiter : candidates) {
    if (count_cells(text, delimiter).disagreeing == 0) return delimiter;
  }
  return best.delimiter;
}

// Number of edits from one name to the other.
std::size_t distance(const std::string& a, const std::string& b) {
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

}  // namespace

Header read_header(const CsvSource& source, const ReadOptions& options) {
  const CsvText& text = source.text();
  Header header;
  header.delimiter = options.delimiter == '\0' ? sniff(text) : options.delimiter;
  const Record record = read_record(text, text.begin, header.delimiter);
  const auto fail = [&](const std::string& problem) {
    throw Error(ErrorKind::data, source.name() + ": line 1" + problem);
  };
  if (record.problem != RecordProblem::none) {
    fail(fmt::format(", column {}: {}", record.cells.size() + 1,
                     record.problem == RecordProblem::never_closed
                         ? "the quote that opens here is never closed; close it"
                         : "a quote stands beside other text; put the whole name in quotes and "
                           "double the inner ones"));
  }
  if (record.cells.size() == 1 && record.cells[0].empty()) {
    fail(" is blank; the header with the column names must stand there");
  }
  std::unordered_map<std::string, std::size_t> seen;
  for (const std::string_view cell : record.cells) {
    std::string scratch;
    const std::string name(unquoted(cell, scratch));
    const std::size_t column = header.names.size() + 1;
    if (name.empty()) {
      fail(fmt::format(", column {}: the column has no name; give it one in the header", column));
    }
    const auto [other, fresh] = seen.emplace(name, column);
    if (!fresh) {
      fail(fmt::format(", column {}: the name {} is also column {}'s; rename one of them", column,
                       in_quotes(name), other->second));
    }
    header.names.push_back(name);
  }
  header.carriage_return = record.carriage_return;
  header.data_begin = static_cast<std::size_t>(record.next - text.begin);
  return header;
}

std::size_t find_column(const std::vector<std::string>& names, const std::string& wanted,
                        const char* option, const std::string& source) {
  const auto found = std::find(names.begin(), names.end(), wanted);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  const auto closest =
      std::min_element(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
        return distance(a, wanted) < distance(b, wanted);
      });
  throw Error(ErrorKind::usage,
              fmt::format("{} {}: {} has no such column; did you mean {}?", option,
                          in_quotes(wanted), source, in_quotes(*closest)));
}

}  // namespace cuvae
