// read_csv with its settings open, for tests.
#pragma once

#include <cuvae/table.hpp>

#include "csv/source.hpp"

namespace cuvae {

Table read_csv_with(const std::string& path, const ReadOptions& options,
                    const ReadSettings& settings, Monitor& monitor);

}  // namespace cuvae
