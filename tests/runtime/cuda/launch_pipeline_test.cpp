// The pipeline by itself, with copies in place of kernels.
#include "runtime/cuda/launch_pipeline.hpp"

#include <numeric>

#include <cuvae/error.hpp>

#include "runtime/cuda/counting_allocator.hpp"
#include "runtime/cuda/gpu_test.hpp"
#include "runtime/cuda/upload_rows.hpp"

namespace cuvae {
namespace {

using cuda::LossSums;
using cuda::StepRange;
using cuda::TrainingLength;

class LaunchPipeline : public GpuTest {};
class UploadRows : public GpuTest {};

// What the "kernels" make the losses of.
struct Losses {
  float reconstruction;
  float kl;
};

class StoppedMonitor : public Monitor {
 public:
  void progress(std::string_view, std::uint64_t done, std::uint64_t) override { last = done; }
  bool cancelled() const override { return last >= stop_at; }
  std::uint64_t last = 0;
  std::uint64_t stop_at = ~std::uint64_t{0};
};

// Runs with losses that tell the steps apart; gives the sums of the epochs.
std::vector<LossSums> run(const TrainingLength& length, Monitor& monitor,
                          std::vector<StepRange>& ranges, const CudaAllocator& allocator = {}) {
  cuda::LaunchPipeline<Losses> pipeline(length, allocator, monitor);
  std::vector<LossSums> sums;
  float next = 1;
  pipeline.run(
      [&](const StepRange& range, std::span<Losses> steps) {
        EXPECT_EQ(steps.size(), range.count);
        ranges.push_back(range);
        for (Losses& step : steps) step = {next++, 0.5F};
      },
      [&](const StepRange& range, const Losses* steps, float* losses) {
        CUVAE_CUDA(cudaMemcpyAsync(losses, steps, range.count * sizeof(Losses),
                                   cudaMemcpyDeviceToDevice, pipeline.stream()));
      },
      [&](std::uint32_t epoch, std::uint32_t step, double reconstruction, double kl) {
        EXPECT_EQ(epoch * length.steps_per_epoch() + step + 1, reconstruction);
        EXPECT_EQ(kl, 0.5);
      },
      [&](std::uint32_t epoch, const LossSums& of_epoch) {
        EXPECT_EQ(epoch, sums.size());
        sums.push_back(of_epoch);
      });
  return sums;
}

TEST_F(LaunchPipeline, EveryStepOnceInOrder) {
  for (const std::uint32_t rows : {1U, 10U, 99U, 100U}) {
    for (const std::uint32_t steps_per_launch : {0U, 1U, 3U, 1000U}) {
      // Without a number of steps, launches of four.
      const TrainingLength length{rows, 10, 3, steps_per_launch, 49};
      const std::uint32_t steps = (rows + 9) / 10;
      StoppedMonitor monitor;
      std::vector<StepRange> ranges;
      const std::vector<LossSums> sums = run(length, monitor, ranges);
      std::uint32_t next = 0;
      for (const StepRange& range : ranges) {
        EXPECT_EQ(range.epoch * steps + range.first, next);
        EXPECT_LE(range.count, steps_per_launch == 0 ? 4 : steps_per_launch);
        EXPECT_LE(range.first + range.count, steps);
        next += range.count;
      }
      EXPECT_EQ(next, 3 * steps);
      EXPECT_EQ(monitor.last, 3 * std::uint64_t{rows});
      ASSERT_EQ(sums.size(), 3U);
      for (std::uint32_t epoch = 0; epoch < 3; ++epoch) {
        const double first = epoch * steps + 1;
        EXPECT_EQ(sums[epoch].reconstruction, steps * (2 * first + steps - 1) / 2);
        EXPECT_EQ(sums[epoch].kl, 0.5 * steps);
      }
    }
  }
}

TEST_F(LaunchPipeline, StopsWhenAskedAndReleasesEverything) {
  CountingAllocator allocator;
  StoppedMonitor monitor;
  monitor.stop_at = 500;
  std::vector<StepRange> ranges;
  try {
    run({100, 10, 1000, 2, 0}, monitor, ranges, allocator.hook());
    FAIL() << "it did not stop";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::interrupted);
  }
  EXPECT_LT(monitor.last, 1000U);
  EXPECT_TRUE(allocator.out.empty());
}

TEST_F(UploadRows, InPiecesOfAnySize) {
  constexpr std::uint64_t rows = 57;
  constexpr std::size_t row_bytes = 16;
  std::vector<std::uint8_t> data(rows * row_bytes);
  std::iota(data.begin(), data.end(), std::uint8_t{0});
  const cuda::Stream stream;
  Monitor quiet;
  for (const std::size_t piece_bytes : {std::size_t{1}, std::size_t{50}, std::size_t{1} << 20}) {
    const cuda::DeviceArray<std::byte> device(data.size(), stream.get(), {}, "a test");
    std::uint64_t next = 0;
    cuda::upload_rows(
        device.get(), {rows, row_bytes, piece_bytes, "a test"},
        [&](std::uint64_t first, std::uint64_t count, std::byte* buffer) {
          EXPECT_EQ(first, next);
          EXPECT_LE(count, std::max<std::size_t>(piece_bytes / row_bytes, 1));
          next += count;
          std::memcpy(buffer, data.data() + first * row_bytes, count * row_bytes);
        },
        stream, quiet);
    EXPECT_EQ(next, rows);
    std::vector<std::uint8_t> back(data.size());
    CUVAE_CUDA(cudaMemcpy(back.data(), device.get(), back.size(), cudaMemcpyDeviceToHost));
    EXPECT_EQ(back, data);
  }
}

}  // namespace
}  // namespace cuvae
