// The SIMD back end against the plain loops, bit by bit, for every SIMD level and thread count.
#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>
#include <string>

#include "kernels/published/reference.hpp"
#include "models/published/cpu/trainer.hpp"
#include "random_matrix.hpp"

namespace cuvae {
namespace {

void expect_same_bits(const PublishedNetwork& got, const PublishedNetwork& wanted,
                      const std::string& what) {
  ASSERT_EQ(got.parameters.size(), wanted.parameters.size()) << what;
  for (std::size_t p = 0; p < wanted.parameters.size(); ++p) {
    ASSERT_EQ(got.parameters[p], wanted.parameters[p]) << what << ", parameter " << p;
    ASSERT_FALSE(std::isnan(got.parameters[p])) << what << ", parameter " << p;
  }
  EXPECT_EQ(got.history, wanted.history) << what;
}

void expect_parity(const Matrix& data, const TrainSettings& options, const std::string& what) {
  const PublishedNetwork wanted = plain::train(data, options);
  Monitor quiet;
  for (const SimdLevel level : available_simd_levels()) {
    for (const unsigned threads : {1U, 2U, 3U, 5U}) {
      expect_same_bits(train_on_cpu(data, options, level, threads, quiet), wanted,
                       what + ", " + to_string(level) + ", threads " + std::to_string(threads));
    }
  }
}

TrainSettings options_of(std::uint32_t batch_size, std::uint32_t epochs = 2) {
  TrainSettings options;
  options.batch_size = batch_size;
  options.epochs = epochs;
  options.seed = 0x123456789ABCDEFULL;
  return options;
}

TEST(Train, PublishedShapeAtOddSizes) {
  for (const std::uint64_t rows : {1, 2, 31, 32, 33, 499, 500, 501, 513}) {
    expect_parity(test::random_matrix(rows, 15, 1), options_of(500),
                  "rows " + std::to_string(rows));
  }
}

TEST(Train, BatchSizes) {
  const Matrix data = test::random_matrix(1300, 15, 2);
  for (const std::uint32_t batch_size : {1, 7, 16, 32, 100, 512, 600, 1100, 4096}) {
    TrainSettings options = options_of(batch_size, 1);
    if (batch_size == 1) options.epochs = 1;
    expect_parity(data, options, "batch size " + std::to_string(batch_size));
  }
}

TEST(Train, ColumnCounts) {
  for (const std::uint32_t columns : {1, 2, 3, 8, 14, 16, 17, 33, 64, 65, 130}) {
    expect_parity(test::random_matrix(333, columns, 3), options_of(150, 1),
                  "columns " + std::to_string(columns));
  }
}

TEST(Train, HiddenWidthsAndLatents) {
  const Matrix data = test::random_matrix(200, 9, 4);
  for (const auto& [first, second, latent] :
       {std::array<std::uint32_t, 3>{1, 1, 1}, {16, 7, 3}, {64, 64, 16}, {13, 31, 5}, {5, 6, 9}}) {
    TrainSettings options = options_of(90);
    options.hidden = {first, second};
    options.latent = latent;
    expect_parity(data, options,
                  "hidden " + std::to_string(first) + "," + std::to_string(second) + ", latent " +
                      std::to_string(latent));
  }
}

TEST(Train, Losses) {
  const Matrix data = test::random_matrix(700, 15, 5);
  TrainSettings options = options_of(300);
  options.loss = Loss::mse;
  expect_parity(data, options, "squared error");
  options.loss = Loss::bce_kl;
  options.kl_weight = 0.01F;
  options.learning_rate = 0.01F;
  expect_parity(data, options, "KL weight 0.01");
}

TEST(Train, SeedChangesEverything) {
  const Matrix data = test::random_matrix(100, 15, 6);
  Monitor quiet;
  TrainSettings options = options_of(50, 1);
  const PublishedNetwork one = train_on_cpu(data, options, SimdLevel::scalar, 1, quiet);
  options.seed += 1;
  const PublishedNetwork other = train_on_cpu(data, options, SimdLevel::scalar, 1, quiet);
  EXPECT_NE(one.parameters, other.parameters);
}

TEST(Train, CallsBackAfterEachEpochWithItsLoss) {
  const Matrix data = test::random_matrix(100, 15, 7);
  class Listener final : public Monitor {
   public:
    void epoch(const EpochReport& report) override {
      seen.push_back(report.loss);
      EXPECT_EQ(report.epoch, seen.size());
      EXPECT_EQ(report.epochs, 4U);
    }
    std::vector<EpochLoss> seen;
  } listener;
  const PublishedNetwork network =
      train_on_cpu(data, options_of(30, 4), available_simd_levels().back(), 2, listener);
  EXPECT_EQ(listener.seen.size(), 4U);
  EXPECT_EQ(listener.seen, network.history);
}

// Stops after a number of polls.
class Impatient final : public Monitor {
 public:
  explicit Impatient(int polls) : left_(polls) {}
  bool cancelled() const override { return left_.fetch_sub(1) <= 0; }

 private:
  mutable std::atomic<int> left_;
};

TEST(Train, CancellingStopsAllThreads) {
  const Matrix data = test::random_matrix(2000, 15, 8);
  for (const unsigned threads : {1U, 2U, 4U}) {
    Impatient monitor(3);
    try {
      train_on_cpu(data, options_of(600, 100000), available_simd_levels().back(), threads, monitor);
      FAIL() << "not cancelled";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::interrupted);
    }
  }
}

TEST(Train, AnExceptionOfTheCallbackComesOut) {
  const Matrix data = test::random_matrix(100, 15, 9);
  class Thrower final : public Monitor {
   public:
    void epoch(const EpochReport&) override { throw std::range_error("x"); }
  } thrower;
  EXPECT_THROW(train_on_cpu(data, options_of(30, 4), available_simd_levels().back(), 2, thrower),
               std::range_error);
}

}  // namespace
}  // namespace cuvae
