// From raw columns to the columns of a Table.
#pragma once

#include "csv/parse.hpp"

namespace cuvae {

// Decides kinds, sorts labels and turns ids into codes. Takes the raw columns apart. Adds what a
// person should know to `notes`. Throws Error(data) for numbers that are not finite.
std::vector<Column> assemble(const CsvSource& source, RawTable& raw, const ReadSettings& settings,
                             std::vector<std::string>& notes, Monitor& monitor);

}  // namespace cuvae
