#include "csv/read_csv.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <limits>

#include <cuvae/error.hpp>

#include "csv/assemble.hpp"
#include "csv/header.hpp"
#include "csv/parse.hpp"
#include "rules/find_rules.hpp"
#include "support/threads.hpp"
#include "text/separators.hpp"

namespace cuvae {
namespace {

std::vector<RawColumn> chosen_columns(const Header& header, const ReadOptions& options,
                                      const std::string& source) {
  const std::size_t count = header.names.size();
  std::vector<bool> dropped(count);
  std::vector<std::optional<ColumnKind>> kinds(count);
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
    column.keep = kept[i];
  }
  return columns;
}

void check_rows(const std::string& source, std::uint64_t rows, std::uint64_t minimum) {
  if (rows == 0) {
    throw Error(ErrorKind::data,
                source + ": line 1: a header, but no rows behind it; add rows of data");
  }
  if (rows < minimum) {
    throw Error(ErrorKind::data,
                fmt::format("{}: has {} {} of data, at least {} are needed; add rows", source, rows,
                            rows == 1 ? "row" : "rows", minimum));
  }
  if (rows > std::numeric_limits<std::uint32_t>::max()) {
    throw Error(ErrorKind::data,
                fmt::format("{}: has {} rows, at most 4,294,967,295 are taken; split the file",
                            source, with_separators(rows)));
  }
}

}  // namespace

Table read_csv_with(const std::string& path, const ReadOptions& options,
                    const ReadSettings& settings, Monitor& monitor) {
  Table table;
  table.source = path;
  table.storage = settings.storage;
  RawTable raw;
  const std::string what = path == "-" ? "standard input" : path;
  CsvSource source(path, settings, monitor);
  const Header header = read_header(source, options);
  raw.delimiter = header.delimiter;
  raw.file_columns = header.names.size();
  raw.columns = chosen_columns(header, options, what);
  raw.markers = {options.missing, options.find_missing};
  if (raw.columns.empty()) {
    throw Error(ErrorKind::data, what + ": no column is left; drop fewer of them");
  }
  raw.starts = source.row_starts(header.data_begin);
  // A quote that is never closed hides the rows behind it: better to report that.
  if (raw.rows() == 0 || raw.rows() < options.minimum_rows) {
    if (raw.rows() > 0) plan_columns(source, settings, raw);
    parse_columns(source, settings, raw, monitor);
  }
  check_rows(what, raw.rows(), options.minimum_rows);
  plan_columns(source, settings, raw);
  parse_columns(source, settings, raw, monitor);

  table.rows = raw.rows();
  table.delimiter = header.delimiter;
  table.carriage_returns = header.carriage_return;
  table.bytes = source.file_bytes();
  table.fingerprint = source.fingerprint();
  for (Column& column : assemble(source, raw, settings, table.notes, monitor)) {
    const bool empty = column.missing == table.rows;
    if (empty && !options.keep_empty_columns) {
      table.empty_columns.push_back(std::move(column.name));
    } else {
      table.columns.push_back(std::move(column));
    }
  }
  if (table.columns.empty()) {
    throw Error(ErrorKind::data,
                fmt::format("{}: column '{}' has no value in any row, and no other column is left; "
                            "fill it, or drop fewer columns",
                            what, table.empty_columns.front()));
  }
  if (options.find_rules || !options.rules.empty()) {
    FoundRules found =
        find_rules(table, {options.rules, options.find_rules, settings.threads}, monitor);
    std::move(found.notes.begin(), found.notes.end(), std::back_inserter(table.notes));
    if (!found.rules.empty()) {
      table.rules = std::make_shared<const std::vector<Rule>>(std::move(found.rules));
    }
  }
  monitor.progress("read", table.bytes, table.bytes);
  return table;
}

Table read_csv(const std::string& path, const ReadOptions& options, Monitor& monitor) {
  ReadSettings settings;
  settings.threads = thread_count(options.threads);
  settings.simd = choose_simd_level();
  settings.storage = options.storage;
  return read_csv_with(path, options, settings, monitor);
}

}  // namespace cuvae
