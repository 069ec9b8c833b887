// The whole back end: the same network as the plain loops and the CPU give, however the steps and
// the table reach the GPU; progress, losses and interruption on the way.
#include "models/published/cuda/backend.hpp"

#include <algorithm>
#include <functional>

#include <cuvae/error.hpp>

#include "models/published/cuda/trainer.hpp"
#include "models/tokens/cuda/backend.hpp"
#include "published/random_matrix.hpp"
#include "published/wanted_rows.hpp"
#include "runtime/cuda/counting_allocator.hpp"
#include "runtime/cuda/gpu_test.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

using cuda::Launcher;
using cuda::TrainTuning;

class BackendTraining : public GpuTest {};

TrainSettings options_of(std::uint32_t epochs, std::uint32_t batch_size) {
  TrainSettings options;
  options.epochs = epochs;
  options.batch_size = batch_size;
  options.seed = 21;
  return options;
}

// What a monitor hears.
class Listener : public Monitor {
 public:
  void progress(std::string_view stage, std::uint64_t done, std::uint64_t total) override {
    EXPECT_EQ(stage, "train");
    EXPECT_GT(done, last);
    EXPECT_LE(done, total);
    last = done;
    asked = total;
    if (on_progress) on_progress();
  }
  bool cancelled() const override { return stop; }

  std::function<void()> on_progress;
  std::uint64_t last = 0;
  std::uint64_t asked = 0;
  bool stop = false;
};

PublishedNetwork train_on_gpu(const Matrix& data, const TrainSettings& options,
                              const TrainTuning& tuning, Monitor& monitor,
                              const CudaAllocator& allocator = {},
                              const cuda::OnEpoch& on_epoch = {}) {
  cuda::PublishedTrainer trainer(0, data, options, tuning, allocator, monitor);
  return trainer.run(on_epoch);
}

void expect_same(const PublishedNetwork& wanted, const PublishedNetwork& network) {
  ASSERT_EQ(network.shape, wanted.shape);
  ASSERT_EQ(network.parameters.size(), wanted.parameters.size());
  for (std::size_t p = 0; p < wanted.parameters.size(); ++p) {
    ASSERT_EQ(ScalarOps::to_bits(network.parameters[p]), ScalarOps::to_bits(wanted.parameters[p]))
        << "parameter " << p;
  }
  EXPECT_EQ(network.history, wanted.history);
}

TEST_F(BackendTraining, SameBitsAsPlainLoopsAndCpu) {
  const Matrix data = test::random_matrix(501, 15, 1);
  for (const Loss loss : {Loss::bce_kl, Loss::mse}) {
    TrainSettings options = options_of(2, 200);
    options.loss = loss;
    const PublishedNetwork wanted = plain::train(data, options);
    Monitor quiet;
    expect_same(wanted, CudaPublishedBackend(0).train(data, options, quiet));
    expect_same(wanted, make_cpu_published_backend(1)->train(data, options, quiet));
  }
}

TEST_F(BackendTraining, AnyShapeOfTable) {
  Monitor quiet;
  for (const std::uint32_t columns : {1U, 16U, 17U, 64U}) {
    for (const std::uint32_t rows : {1U, 33U}) {
      const Matrix data = test::random_matrix(rows, columns, columns);
      const TrainSettings options = options_of(2, 20);
      expect_same(plain::train(data, options), CudaPublishedBackend(0).train(data, options, quiet));
    }
  }
}

// Networks of several shapes at a time, each from a thread of its own.
TEST_F(BackendTraining, SeveralAtATime) {
  const TrainSettings options = options_of(2, 20);
  const std::uint32_t columns[] = {15, 17, 40};
  std::vector<PublishedNetwork> networks(std::size(columns));
  run_on_threads(std::size(columns), [&](unsigned thread) {
    Monitor quiet;
    const Matrix data = test::random_matrix(101, columns[thread], thread);
    networks[thread] = CudaPublishedBackend(0).train(data, options, quiet);
  });
  for (std::size_t i = 0; i < networks.size(); ++i) {
    const Matrix data = test::random_matrix(101, columns[i], static_cast<std::uint32_t>(i));
    expect_same(plain::train(data, options), networks[i]);
  }
}

TEST_F(BackendTraining, AutomaticPassesByAGpuThatTakesNoSuchShape) {
  EXPECT_TRUE(CudaPublishedBackend(0).trains({64, {12, 10}, 4}));
  EXPECT_FALSE(CudaPublishedBackend(0).trains({65, {12, 10}, 4}));
  EXPECT_EQ(backend_to_train<PublishedKind>({}, {64, {12, 10}, 4})->info().id, "cuda:0");
  EXPECT_EQ(backend_to_train<PublishedKind>({}, {65, {12, 10}, 4})->info().id, "cpu");
  Monitor quiet;
  const Matrix data = test::random_matrix(20, 65, 3);
  const TrainSettings options = options_of(1, 20);
  expect_same(plain::train(data, options), train_published(data, options, {}, quiet));
}

TEST_F(BackendTraining, HoweverItReachesTheGpu) {
  const Matrix data = test::random_matrix(333, 15, 2);
  const TrainSettings options = options_of(3, 25);  // 14 steps, the last short
  const PublishedNetwork wanted = plain::train(data, options);
  for (const Launcher launcher : {Launcher::automatic, Launcher::block, Launcher::graph}) {
    for (const std::uint32_t steps_per_launch : {1U, 7U, 0U}) {
      for (const std::size_t upload_bytes : {std::size_t{1}, std::size_t{1000}}) {
        TrainTuning tuning;
        tuning.launcher.launcher = launcher;
        tuning.steps_per_launch = steps_per_launch;
        tuning.upload_bytes = upload_bytes;
        Listener listener;
        std::vector<EpochLoss> losses;
        expect_same(wanted, train_on_gpu(data, options, tuning, listener, {},
                                         [&](std::uint32_t epoch, const EpochLoss& loss) {
                                           EXPECT_EQ(epoch, losses.size());
                                           losses.push_back(loss);
                                         }));
        EXPECT_EQ(losses, wanted.history);
        EXPECT_EQ(listener.last, 3U * 333U);
        EXPECT_EQ(listener.asked, 3U * 333U);
        ASSERT_FALSE(HasFailure()) << steps_per_launch << " steps a launch";
      }
    }
  }
}

TEST_F(BackendTraining, StopsWhenAskedAndReleasesEverything) {
  const Matrix data = test::random_matrix(100, 15, 3);
  CountingAllocator allocator;
  Listener listener;
  listener.on_progress = [&] {
    EXPECT_GT(allocator.out.size(), 2U);
    listener.stop = listener.last >= 300;
  };
  TrainTuning tuning;
  tuning.steps_per_launch = 2;
  try {
    train_on_gpu(data, options_of(1000, 10), tuning, listener, allocator.hook());
    FAIL() << "it did not stop";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::interrupted);
  }
  EXPECT_LT(listener.last, 1000U);
  EXPECT_TRUE(allocator.out.empty());
}

TEST_F(BackendTraining, ReleasesEverythingWhenMemoryIsShort) {
  const Matrix data = test::random_matrix(100, 15, 3);
  for (std::size_t allowed = 0; allowed < 4; ++allowed) {
    CountingAllocator allocator;
    allocator.left = allowed;
    Monitor quiet;
    try {
      train_on_gpu(data, options_of(1, 10), {}, quiet, allocator.hook());
      FAIL() << allowed << " allocations were enough";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::runtime);
      EXPECT_NE(std::string(error.what()).find("bytes asked for"), std::string::npos);
    }
    EXPECT_TRUE(allocator.out.empty()) << allowed;
  }
}

TEST_F(BackendTraining, ThroughTheSeam) {
  const std::unique_ptr<PublishedBackend> backend = make_cuda_published_backend(0);
  EXPECT_EQ(backend->info().id, "cuda:0");
  EXPECT_THROW(make_cuda_published_backend(99), Error);
  const PublishedNetwork network = random_network({});
  const std::vector<ColumnCoding> codings = mixed_codings(15);
  const ScaledOutput output(codings);
  const auto on_gpu = backend->generator(network, output, {5, 0, 3000, 1, 1000});
  const auto on_cpu =
      make_cpu_published_backend(1)->generator(network, output, {5, 0, 3000, 1, 1000});
  for (std::uint64_t first = 0; first < 3000; first += 1000) {
    const RowBlock& a = on_gpu->codes(0, first, 1000);
    const RowBlock& b = on_cpu->codes(0, first, 1000);
    for (std::size_t c = 0; c < codings.size(); ++c) {
      ASSERT_EQ(std::memcmp(a.columns[c], b.columns[c], std::size_t{1000} * codings[c].width), 0)
          << "column " << c;
    }
  }
}

}  // namespace
}  // namespace cuvae
