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
        fmt::format("column '{}' is left out: no row has a value there", printable(name)));
  }
  for (const std::string& note : table.notes) {
    session.console().note(printable(with_flags(note)));
  }
  return table;
}

Table read_like(Session& session, const std::string& path, const Table& real,
                const ColumnOptions& columns, const std::string& called, bool escaped) {
  const std::string& shown = called.empty() ? path : called;
  ReadOptions options;
  options.delimiter = columns.delimiter;
  options.threads = session.threads();
  options.keep_empty_columns = true;
  options.storage = real.storage;
  ReadOptions without_kinds = options;
  for (const Column& column : real.columns) {
    const std::string name = escaped ? without_formula(column.name) : column.name;
    if (column.kind == ColumnKind::label) options.label.push_back(name);
    if (column.kind == ColumnKind::continuous) options.continuous.push_back(name);
  }
  Table table;
  try {
    table = read(session, path, options, shown);
  } catch (const Error& error) {
    // A column of the real table is not there. evaluate() names all that differ.
    if (error.kind() != ErrorKind::usage || path == "-") throw;
    table = read(session, path, without_kinds, shown);
  }
  if (escaped) restore_formulas(table);
  const auto left_out = [&](const std::string& name) {
    const auto in = [&](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    return in(columns.drop) || in(real.empty_columns);
  };
  std::erase_if(table.columns, [&](const Column& column) { return left_out(column.name); });
  return table;
}

}  // namespace cuvae::cli
