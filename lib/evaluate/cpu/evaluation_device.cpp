#include "evaluate/evaluation_device.hpp"

#include "evaluate/column_metrics.hpp"
#include "evaluate/contingency.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

class CpuEvaluationDevice : public EvaluationDevice {
 public:
  explicit CpuEvaluationDevice(unsigned threads) : threads_(thread_count(threads)) {}

  void bin_values(const Basis& basis, AlignedColumn& column) override {
    cuvae::bin_values(basis, column);
  }

  double ks_distance(const AlignedColumn& a, const AlignedColumn& b) override {
    return cuvae::ks_distance(a, b);
  }

  std::vector<PairMetrics> compare_categories(const Alignment& alignment, std::size_t other,
                                              std::span<const ColumnPair> pairs,
                                              SharedProgress& progress) override {
    return cuvae::compare_categories(alignment, other, pairs, threads_, progress);
  }

  std::vector<float> nearest_distances(const ScaledRecords& queries,
                                       const ScaledRecords& references,
                                       SharedProgress& progress) override {
    return cuvae::nearest_distances(queries, references, threads_, progress);
  }

 private:
  unsigned threads_;
};

}  // namespace

std::unique_ptr<EvaluationDevice> make_cpu_evaluation(unsigned threads) {
  return std::make_unique<CpuEvaluationDevice>(threads);
}

}  // namespace cuvae
