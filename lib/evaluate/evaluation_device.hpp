// The seam between evaluation and the devices, as backend.hpp is for training and generating: the
// parts of comparing tables that grow with the rows and whose results don't depend on the order in
// which rows are looked at. Two implementations: its folders cpu and cuda. All results are the
// same, bit for bit.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include <cuvae/device.hpp>
#include <cuvae/evaluate.hpp>

#include "evaluate/alignment.hpp"
#include "evaluate/nearest_records.hpp"
#include "evaluate/pairs.hpp"
#include "support/shared_progress.hpp"

namespace cuvae {

class EvaluationDevice {
 public:
  virtual ~EvaluationDevice() = default;

  // Sets bin_counts, mapped and category_counts of a column of values that is compared as numbers.
  // Called from several threads at once.
  virtual void bin_values(const Basis& basis, AlignedColumn& column) = 0;

  // The Kolmogorov-Smirnov distance of two columns' present numbers; 0 where neither column has
  // any, 1 where one has none. Called from several threads at once.
  virtual double ks_distance(const AlignedColumn& a, const AlignedColumn& b) = 0;

  // [pairs] similarity and strengths of pairs of columns by the rows that have each combination of
  // their categories, in the real table and in tables[other]. A step a pair.
  virtual std::vector<PairMetrics> compare_categories(const Alignment& alignment, std::size_t other,
                                                      std::span<const ColumnPair> pairs,
                                                      SharedProgress& progress) = 0;

  // [queries] the distance of each to the nearest reference. search_steps() steps.
  virtual std::vector<float> nearest_distances(const ScaledRecords& queries,
                                               const ScaledRecords& references,
                                               SharedProgress& progress) = 0;
};

std::unique_ptr<EvaluationDevice> make_cpu_evaluation(unsigned threads);
// Only where the CUDA half is built. What stays on the CPU takes `threads`. Throws Error(device)
// where there is no usable GPU.
std::unique_ptr<EvaluationDevice> make_cuda_evaluation(int index, unsigned threads);

// The one that a choice comes to. Throws Error(device).
std::unique_ptr<EvaluationDevice> make_evaluation(const DeviceChoice& choice);

// evaluate() on a device; `threads` work on what is no device's part.
Evaluation evaluate_on(EvaluationDevice& device, const Table& real, const Table& synthetic,
                       const Table* holdout, unsigned threads, Monitor& monitor,
                       const std::string& target);

}  // namespace cuvae
