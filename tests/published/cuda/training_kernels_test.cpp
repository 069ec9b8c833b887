// Every form of training on the GPU gives the same bits as plain loops do: parameters, moments and
// the losses of each step.
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include <cuvae/error.hpp>

#include "step_comparison.hpp"

namespace cuvae::cuda {
namespace {

struct Form {
  std::string name;
  Run run;
};

bool has_clusters() {
  DeviceLimits limits;
  EXPECT_EQ(device_limits(0, limits), cudaSuccess);
  return limits.max_cluster_size > 1;
}

std::vector<Form> every_form() {
  std::vector<Form> forms;
  const auto add = [&](const std::string& name, Launcher launcher, std::uint32_t cluster_size,
                       bool replay) {
    Run run;
    run.choice = {launcher, cluster_size};
    run.replay = replay;
    forms.push_back({name, run});
  };
  add("graph", Launcher::graph, 0, false);
  add("replayed graph", Launcher::graph, 0, true);
  add("block", Launcher::block, 0, false);
  DeviceLimits limits;
  EXPECT_EQ(device_limits(0, limits), cudaSuccess);
  for (std::uint32_t size = 2; size <= limits.max_cluster_size; size *= 2) {
    add("cluster of " + std::to_string(size), Launcher::cluster, size, false);
  }
  return forms;
}

void expect_equal_in_every_form(const Problem& problem) {
  const Trained expected = train_plainly(problem);
  for (const Form& form : every_form()) {
    SCOPED_TRACE(form.name);
    expect_equal(expected, train_on_device(problem, form.run));
  }
}

Problem published(std::uint32_t rows, std::uint32_t batch_size) {
  Problem problem;
  problem.rows = rows;
  problem.batch_size = batch_size;
  return problem;
}

class Rows : public testing::TestWithParam<std::uint32_t> {};

TEST_P(Rows, OfOneBatch) {
  Problem problem = published(GetParam(), 1'100);
  problem.epochs = 2;
  expect_equal_in_every_form(problem);
}

INSTANTIATE_TEST_SUITE_P(Odd, Rows, testing::Values(1, 31, 33, 499, 501, 512, 513));

class Batches : public testing::TestWithParam<std::uint32_t> {};

TEST_P(Batches, TheLastIsShort) {
  expect_equal_in_every_form(published(2 * GetParam() + 7, GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Sizes, Batches, testing::Values(1, 32, 500, 1'100, 2'100));

class Columns : public testing::TestWithParam<std::uint32_t> {};

TEST_P(Columns, AnyNumber) {
  Problem problem = published(70, 33);
  problem.shape.columns = GetParam();
  for (const Loss loss : {Loss::bce_kl, Loss::mse}) {
    SCOPED_TRACE(loss == Loss::mse ? "mse" : "bce_kl");
    problem.loss = loss;
    expect_equal_in_every_form(problem);
  }
}

INSTANTIATE_TEST_SUITE_P(Odd, Columns, testing::Values(1, 2, 14, 15, 16, 17, 33, 64, 65, 130));

TEST(Shapes, OddWidths) {
  for (const PublishedShape shape :
       {PublishedShape{15, {12, 10}, 1}, PublishedShape{15, {12, 10}, 5},
        PublishedShape{15, {1, 1}, 2}, PublishedShape{3, {33, 7}, 6},
        PublishedShape{20, {64, 64}, 16}, PublishedShape{5, {8, 16}, 3}}) {
    SCOPED_TRACE(std::to_string(shape.hidden[0]) + " " + std::to_string(shape.hidden[1]) + " " +
                 std::to_string(shape.latent));
    Problem problem = published(50, 20);
    problem.shape = shape;
    expect_equal_in_every_form(problem);
  }
}

TEST(Shapes, TheLargestFused) {
  Problem problem = published(45, 40);
  problem.shape = {64, {64, 64}, 16};
  expect_equal_in_every_form(problem);
}

TEST(Losses, SquaredErrorAndWeightOfKl) {
  Problem problem = published(100, 64);
  problem.loss = Loss::mse;
  expect_equal_in_every_form(problem);
  problem.loss = Loss::bce_kl;
  problem.kl_weight = 0.25F;
  expect_equal_in_every_form(problem);
}

TEST(Launches, AnyNumberOfStepsEach) {
  Problem problem = published(8 * 32 + 5, 32);
  problem.epochs = 2;
  const Trained expected = train_plainly(problem);
  for (const std::uint32_t steps : {1U, 7U, 0U}) {
    for (Form& form : every_form()) {
      SCOPED_TRACE(form.name + ", steps a launch " + std::to_string(steps));
      form.run.steps_per_launch = steps;
      expect_equal(expected, train_on_device(problem, form.run));
    }
  }
}

TEST(Launches, CapturedInAGraph) {
  for (const PublishedShape shape : {PublishedShape{}, PublishedShape{17, {9, 5}, 3}}) {
    Problem problem = published(3 * 32 + 5, 32);
    problem.shape = shape;
    const Trained expected = train_plainly(problem);
    for (Form& form : every_form()) {
      if (form.run.replay) continue;  // that of a step is a graph in itself
      SCOPED_TRACE(form.name);
      form.run.captured = true;
      form.run.steps_per_launch = 3;
      expect_equal(expected, train_on_device(problem, form.run));
    }
  }
}

// What docs/performance.md says of a step was counted in this test: the launch of ten steps less
// that of one.
TEST(Launches, TenBatchesOf500ThenOne) {
  const Problem problem = published(5'500, 500);
  const Trained expected = train_plainly(problem);
  for (Form& form : every_form()) {
    SCOPED_TRACE(form.name);
    form.run.steps_per_launch = 10;
    expect_equal(expected, train_on_device(problem, form.run));
  }
}

TEST(Launches, LittleSharedMemory) {
  // As much as the smaller cards of compute capability 8.6 and 8.9 have, then less than the state
  // of a network of these widths takes.
  Problem problem = published(600, 550);
  for (const PublishedShape shape : {PublishedShape{}, PublishedShape{33, {40, 20}, 4}}) {
    problem.shape = shape;
    const Trained expected = train_plainly(problem);
    for (const std::size_t bytes : {99U * 1024, 72U * 1024}) {
      for (Form& form : every_form()) {
        SCOPED_TRACE(form.name + ", bytes " + std::to_string(bytes));
        ASSERT_EQ(device_limits(0, form.run.limits), cudaSuccess);
        form.run.limits.shared_bytes_per_block = bytes;
        expect_equal(expected, train_on_device(problem, form.run));
      }
    }
  }
}

TEST(Training, IsThatOfTheDefinition) {
  Problem problem = published(300, 100);
  problem.epochs = 2;
  const std::vector<float> table = problem.table();
  Matrix data(problem.rows, problem.shape.columns);
  ASSERT_EQ(data.stride(), problem.stride());
  std::copy(table.begin(), table.end(), data.row(0));
  TrainSettings options;
  options.epochs = problem.epochs;
  options.batch_size = problem.batch_size;
  options.seed = problem.seed;
  EXPECT_EQ(plain::train(data, options).parameters, train_on_device(problem, {}).state.parameters);
}

DeviceLimits hopper() {
  return {90, 227 * 1024, 16};
}

TEST(Plan, TakesTheLargestClusterThatFits) {
  const TrainPlan plan = plan_training({}, 500, hopper());
  EXPECT_EQ(plan.launcher, Launcher::cluster);
  EXPECT_EQ(plan.cluster_size, 16U);
  EXPECT_TRUE(plan.published);
  EXPECT_EQ(plan.workspace_bytes, 0U);
}

TEST(Plan, WithoutClustersABlock) {
  EXPECT_EQ(plan_training({}, 500, {80, 163 * 1024, 1}).launcher, Launcher::block);
  EXPECT_EQ(plan_training({}, 500, {89, 99 * 1024, 1}).launcher, Launcher::block);
}

TEST(Plan, WhereNothingFitsAGraph) {
  EXPECT_EQ(plan_training({1024, {256, 256}, 64}, 500, hopper()).launcher, Launcher::graph);
  EXPECT_EQ(plan_training({64, {64, 64}, 16}, 500, hopper()).launcher, Launcher::cluster);
}

std::string message_of(const PublishedShape& shape, std::uint32_t batch_size,
                       const DeviceLimits& limits, const LauncherChoice& choice) {
  try {
    plan_training(shape, batch_size, limits, choice);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Plan, NamesTheLimit) {
  const auto contains = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
  };
  EXPECT_TRUE(
      contains(message_of({1024, {256, 256}, 64}, 500, hopper(), {Launcher::block, 0}), "232448"));
  EXPECT_TRUE(contains(message_of({}, 500, hopper(), {Launcher::cluster, 5}), "2, 4, 8 or 16"));
  EXPECT_TRUE(
      contains(message_of({}, 500, {90, 227 * 1024, 8}, {Launcher::cluster, 16}), "at most 8"));
  EXPECT_TRUE(contains(message_of({}, 500, {80, 163 * 1024, 1}, {Launcher::cluster, 0}), "9.0"));
  EXPECT_TRUE(contains(message_of({}, 0, hopper(), {}), "batch"));
  EXPECT_TRUE(contains(message_of({0, {12, 10}, 4}, 500, hopper(), {}), "columns"));
}

TEST(Steps, BeyondTheEpochAreRefused) {
  const TrainPlan plan = plan_training({}, 500, hopper());
  TrainSteps steps;
  steps.stride = 16;
  steps.shuffle = make_shuffle(1000, 1, 0);
  steps.first_step = 1;
  steps.steps = 2;
  EXPECT_THROW(enqueue_steps(plan, steps, nullptr, nullptr), Error);
}

TEST(Clusters, AreTestedWhereTheDeviceHasThem) {
  if (!has_clusters()) GTEST_SKIP() << "this device has no clusters";
  EXPECT_GE(every_form().size(), 4U);
}

}  // namespace
}  // namespace cuvae::cuda
