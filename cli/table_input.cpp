#include "table_input.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

#include <cuvae/error.hpp>

#include "terminal/text.hpp"
#include "text/formula.hpp"

namespace cuvae::cli {
namespace {

Table read(Session& session, const std::string& path, const ReadOptions& options,
           const std::string& name) {
  session.progress().begin("read");
  Table table = read_csv(path, options, session.progress());
  table.source = name;
  session.progress().finish(fmt::format("{}: {} rows, {} columns, {}", printable(source_name(name)),
                                        with_separators(table.rows), table.columns.size(),
                                        bytes_text(static_cast<double>(table.bytes))),
                            table.bytes);
  return table;
}

}  // namespace

std::string source_name(const std::string& path) {
  if (path == "-") return "standard input";
  return std::filesystem::path(path).filename().string();
}

Table read_real(Session& session, const std::string& path, const ReadOptions& options) {
  Table table = read(session, path, options, path);
  for (const std::string& name : table.empty_columns) {
    session.console().warning(
        fmt::format("column '{}' is empty in all rows, and stays so", printable(name)));
  }
  for (const std::string& note : table.notes) {
    session.console().note(printable(with_flags(note)));
  }
  return table;
}

Table read_like(Session& session, const std::string& path, const Table& real,
                const ReadOptions& columns, const std::string& called, bool escaped) {
  const std::string& shown = called.empty() ? path : called;
  ReadOptions options;
  options.delimiter = columns.delimiter;
  options.encoding = columns.encoding;
  options.skip = columns.skip;
  options.skip_last = columns.skip_last;
  options.comment = columns.comment;
  options.rename = columns.rename;
  options.missing = columns.missing;
  options.find_missing = columns.find_missing;
  options.threads = session.threads();
  options.storage = real.storage;
  options.like = &real;
  // Names that were escaped are other names than the real table's.
  for (const Column& column : real.columns) {
    if (!escaped || !is_formula(column.name)) continue;
    if (column.kind == ColumnKind::label) options.label.push_back(without_formula(column.name));
  }
  Table table = read(session, path, options, shown);
  if (escaped) restore_formulas(table);
  std::erase_if(table.columns, [&](const Column& column) {
    return std::find(columns.drop.begin(), columns.drop.end(), column.name) != columns.drop.end();
  });
  return table;
}

}  // namespace cuvae::cli
