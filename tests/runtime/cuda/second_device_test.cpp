// A GPU that is not the first. Whatever is done on it leaves the first alone: no context, which
// would take memory there and fail where that GPU belongs to another process. Each part runs on a
// thread of its own, as a new thread is on GPU 0.
#include <exception>
#include <functional>
#include <string>
#include <thread>

#include "evaluate/cuda/evaluation_device.hpp"
#include "kernels/tokens/reference.hpp"
#include "models/published/cuda/backend.hpp"
#include "models/tokens/cuda/backend.hpp"
#include "published/random_matrix.hpp"
#include "published/wanted_rows.hpp"
#include "runtime/cuda/capability.hpp"
#include "runtime/cuda/device_scope.hpp"
#include "runtime/cuda/devices.hpp"
#include "runtime/cuda/gpu_test.hpp"
#include "runtime/cuda/handles.hpp"
#include "tokenizer/tables.hpp"

namespace cuvae {
namespace {

// So many devices there are, or the test is passed over; CUVAE_REQUIRE_DEVICES makes that a
// failure.
bool missing_devices(std::size_t wanted) {
  if (list_cuda_devices().size() >= wanted) return false;
  if (std::getenv("CUVAE_REQUIRE_DEVICES") != nullptr) {
    ADD_FAILURE() << "CUVAE_REQUIRE_DEVICES is set, but there are not " << wanted << " GPUs";
  }
  return true;
}

class SecondDevice : public GpuTest {
 protected:
  void SetUp() override {
    GpuTest::SetUp();
    if (!IsSkipped() && missing_devices(2)) GTEST_SKIP() << "there is one GPU";
  }
};

void on_new_thread(const std::function<void()>& work) {
  std::exception_ptr thrown;
  std::thread([&] {
    try {
      work();
    } catch (...) {
      thrown = std::current_exception();
    }
  }).join();
  if (thrown) std::rethrow_exception(thrown);
}

void expect_first_left_alone(const std::function<void()>& work) {
  on_new_thread(work);
  EXPECT_TRUE(cuda::has_context(1));
  EXPECT_FALSE(cuda::has_context(0)) << "something was done on GPU 0";
}

TEST_F(SecondDevice, ScopeCreatesNoContextWhenItEnds) {
  expect_first_left_alone([] {
    {
      const cuda::DeviceScope scope(1);
      const cuda::Stream stream;
    }
    EXPECT_EQ(cudaGetLastError(), cudaSuccess);
  });
}

TEST_F(SecondDevice, WarmsUpThatDevice) {
  expect_first_left_alone([] { warm_up_cuda(1).get(); });
}

TEST_F(SecondDevice, TrainsThePublishedNetwork) {
  expect_first_left_alone([] {
    const Matrix data = test::random_matrix(301, 15, 1);
    TrainSettings options;
    options.epochs = 2;
    options.batch_size = 100;
    Monitor quiet;
    const PublishedNetwork wanted = make_cpu_published_backend(1)->train(data, options, quiet);
    EXPECT_EQ(CudaPublishedBackend(1).train(data, options, quiet).parameters, wanted.parameters);
  });
}

TEST_F(SecondDevice, GeneratesFromThePublishedNetwork) {
  expect_first_left_alone([] {
    const PublishedNetwork network = random_network({});
    const std::vector<ColumnCoding> codings = mixed_codings(15);
    constexpr std::uint32_t rows = 70;
    const ScaledOutput output(codings);
    const auto generator =
        CudaPublishedBackend(1).generator(network, output, {3, 0, rows, 1, rows});
    const RowBlock block = generator->codes(0, 0, rows);
    for (std::uint32_t row = 0; row < rows; ++row) {
      const std::vector<std::uint32_t> wanted = wanted_row(network, codings, 3, row);
      for (std::size_t c = 0; c < codings.size(); ++c) {
        ASSERT_EQ(cell_of(codings[c], block.columns[c], row), wanted[c]) << row << " " << c;
      }
    }
  });
}

TEST_F(SecondDevice, TrainsAndGeneratesTokens) {
  expect_first_left_alone([] {
    Monitor quiet;
    const Table table = test::mixed_table(150, 20, 1);
    const TokenizedTable coded = tokenize(table, {}, quiet);
    TrainSettings options = recipe_settings(Recipe::best, table.rows);
    options.epochs = 1;
    options.batch_size = 50;
    CudaTokenBackend gpu(1);
    const auto cpu = make_cpu_token_backend(1);
    const TokenNetwork network = gpu.train(coded, options, quiet);
    EXPECT_EQ(network.parameters, cpu->train(coded, options, quiet).parameters);
    const TokenOutput output(make_schema(table), coded.tokenizer);
    constexpr std::uint32_t rows = 70;
    const auto from_gpu = gpu.generator(network, output, {3, 0, rows, 1, rows});
    const auto from_cpu = cpu->generator(network, output, {3, 0, rows, 1, rows});
    const RowBlock got = from_gpu->codes(0, 0, rows);
    const RowBlock wanted = from_cpu->codes(0, 0, rows);
    for (std::size_t c = 0; c < output.codings().size(); ++c) {
      const std::size_t bytes = std::size_t{rows} * output.codings()[c].width;
      EXPECT_EQ(std::memcmp(got.columns[c], wanted.columns[c], bytes), 0) << c;
    }
  });
}

TEST_F(SecondDevice, Evaluates) {
  expect_first_left_alone([] {
    Monitor quiet;
    const Table real = test::mixed_table(150, 20, 1);
    const Table other = test::mixed_table(130, 20, 2);
    SharedProgress steps(quiet, 1000);
    CudaEvaluationDevice gpu(1, 2);
    const auto cpu = make_cpu_evaluation(2);
    const Alignment a = align({&real, &other}, gpu, 2, steps);
    const Alignment b = align({&real, &other}, *cpu, 2, steps);
    for (std::size_t c = 0; c < real.columns.size(); ++c) {
      EXPECT_EQ(a.tables[0].columns[c].bin_counts, b.tables[0].columns[c].bin_counts) << c;
    }
    const std::vector<ColumnPair> pairs{{0, 1}};
    EXPECT_EQ(gpu.compare_categories(a, 1, pairs, steps)[0].similarity,
              cpu->compare_categories(b, 1, pairs, steps)[0].similarity);
  });
}

// What the tests above look at does change when something is done on GPU 0.
TEST_F(SecondDevice, TheFirstIsSeenToBeUsed) {
  on_new_thread([] { const cuda::Stream stream; });
  EXPECT_TRUE(cuda::has_context(0));
}

// Both have a context by now: the thread gets its own back.
TEST_F(SecondDevice, ScopeGivesTheDeviceBack) {
  on_new_thread([] {
    int current = -1;
    CUVAE_CUDA(cudaSetDevice(0));
    {
      const cuda::DeviceScope scope(1);
      CUVAE_CUDA(cudaGetDevice(&current));
      EXPECT_EQ(current, 1);
      const cuda::DeviceScope same(1);
    }
    CUVAE_CUDA(cudaGetDevice(&current));
    EXPECT_EQ(current, 0);
  });
}

TEST(Capability, MachineCodeRunsOnLaterMinorVersions) {
  EXPECT_TRUE(cuda::has_code_for(75, {75}, {}));
  EXPECT_TRUE(cuda::has_code_for(89, {80}, {}));
  EXPECT_FALSE(cuda::has_code_for(80, {86}, {}));
  EXPECT_FALSE(cuda::has_code_for(90, {80, 100}, {}));
  EXPECT_FALSE(cuda::has_code_for(75, {80}, {80}));
}

TEST(Capability, PtxRunsOnAnythingLater) {
  EXPECT_TRUE(cuda::has_code_for(121, {}, {90}));
  EXPECT_TRUE(cuda::has_code_for(90, {}, {90}));
  EXPECT_FALSE(cuda::has_code_for(89, {}, {90}));
  EXPECT_FALSE(cuda::has_code_for(89, {}, {}));
}

}  // namespace
}  // namespace cuvae
