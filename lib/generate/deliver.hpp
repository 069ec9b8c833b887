// The rows that options ask for, from a model to whatever takes them.
#pragma once

#include <cuvae/generate.hpp>
#include <cuvae/monitor.hpp>

#include "generate/deliver_matching.hpp"
#include "generate/row_source.hpp"
#include "rows/row_consumer.hpp"

namespace cuvae {

// Throws Error(usage) where the rows go beyond the last one of the endless table.
void check_range(const GenerateOptions& options);

// Conditions and balance. Throws Error(usage).
Matching matching_of(const RowSource& source, const GenerateOptions& options);

// result.bytes is left 0.
GenerateResult deliver(const RowSource& source, const GenerateOptions& options,
                       const Matching& matching, RowConsumer& consumer, unsigned threads,
                       Monitor& monitor);

}  // namespace cuvae
