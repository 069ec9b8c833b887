#include "models/published/cpu/backend.hpp"

#include <algorithm>
#include <thread>
#include <vector>

#include "models/published/cpu/kernels.hpp"
#include "models/published/cpu/trainer.hpp"
#include "runtime/simd/aligned_floats.hpp"
#include "runtime/simd/cpu_device.hpp"
#include "runtime/simd/simd_level.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

// Cells behind a block's last one that may be written or read: two vectors of the widest level, and
// the 64 bytes that RowBlock promises.
constexpr std::size_t spare_cells = 64;

class CpuPublishedGenerator final : public ScaledRowGenerator {
 public:
  CpuPublishedGenerator(const PublishedNetwork& network, const std::vector<ColumnCoding>& codings,
                        std::uint64_t seed, SimdLevel level, unsigned workers,
                        std::uint32_t block_rows)
      : kernels_(published_kernels(level)),
        codings_(codings),
        parameters_(aligned_floats(padded(network.parameters.size()))) {
    std::copy(network.parameters.begin(), network.parameters.end(), parameters_.get());
    const auto layers = layers_of(network.shape);
    std::copy(layers.begin(), layers.end(), plan_.layers);
    plan_.columns = network.shape.columns;
    plan_.latent = network.shape.latent;
    plan_.parameters = parameters_.get();
    plan_.codings = codings_.data();
    plan_.keys = philox_keys(seed);
    workers_.resize(workers);
    for (Worker& worker : workers_) {
      worker.scratch = aligned_floats(kernels_.generation_scratch(plan_));
      for (const ColumnCoding& coding : codings_) {
        worker.cells.emplace_back((block_rows + spare_cells) * coding.width);
        worker.columns.push_back(worker.cells.back().data());
        worker.block.columns.push_back(worker.cells.back().data());
      }
    }
  }

  const RowBlock& codes(unsigned worker, std::uint64_t first_row, std::uint32_t rows) override {
    Worker& mine = workers_[worker];
    mine.block.first_row = first_row;
    mine.block.rows = rows;
    kernels_.generate_codes(plan_, first_row, rows, mine.scratch.get(), mine.columns.data());
    return mine.block;
  }

  void floats(unsigned worker, std::uint64_t first_row, std::uint32_t rows, float* out,
              std::uint32_t stride) override {
    kernels_.generate_floats(plan_, first_row, rows, workers_[worker].scratch.get(), out, stride);
  }

 private:
  struct Worker {
    AlignedFloats scratch;
    std::vector<std::vector<unsigned char>> cells;
    std::vector<void*> columns;
    RowBlock block;
  };
  const PublishedKernels& kernels_;
  std::vector<ColumnCoding> codings_;
  AlignedFloats parameters_;
  GenerationPlan plan_{};
  std::vector<Worker> workers_;
};

class CpuPublishedBackend final : public PublishedBackend {
 public:
  explicit CpuPublishedBackend(unsigned threads)
      : threads_(thread_count(threads)), level_(choose_simd_level()) {}

  DeviceInfo info() const override { return cpu_device(threads_); }
  bool trains(const PublishedShape&) const override { return true; }
  bool generates(const PublishedShape&, const ScaledOutput&) const override { return true; }

  PublishedNetwork train(const Matrix& data, const TrainSettings& settings,
                         Monitor& monitor) override {
    return train_on_cpu(data, settings, level_, threads_, monitor);
  }

  std::unique_ptr<ScaledRowGenerator> generator(const PublishedNetwork& network,
                                                const ScaledOutput& output,
                                                const RowRequest& request) override {
    return make_cpu_published_generator(network, output.codings(), request.seed, level_,
                                        request.workers, request.block_rows);
  }

 private:
  unsigned threads_;
  SimdLevel level_;
};

}  // namespace

std::unique_ptr<ScaledRowGenerator> make_cpu_published_generator(
    const PublishedNetwork& network, const std::vector<ColumnCoding>& codings, std::uint64_t seed,
    SimdLevel level, unsigned workers, std::uint32_t block_rows) {
  return std::make_unique<CpuPublishedGenerator>(network, codings, seed, level, workers,
                                                 block_rows);
}

std::unique_ptr<PublishedBackend> make_cpu_published_backend(unsigned threads) {
  return std::make_unique<CpuPublishedBackend>(threads);
}

}  // namespace cuvae
