// What evaluation asks of a device, on a GPU.
#pragma once

#include <mutex>
#include <optional>

#include <cuvae/cuda.hpp>

#include "evaluate/evaluation_device.hpp"
#include "runtime/cuda/handles.hpp"
#include "runtime/cuda/memory.hpp"

namespace cuvae {

// One call at a time has the GPU; what the host makes of the counts goes on beside it. Columns are
// uploaded when they are needed: for bins one of float64, for distances two, which are sorted
// there; of categories as many as fit `resident_bytes`. Tables beyond the limits of
// cuda_evaluate.hpp are left to the CPU.
class CudaEvaluationDevice : public EvaluationDevice {
 public:
  // Of device memory that columns of categories may keep, or two of them where those are more.
  static constexpr std::size_t resident_bytes = std::size_t{1} << 30U;

  // Throws Error(device) with reason and remedy where there is no such GPU or it can't be used.
  CudaEvaluationDevice(int index, unsigned threads, const CudaAllocator& allocator = {},
                       std::size_t resident = resident_bytes);

  void bin_values(const Basis& basis, AlignedColumn& column) override;
  double ks_distance(const AlignedColumn& a, const AlignedColumn& b) override;
  std::vector<PairMetrics> compare_categories(const Alignment& alignment, std::size_t other,
                                              std::span<const ColumnPair> pairs,
                                              SharedProgress& progress) override;
  std::vector<float> nearest_distances(const ScaledRecords& queries,
                                       const ScaledRecords& references,
                                       SharedProgress& progress) override;

 private:
  class Turn;
  class ResidentColumns;
  struct PairWork;
  struct Combinations;

  PairMetrics compare_densely(const Alignment& alignment, std::size_t other, const ColumnPair& pair,
                              PairWork& work);
  PairMetrics compare_sparsely(const Alignment& alignment, std::size_t other,
                               const ColumnPair& pair, PairWork& work);
  Combinations combinations(const Alignment& alignment, std::size_t table, const ColumnPair& pair,
                            PairWork& work);

  int index_;
  unsigned threads_;
  CudaAllocator allocator_;
  std::size_t resident_bytes_;
  std::mutex mutex_;
  std::optional<cuda::Stream> stream_;
};

}  // namespace cuvae
