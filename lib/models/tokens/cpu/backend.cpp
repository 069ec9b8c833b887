#include "models/tokens/backend.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "models/tokens/cpu/network_memory.hpp"
#include "models/tokens/cpu/trainer.hpp"
#include "runtime/simd/cpu_device.hpp"
#include "runtime/simd/simd_level.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

// Rows drawn before they are decoded: their tokens and words stay in the second-level cache.
constexpr std::uint32_t drawn_rows = 1024;
constexpr std::size_t spare_cells = 64;

class CpuTokenGenerator final : public RowGenerator {
 public:
  CpuTokenGenerator(const TokenNetwork& network, const TokenOutput& output, std::uint64_t seed,
                    SimdLevel level, unsigned workers, std::uint32_t block_rows,
                    const WantedTokens& wanted)
      : kernels_(token_kernels(level)),
        output_(output),
        wanted_(wanted),
        memory_(network.shape, network.parameters),
        workers_(workers) {
    memory_.plan().keys = philox_keys(seed);
    const std::size_t scratch = kernels_.generation_scratch(memory_.plan(), output.word_count());
    for (Worker& worker : workers_) {
      worker.scratch = aligned_floats(scratch);
      worker.tokens.resize(network.shape.tokens.size() * drawn_rows);
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
    mine.block.row_numbers = nullptr;
    for (std::uint32_t at = 0; at < rows; at += drawn_rows) {
      const std::uint32_t count = std::min(drawn_rows, rows - at);
      kernels_.generate(memory_.plan(), memory_.model(), first_row + at, count, mine.scratch.get(),
                        {mine.tokens.data(), mine.words.data(), drawn_rows, output_.word_count()});
      output_.decode({mine.tokens.data(), mine.words.data(), drawn_rows, count}, at,
                     mine.columns.data());
    }
    return mine.block;
  }

  // Draws all rows as far as the last token that can rule one out, then those that are left whole.
  const RowBlock& candidates(unsigned worker, std::uint64_t first_row,
                             std::uint32_t rows) override {
    if (wanted_.masks.empty()) return codes(worker, first_row, rows);
    Worker& mine = workers_[worker];
    mine.block.first_row = first_row;
    mine.block.rows = 0;
    mine.kept_numbers.resize(rows);
    mine.block.row_numbers = mine.kept_numbers.data();
    const DrawnTokens drawn{mine.tokens.data(), mine.words.data(), drawn_rows,
                            output_.word_count()};
    std::vector<std::uint64_t>& numbers = mine.row_numbers;
    for (std::uint32_t at = 0; at < rows; at += drawn_rows) {
      const std::uint32_t count = std::min(drawn_rows, rows - at);
      numbers.resize(count);
      std::iota(numbers.begin(), numbers.end(), first_row + at);
      const auto known = static_cast<std::uint32_t>(wanted_.masks.size());
      kernels_.generate_some(memory_.plan(), memory_.model(), numbers.data(), count, known,
                             mine.scratch.get(), drawn);
      std::uint32_t left = 0;
      for (std::uint32_t r = 0; r < count; ++r) {
        bool may_be = true;
        for (std::uint32_t q = 0; q < known; ++q) {
          may_be &= (wanted_.masks[q] >> drawn.tokens[std::size_t{q} * drawn_rows + r] & 1U) != 0;
        }
        numbers[left] = numbers[r];
        left += may_be ? 1 : 0;
      }
      if (left == 0) continue;
      kernels_.generate_some(memory_.plan(), memory_.model(), numbers.data(), left,
                             memory_.plan().token_count, mine.scratch.get(), drawn);
      output_.decode({mine.tokens.data(), mine.words.data(), drawn_rows, left}, mine.block.rows,
                     mine.columns.data());
      std::copy_n(numbers.begin(), left, mine.kept_numbers.begin() + mine.block.rows);
      mine.block.rows += left;
    }
    return mine.block;
  }

 private:
  struct Worker {
    AlignedFloats scratch;
    std::vector<std::uint8_t> tokens;
    std::vector<std::uint32_t> words;
    std::vector<std::vector<unsigned char>> cells;
    std::vector<void*> columns;
    std::vector<std::uint64_t> row_numbers;
    std::vector<std::uint64_t> kept_numbers;  // of the block's rows
    RowBlock block;
  };
  const TokenKernels& kernels_;
  const TokenOutput& output_;
  WantedTokens wanted_;
  NetworkMemory memory_;
  std::vector<Worker> workers_;
};

class CpuTokenBackend final : public TokenBackend {
 public:
  explicit CpuTokenBackend(unsigned threads)
      : threads_(thread_count(threads)), level_(choose_simd_level()) {}

  DeviceInfo info() const override { return cpu_device(threads_); }
  bool trains(const TokenShape&) const override { return true; }
  bool generates(const TokenShape&, const TokenOutput&) const override { return true; }

  TokenNetwork train(const TokenizedTable& table, const TrainSettings& settings,
                     Monitor& monitor) override {
    return train_tokens_on_cpu(table, settings, level_, threads_, monitor);
  }

  std::unique_ptr<RowGenerator> generator(const TokenNetwork& network, const TokenOutput& output,
                                          const RowRequest& request) override {
    return std::make_unique<CpuTokenGenerator>(
        network, output, request.seed, level_, request.workers, request.block_rows,
        request.conditions != nullptr ? output.wanted(*request.conditions) : WantedTokens{});
  }

 private:
  unsigned threads_;
  SimdLevel level_;
};

}  // namespace

std::unique_ptr<TokenBackend> make_cpu_token_backend(unsigned threads) {
  return std::make_unique<CpuTokenBackend>(threads);
}

}  // namespace cuvae
