// read_csv with its settings open, for tests and for texts that are no files.
#pragma once

#include <cuvae/table.hpp>

#include "csv/source.hpp"

namespace cuvae {

Table read_csv_with(const std::string& path, const ReadOptions& options,
                    const ReadSettings& settings, Monitor& monitor);

Table read_csv_with(CsvMemory memory, const ReadOptions& options, const ReadSettings& settings,
                    Monitor& monitor);

// What options come to on this machine.
ReadSettings read_settings(const ReadOptions& options);

}  // namespace cuvae
