// generate_csv() for a file that appears together with others.
#pragma once

#include <cuvae/generate.hpp>
#include <cuvae/table.hpp>

#include "support/output_file.hpp"

namespace cuvae {

// The same rows, not committed.
GenerateResult generate_into(OutputFile& file, const Model& model, const GenerateOptions& options,
                             const DeviceChoice& device, Monitor& monitor);

// The same, and the rows as generate_columns() gives them, made once.
GenerateResult generate_into(OutputFile& file, Table& table, const Model& model,
                             const GenerateOptions& options, const DeviceChoice& device,
                             Monitor& monitor, const Storage& storage);

}  // namespace cuvae
