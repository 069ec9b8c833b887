#include <algorithm>
#include <vector>

#include "cpu/digit_model.hpp"
#include "cpu/digit_trainer.hpp"
#include "cpu/kernel_table.hpp"
#include "cpu/simd_level.hpp"
#include "digit_backend.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

// Rows drawn before they are decoded: their digits and words stay in the second-level cache.
constexpr std::uint32_t drawn_rows = 1024;
constexpr std::size_t spare_cells = 64;

class CpuDigitGenerator final : public RowGenerator {
 public:
  CpuDigitGenerator(const TrainedDigits& network, const DigitOutput& output, std::uint64_t seed,
                    SimdLevel level, unsigned workers, std::uint32_t block_rows)
      : kernels_(cpu_kernels(level)),
        output_(output),
        memory_(network.shape, network.parameters),
        workers_(workers) {
    memory_.plan().seed = seed;
    const std::size_t scratch =
        kernels_.digit.generation_scratch(memory_.plan(), output.word_count());
    for (Worker& worker : workers_) {
      worker.scratch = aligned_floats(scratch);
      worker.digits.resize(network.shape.digits.size() * drawn_rows);
      worker.words.resize(std::size_t{output.word_count()} * drawn_rows);
      for (const ColumnCoding& coding : output.codings()) {
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
    for (std::uint32_t at = 0; at < rows; at += drawn_rows) {
      const std::uint32_t count = std::min(drawn_rows, rows - at);
      kernels_.digit.generate(
          memory_.plan(), memory_.model(), first_row + at, count, mine.scratch.get(),
          {mine.digits.data(), mine.words.data(), drawn_rows, output_.word_count()});
      output_.decode({mine.digits.data(), mine.words.data(), drawn_rows, count}, at,
                     mine.columns.data());
    }
    return mine.block;
  }

  void floats(unsigned, std::uint64_t, std::uint32_t, float*, std::uint32_t) override {
    throw Error(ErrorKind::usage, "rows of digits have no encoded form in floats");
  }

 private:
  struct Worker {
    AlignedFloats scratch;
    std::vector<std::uint8_t> digits;
    std::vector<std::uint32_t> words;
    std::vector<std::vector<unsigned char>> cells;
    std::vector<void*> columns;
    RowBlock block;
  };
  const CpuKernels& kernels_;
  const DigitOutput& output_;
  DigitModelMemory memory_;
  std::vector<Worker> workers_;
};

class CpuDigitBackend final : public DigitBackend {
 public:
  explicit CpuDigitBackend(unsigned threads)
      : threads_(thread_count(threads)), level_(choose_simd_level()) {}

  TrainedDigits train(
      const DigitMatrix& data, const Codec& codec, const TrainOptions& options, Monitor& monitor,
      const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch) override {
    return train_digits_on_cpu(data, codec, options, level_, threads_, monitor, on_epoch);
  }

  std::unique_ptr<RowGenerator> generator(const TrainedDigits& network, const DigitOutput& output,
                                          std::uint64_t seed, unsigned workers,
                                          std::uint32_t block_rows) override {
    return std::make_unique<CpuDigitGenerator>(network, output, seed, level_, workers, block_rows);
  }

 private:
  unsigned threads_;
  SimdLevel level_;
};

}  // namespace

std::unique_ptr<DigitBackend> make_digit_backend(const DeviceChoice& choice) {
  if (choice.kind == DeviceChoice::Kind::cuda) {
    throw Error(ErrorKind::device,
                "the recipes fast and best do not run on a GPU yet; use --device cpu, or "
                "--recipe seed");
  }
  return std::make_unique<CpuDigitBackend>(choice.threads);
}

}  // namespace cuvae
