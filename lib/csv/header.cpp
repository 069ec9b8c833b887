#include "csv/header.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>
#include <unordered_set>

#include <cuvae/error.hpp>

#include "csv/delimiter.hpp"
#include "csv/quoting.hpp"
#include "text/display.hpp"
#include "text/edit_distance.hpp"

namespace cuvae {
namespace {

std::string unquoted_text(std::string_view cell) {
  std::string scratch;
  return std::string(unquoted(cell, scratch));
}

// The first rows behind the header, without blank lines, up to the first malformed one.
std::vector<Record> first_rows(const CsvText& text, const char* at, const Header& header) {
  constexpr std::size_t most_rows = 50;
  std::vector<Record> rows;
  while (rows.size() < most_rows && at != text.end) {
    Record row = read_record(text, at, header.delimiter);
    if (row.problem != RecordProblem::none) break;
    at = row.next;
    const bool blank = row.cells.size() == 1 && row.cells.front().empty();
    if (!blank || header.file_columns == 1) rows.push_back(std::move(row));
  }
  return rows;
}

// A delimiter at the end of the header, of rows, or of both.
void find_tail(const std::vector<Record>& rows, Header& header) {
  const std::size_t names = header.names.size();
  if (rows.empty() || names < 2) return;
  const auto all = [&](std::size_t cells, bool end_empty) {
    return std::all_of(rows.begin(), rows.end(), [&](const Record& row) {
      return row.cells.size() == cells && (!end_empty || unquoted_text(row.cells.back()).empty());
    });
  };
  const bool header_ends_empty = header.names.back().empty();
  if (header_ends_empty && all(names - 1, false)) {
    header.style.delimiter_behind_header = true;
    header.names.pop_back();
    header.file_columns = names - 1;
  } else if (header_ends_empty && all(names, true)) {
    header.style.delimiter_behind_header = true;
    header.style.delimiter_behind_rows = true;
    header.tail = fmt::format("column {}", names);
    header.names.pop_back();
  } else if (!header_ends_empty && all(names + 1, true)) {
    header.style.delimiter_behind_rows = true;
    header.tail.emplace();
    header.file_columns = names + 1;
  }
}

// Quotes that cells do not need, in all cells of a column that have something in them.
void find_quotes(const std::vector<Record>& rows, Header& header) {
  const auto idle = [&](std::string_view cell) {
    return quoted_where_needed(unquoted_text(cell), header.delimiter).front() != '"';
  };
  header.quoted.assign(header.names.size(), false);
  for (std::size_t column = 0; column < header.names.size(); ++column) {
    bool quoted = true;
    bool needless = false;
    for (const Record& row : rows) {
      if (column >= row.cells.size()) continue;
      const std::string_view cell = row.cells[column];
      if (cell.empty() || cell == "\"\"") continue;
      quoted = quoted && cell.front() == '"';
      if (!quoted) break;
      needless = needless || idle(cell);
    }
    header.quoted[column] = quoted && needless;
  }
}

// Gives columns without a name, and those whose name another one has, names of their own.
void name_all(Header& header) {
  std::unordered_set<std::string> taken(header.names.begin(), header.names.end());
  header.headings.assign(header.names.size(), std::nullopt);
  std::unordered_map<std::string, std::size_t> seen;
  std::vector<std::string> nameless;
  const auto numbered = [&](const std::string& name, std::size_t number) {
    std::string free = name;
    for (; taken.contains(free); ++number) free = fmt::format("{}.{}", name, number);
    taken.insert(free);
    return free;
  };
  for (std::size_t column = 0; column < header.names.size(); ++column) {
    std::string& name = header.names[column];
    if (name.empty()) {
      header.headings[column] = name;
      name = numbered(fmt::format("column {}", column + 1), 2);
      nameless.push_back(in_quotes(name));
    } else if (const auto [other, fresh] = seen.emplace(name, column); !fresh) {
      header.headings[column] = name;
      name = numbered(header.names[other->second], 2);
      header.notes.push_back(
          fmt::format("The name {} stands above columns {} and {}; the second is called {} here. "
                      "`rename` '{}=NEW' gives it another name.",
                      in_quotes(*header.headings[column]), other->second + 1, column + 1,
                      in_quotes(name), displayed(name, 40)));
    }
  }
  if (nameless.empty()) return;
  constexpr std::size_t most_told = 5;
  std::string names = nameless.front();
  for (std::size_t i = 1; i < std::min(nameless.size(), most_told); ++i)
    names += ", " + nameless[i];
  if (nameless.size() > most_told) names += ", ...";
  header.notes.push_back(fmt::format(
      "{} no name in the header and {} called {} here; {} written without one again.",
      nameless.size() == 1 ? "A column has" : "Some columns have",
      nameless.size() == 1 ? "is" : "are", names, nameless.size() == 1 ? "it is" : "they are"));
}

void rename(const ReadOptions& options, const std::string& source, Header& header) {
  for (const auto& [old_name, new_name] : options.rename) {
    const std::size_t column = find_column(header.names, old_name, "`rename`", source);
    const auto same = std::find(header.names.begin(), header.names.end(), new_name);
    const bool taken = same != header.names.end() &&
                       static_cast<std::size_t>(same - header.names.begin()) != column;
    if (new_name.empty() || taken) {
      throw Error(
          ErrorKind::usage,
          fmt::format("{}: `rename` {}: {}; give it another name", source, in_quotes(old_name),
                      taken ? "another column has the name " + in_quotes(new_name)
                            : std::string("the new name is empty")));
    }
    header.names[column] = new_name;
    header.headings[column].reset();
  }
}

}  // namespace

Header read_header(const CsvSource& source, const ReadOptions& options) {
  const CsvText& text = source.text();
  Header header;
  header.delimiter = options.delimiter == '\0' ? find_delimiter(source) : options.delimiter;
  const Record record = read_record(text, text.begin, header.delimiter);
  const auto fail = [&](const std::string& problem) {
    throw Error(ErrorKind::data,
                fmt::format("{}: line {}{}", source.name(), source.line_of(text.begin), problem));
  };
  if (record.problem != RecordProblem::none) {
    refuse_text_above(source, header.delimiter);
    fail(fmt::format(", column {}: {}", record.cells.size() + 1,
                     record.problem == RecordProblem::never_closed
                         ? "the quote that opens here is never closed; close it"
                         : "a quote stands beside other text; put the whole name in quotes and "
                           "double the inner ones"));
  }
  bool quoted = true;
  bool needless = false;
  for (const std::string_view cell : record.cells) {
    header.names.push_back(unquoted_text(cell));
    quoted = quoted && (cell.starts_with('"') || cell.empty());
    needless = needless ||
               (cell.starts_with('"') &&
                quoted_where_needed(header.names.back(), header.delimiter) == header.names.back());
  }
  header.style.quoted_header = quoted && needless;
  if (std::all_of(header.names.begin(), header.names.end(),
                  [](const std::string& name) { return name.empty(); })) {
    fail(" holds no name; the header with the column names must stand there");
  }
  header.file_columns = header.names.size();
  header.carriage_return = record.carriage_return;
  header.data_begin = static_cast<std::size_t>(record.next - text.begin);
  const std::vector<Record> rows = first_rows(text, record.next, header);
  find_tail(rows, header);
  const bool ragged = std::any_of(rows.begin(), rows.end(), [&](const Record& row) {
    return row.cells.size() != header.file_columns;
  });
  if (ragged) refuse_text_above(source, header.delimiter);
  find_quotes(rows, header);
  name_all(header);
  rename(options, source.name(), header);
  return header;
}

std::size_t find_column(const std::vector<std::string>& names, const std::string& wanted,
                        const char* option, const std::string& source) {
  const auto found = std::find(names.begin(), names.end(), wanted);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  if (wanted.size() > 2 && wanted.front() == '"' && wanted.back() == '"') {
    std::string scratch;
    const std::string bare(unquoted(wanted, scratch));
    if (std::find(names.begin(), names.end(), bare) != names.end()) {
      return find_column(names, bare, option, source);
    }
  }
  const auto closest =
      std::min_element(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
        return edit_distance(a, wanted) < edit_distance(b, wanted);
      });
  throw Error(ErrorKind::usage,
              fmt::format("{} {}: {} has no such column; did you mean {}?", option,
                          in_quotes(wanted), source, in_quotes(*closest)));
}

}  // namespace cuvae
