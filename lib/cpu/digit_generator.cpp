#include <algorithm>
#include <numeric>
#include <vector>

#include "cpu/digit_model.hpp"
#include "cpu/digit_trainer.hpp"
#include "cpu/kernel_table.hpp"
#include "digit_backend.hpp"
#include "support/simd_level.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

// Rows drawn before they are decoded: their digits and words stay in the second-level cache.
constexpr std::uint32_t drawn_rows = 1024;
constexpr std::size_t spare_cells = 64;

class CpuDigitGenerator final : public RowGenerator {
 public:
  CpuDigitGenerator(const TrainedDigits& network, const DigitOutput& output, std::uint64_t seed,
                    SimdLevel level, unsigned workers, std::uint32_t block_rows,
                    const WantedDigits& wanted)
      : kernels_(cpu_kernels(level)),
        output_(output),
        wanted_(wanted),
        memory_(network.shape, network.parameters),
        workers_(workers) {
    memory_.plan().keys = philox_keys(seed);
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

  // Draws all rows as far as the last digit that can rule one out, then those that are left whole.
  const RowBlock& candidates(unsigned worker, std::uint64_t first_row,
                             std::uint32_t rows) override {
    if (wanted_.masks.empty()) return codes(worker, first_row, rows);
    Worker& mine = workers_[worker];
    mine.block.first_row = first_row;
    mine.block.rows = 0;
    const DrawnDigits drawn{mine.digits.data(), mine.words.data(), drawn_rows,
                            output_.word_count()};
    std::vector<std::uint64_t>& numbers = mine.row_numbers;
    for (std::uint32_t at = 0; at < rows; at += drawn_rows) {
      const std::uint32_t count = std::min(drawn_rows, rows - at);
      numbers.resize(count);
      std::iota(numbers.begin(), numbers.end(), first_row + at);
      const auto known = static_cast<std::uint32_t>(wanted_.masks.size());
      kernels_.digit.generate_some(memory_.plan(), memory_.model(), numbers.data(), count, known,
                                   mine.scratch.get(), drawn);
      std::uint32_t left = 0;
      for (std::uint32_t r = 0; r < count; ++r) {
        bool may_be = true;
        for (std::uint32_t q = 0; q < known; ++q) {
          may_be &= (wanted_.masks[q] >> drawn.digits[std::size_t{q} * drawn_rows + r] & 1U) != 0;
        }
        numbers[left] = numbers[r];
        left += may_be ? 1 : 0;
      }
      if (left == 0) continue;
      kernels_.digit.generate_some(memory_.plan(), memory_.model(), numbers.data(), left,
                                   memory_.plan().digit_count, mine.scratch.get(), drawn);
      output_.decode({mine.digits.data(), mine.words.data(), drawn_rows, left}, mine.block.rows,
                     mine.columns.data());
      mine.block.rows += left;
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
    std::vector<std::uint64_t> row_numbers;
    RowBlock block;
  };
  const CpuKernels& kernels_;
  const DigitOutput& output_;
  WantedDigits wanted_;
  DigitModelMemory memory_;
  std::vector<Worker> workers_;
};

class CpuDigitBackend final : public DigitBackend {
 public:
  explicit CpuDigitBackend(unsigned threads)
      : threads_(thread_count(threads)), level_(choose_simd_level()) {}

  DeviceInfo info() const override { return make_cpu_backend(threads_)->info(); }
  bool supports(const DigitShape&) const override { return true; }
  bool supports(const DigitShape&, const DigitOutput&) const override { return true; }

  TrainedDigits train(
      const DigitMatrix& data, const Codec& codec, const TrainOptions& options, Monitor& monitor,
      const std::function<void(std::uint32_t, const EpochLoss&)>& on_epoch) override {
    return train_digits_on_cpu(data, codec, options, level_, threads_, monitor, on_epoch);
  }

  std::unique_ptr<RowGenerator> generator(const TrainedDigits& network, const DigitOutput& output,
                                          std::uint64_t seed, unsigned workers,
                                          std::uint32_t block_rows, std::uint64_t, std::uint64_t,
                                          const WantedDigits& wanted) override {
    return std::make_unique<CpuDigitGenerator>(network, output, seed, level_, workers, block_rows,
                                               wanted);
  }

 private:
  unsigned threads_;
  SimdLevel level_;
};

}  // namespace

std::unique_ptr<DigitBackend> make_cpu_digit_backend(unsigned threads) {
  return std::make_unique<CpuDigitBackend>(threads);
}

}  // namespace cuvae
