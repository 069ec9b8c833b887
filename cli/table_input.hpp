// Reading tables with progress, warnings and the kinds of another table.
#pragma once

#include <string>

#include <cuvae/table.hpp>

#include "options.hpp"
#include "session.hpp"

namespace cuvae::cli {

// The real table: kinds are decided by its cells and the options.
Table read_real(Session& session, const std::string& path, const ReadOptions& options);

// A table to compare with `real`: the same columns are taken as labels and as numbers, and those
// that `real` leaves out are left out here too, if they are there. `called` is the name that people
// are told, where that is not its path. `escaped`: it was written with --escape-formulas, which is
// undone.
Table read_like(Session& session, const std::string& path, const Table& real,
                const ReadOptions& columns, const std::string& called = {}, bool escaped = false);

// "data.csv" for "some/where/data.csv", "standard input" for "-".
std::string source_name(const std::string& path);

}  // namespace cuvae::cli
