#include "csv/read_csv.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <limits>
#include <unordered_map>

#include <cuvae/error.hpp>

#include "csv/assemble.hpp"
#include "csv/header.hpp"
#include "csv/parse.hpp"
#include "csv/totals_row.hpp"
#include "rules/find_rules.hpp"
#include "support/threads.hpp"
#include "text/separators.hpp"

namespace cuvae {
namespace {

// The kinds of columns of the same name. Those with a spelling stay texts, which only that spelling
// reads as it should.
void take_kinds(const Table& like, const std::vector<std::string>& names,
                std::vector<const Column*>& likes, std::vector<std::optional<ColumnKind>>& kinds) {
  std::unordered_map<std::string_view, const Column*> by_name;
  for (const Column& column : like.columns) by_name.emplace(column.name, &column);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto found = by_name.find(names[i]);
    if (found == by_name.end()) continue;
    likes[i] = found->second;
    const ColumnKind kind = found->second->kind;
    if (kind == ColumnKind::label || found->second->spelling) kinds[i] = ColumnKind::label;
    if (kind == ColumnKind::continuous && !found->second->spelling) kinds[i] = kind;
  }
}

std::vector<RawColumn> chosen_columns(const Header& header, const ReadOptions& options,
                                      const std::string& source) {
  const std::size_t count = header.names.size();
  std::vector<bool> dropped(count);
  std::vector<std::optional<ColumnKind>> kinds(count);
  std::vector<const Column*> likes(count);
  for (const std::string& name : options.drop) {
    dropped[find_column(header.names, name, "`drop`", source)] = true;
  }
  const auto take_as = [&](const std::vector<std::string>& names, ColumnKind kind,
                           const char* option) {
    for (const std::string& name : names) {
      auto& known = kinds[find_column(header.names, name, option, source)];
      if (known.has_value() && known != kind) {
        throw Error(ErrorKind::usage,
                    fmt::format("{}: column '{}' can't be taken both as {} and as {}; leave one "
                                "of the options out",
                                source, name, to_string(*known), to_string(kind)));
      }
      known = kind;
    }
  };
  if (options.like != nullptr) take_kinds(*options.like, header.names, likes, kinds);
  take_as(options.label, ColumnKind::label, "`label`");
  take_as(options.continuous, ColumnKind::continuous, "`continuous`");
  take_as(options.key, ColumnKind::key, "`key`");
  std::vector<std::string> formats(count);
  for (const auto& [name, format] : options.datetime) {
    take_as({name}, ColumnKind::instant, "`datetime`");
    formats[find_column(header.names, name, "`datetime`", source)] = format;
  }
  std::vector<bool> kept(count);
  for (const std::string& name : options.keep) {
    kept[find_column(header.names, name, "`keep`", source)] = true;
  }
  std::vector<RawColumn> columns;
  for (std::size_t i = 0; i < count; ++i) {
    if (dropped[i]) continue;
    RawColumn& column = columns.emplace_back();
    column.name = header.names[i];
    column.index = i;
    column.kind = kinds[i];
    column.format = formats[i];
    column.keep = kept[i] || likes[i] != nullptr;
    column.like = likes[i];
  }
  if (header.tail && !columns.empty()) {
    RawColumn& column = columns.emplace_back();
    column.name = *header.tail;
    column.index = count;
    column.kind = ColumnKind::label;
  }
  return columns;
}

void check_rows(const CsvSource& source, std::uint64_t rows, std::uint64_t minimum) {
  if (rows == 0) {
    throw Error(ErrorKind::data,
                fmt::format("{}: line {}: a header, but no rows behind it; add rows of data",
                            source.name(), source.line_of(source.text().begin)));
  }
  if (rows < minimum) {
    throw Error(ErrorKind::data,
                fmt::format("{}: has {} {} of data, at least {} are needed; add rows",
                            source.name(), rows, rows == 1 ? "row" : "rows", minimum));
  }
  if (rows > std::numeric_limits<std::uint32_t>::max()) {
    throw Error(ErrorKind::data,
                fmt::format("{}: has {} rows, at most 4,294,967,295 are taken; split the file",
                            source.name(), with_separators(rows)));
  }
}

// Cuts the text into rows and columns.
RawTable parse_table(const CsvSource& source, const Header& header, const ReadOptions& options,
                     const ReadSettings& settings, Monitor& monitor) {
  RawTable raw;
  raw.delimiter = header.delimiter;
  raw.file_columns = header.file_columns;
  raw.columns = chosen_columns(header, options, source.name());
  raw.markers = {options.missing, options.find_missing};
  if (raw.columns.empty()) {
    throw Error(ErrorKind::data, source.name() + ": no column is left; drop fewer of them");
  }
  raw.starts = source.row_starts(header.data_begin);
  // A quote that is never closed hides the rows behind it: better to report that.
  if (raw.rows() == 0 || raw.rows() < options.minimum_rows) {
    if (raw.rows() > 0) plan_columns(source, settings, raw);
    parse_columns(source, settings, raw, monitor);
  }
  check_rows(source, raw.rows(), options.minimum_rows);
  plan_columns(source, settings, raw);
  parse_columns(source, settings, raw, monitor);
  return raw;
}

// The cells behind the last delimiter of the rows: none where all are empty, else a column.
void settle_tail(const CsvSource& source, const RawTable& raw, Header& header,
                 std::vector<Column>& columns) {
  const Column& tail = columns.back();
  if (tail.missing == raw.rows()) {
    columns.pop_back();
    return;
  }
  if (header.tail->empty()) {
    for (std::uint64_t row = 0; row < raw.rows(); ++row) {
      if (tail.labels[tail.codes[row]].empty()) continue;
      throw Error(
          ErrorKind::data,
          fmt::format("{}: line {}: expected {} cells as in the header, found {}; give the "
                      "last column a name, or complete the other lines",
                      source.name(),
                      source.line_of(raw_cell(source, raw, row, header.names.size()).data()),
                      header.names.size(), header.file_columns));
    }
  }
  header.style.delimiter_behind_header = header.style.delimiter_behind_rows = false;
  columns.back().heading.emplace();
}

Table read_source(CsvSource& source, const ReadOptions& options, const ReadSettings& settings,
                  Monitor& monitor) {
  Table table;
  table.storage = settings.storage;
  Header header = read_header(source, options);
  RawTable raw;
  try {
    raw = parse_table(source, header, options, settings, monitor);
  } catch (const BlankLine&) {
    source.leave_out_blank_lines();
    raw = parse_table(source, header, options, settings, monitor);
  }
  table.rows = raw.rows();
  table.delimiter = header.delimiter;
  table.carriage_returns = header.carriage_return;
  table.bytes = source.file_bytes();
  table.fingerprint = source.fingerprint();
  table.notes = source.notes();
  table.notes.insert(table.notes.end(), header.notes.begin(), header.notes.end());
  const std::string totals = note_of_totals_row(source, raw.delimiter, raw.file_columns);
  if (!totals.empty()) table.notes.push_back(totals);
  std::vector<Column> columns = assemble(source, raw, settings, table.notes, monitor);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::size_t place = raw.columns[i].index;
    if (place >= header.names.size()) continue;
    columns[i].heading = header.headings[place];
    columns[i].quoted = header.quoted[place];
  }
  if (header.tail) settle_tail(source, raw, header, columns);
  table.style = header.style;
  for (Column& column : columns) {
    const bool empty = column.missing == table.rows;
    if (empty) table.empty_columns.push_back(column.name);
    if (!empty || options.keep_empty_columns) table.columns.push_back(std::move(column));
  }
  if (table.empty_columns.size() == columns.size()) {
    throw Error(ErrorKind::data,
                fmt::format("{}: column '{}' has no value in any row, and no other column is left; "
                            "fill it, or drop fewer columns",
                            source.name(), table.empty_columns.front()));
  }
  const bool find = options.find_rules && options.like == nullptr;
  if (find || !options.rules.empty()) {
    FoundRules found = find_rules(table, {options.rules, find, settings.threads}, monitor);
    std::move(found.notes.begin(), found.notes.end(), std::back_inserter(table.notes));
    if (!found.rules.empty()) {
      table.rules = std::make_shared<const std::vector<Rule>>(std::move(found.rules));
    }
  }
  monitor.progress("read", table.bytes, table.bytes);
  return table;
}

}  // namespace

Table read_csv_with(const std::string& path, const ReadOptions& options,
                    const ReadSettings& settings, Monitor& monitor) {
  CsvSource source(path, settings, monitor, options);
  Table table = read_source(source, options, settings, monitor);
  table.source = path;
  return table;
}

Table read_csv_with(CsvMemory memory, const ReadOptions& options, const ReadSettings& settings,
                    Monitor& monitor) {
  CsvSource source(std::move(memory), settings, monitor);
  Table table = read_source(source, options, settings, monitor);
  table.source = source.name();
  return table;
}

ReadSettings read_settings(const ReadOptions& options) {
  ReadSettings settings;
  settings.threads = thread_count(options.threads);
  settings.simd = choose_simd_level();
  settings.storage = options.storage;
  return settings;
}

Table read_csv(const std::string& path, const ReadOptions& options, Monitor& monitor) {
  return read_csv_with(path, options, read_settings(options), monitor);
}

}  // namespace cuvae
