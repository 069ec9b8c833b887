// Closeness of one column of two tables.
#pragma once

#include <cstdint>
#include <vector>

#include <cuvae/evaluate.hpp>

#include "evaluate/alignment.hpp"

namespace cuvae {

// The metrics of a column of `other` against the real one's.
ColumnMetrics compare_columns(const Basis& basis, const AlignedTable& real,
                              const AlignedTable& other, std::size_t index,
                              EvaluationDevice& device);

// KL(p || q) in nats of two count vectors over the same bins: shares plus `smoothing`,
// renormalised. Without any count all bins have the same share. Exposed for tests.
double kl_divergence(const std::vector<std::uint64_t>& p, const std::vector<std::uint64_t>& q);

// Jensen-Shannon divergence in nats; 0 where both are without counts, ln 2 where one is.
double js_divergence(const std::vector<std::uint64_t>& p, const std::vector<std::uint64_t>& q);

// Total variation distance of the shares.
double total_variation(const std::vector<std::uint64_t>& p, const std::vector<std::uint64_t>& q);

// EvaluationDevice::ks_distance() on the CPU.
double ks_distance(const AlignedColumn& a, const AlignedColumn& b);

}  // namespace cuvae
