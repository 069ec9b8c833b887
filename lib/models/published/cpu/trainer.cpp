#include "models/published/cpu/trainer.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <exception>
#include <thread>
#include <vector>

#include "kernels/arithmetic/adam.hpp"
#include "kernels/published/reference.hpp"
#include "models/loss_watch.hpp"
#include "models/published/cpu/kernels.hpp"
#include "runtime/simd/aligned_floats.hpp"
#include "support/team.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

std::size_t round_up(std::size_t count, std::size_t multiple) {
  return (count + multiple - 1) / multiple * multiple;
}

// One thread's share: a copy of the model and the numbers of its part of a batch.
struct Worker {
  Worker(const TrainingPlan& plan, const PublishedKernels& kernels,
         const std::vector<float>& parameters, const TrainSettings& settings)
      : count_(padded(plan.parameters)),
        parameters_(aligned_floats(padded(plan.parameters))),
        transposed_(aligned_floats(padded(plan.parameters))),
        moment_1_(aligned_floats(padded(plan.parameters))),
        moment_2_(aligned_floats(padded(plan.parameters))),
        total(aligned_floats(plan.sums_stride)),
        scratch(aligned_floats(kernels.training_scratch(plan))),
        step_sizes(settings.learning_rate),
        model{parameters_.get(), transposed_.get(), moment_1_.get(), moment_2_.get()} {
    std::copy(parameters.begin(), parameters.end(), parameters_.get());
    for (const Layer& layer : plan.layers) {
      for (std::uint32_t i = 0; i < layer.inputs; ++i) {
        for (std::uint32_t j = 0; j < layer.outputs; ++j) {
          transposed_[layer.offset + std::size_t{j} * layer.inputs + i] =
              parameters[layer.offset + std::size_t{i} * layer.outputs + j];
        }
      }
    }
    for (auto& numbers : row_numbers) numbers.resize(round_up(settings.batch_size, segment_rows));
  }

  // Takes over another worker's model: this one may have stayed behind.
  void follow(const Worker& leader) {
    std::copy_n(leader.parameters_.get(), count_, parameters_.get());
    std::copy_n(leader.transposed_.get(), count_, transposed_.get());
    std::copy_n(leader.moment_1_.get(), count_, moment_1_.get());
    std::copy_n(leader.moment_2_.get(), count_, moment_2_.get());
    step_sizes = leader.step_sizes;
  }

 private:
  std::size_t count_;
  AlignedFloats parameters_;
  AlignedFloats transposed_;
  AlignedFloats moment_1_;
  AlignedFloats moment_2_;

 public:
  AlignedFloats total;
  AlignedFloats scratch;
  AdamSteps step_sizes;
  ModelCopy model;
  std::vector<std::uint32_t> row_numbers[2];  // of this step and the next, whole segments
};

class CpuTrainer {
 public:
  CpuTrainer(const Matrix& data, const TrainSettings& settings, SimdLevel level, unsigned threads,
             Monitor& monitor)
      : settings_(settings),
        kernels_(published_kernels(level)),
        monitor_(monitor),
        groups_(lane_count / kernels_.lanes),
        rows_(static_cast<std::uint32_t>(data.rows())),
        batch_size_(std::min(settings.batch_size, rows_)),
        steps_((rows_ + batch_size_ - 1) / batch_size_),
        batch_groups_(round_up(batch_size_, segment_rows) / segment_rows * groups_),
        threads_(useful_threads(threads)),
        barrier_(threads_) {
    network_.shape = {data.columns(), settings.hidden, settings.latent};
    const auto layers = layers_of(network_.shape);
    std::copy(layers.begin(), layers.end(), plan_.layers);
    plan_.columns = data.columns();
    plan_.latent = settings.latent;
    plan_.parameters = parameter_count(network_.shape);
    plan_.sums_stride = padded(plan_.parameters + 2) + widest_vector;
    plan_.data = data.row(0);
    plan_.stride = data.stride();
    plan_.keys = philox_keys(settings.seed);
    plan_.loss = settings.loss;
    const std::vector<float> parameters = plain::initial_parameters(network_.shape, settings.seed);
    for (unsigned thread = 0; thread < threads_; ++thread) {
      workers_.emplace_back(plan_, kernels_, parameters, settings);
    }
    for (AlignedFloats& sums : sums_) sums = aligned_floats(batch_groups_ * plan_.sums_stride);
  }

  // A thread with less than two vectors of rows to work on waits longer than it works.
  unsigned useful_threads(unsigned asked) const {
    constexpr std::size_t fewest_vectors = 2;
    const std::size_t vectors = (batch_size_ + kernels_.lanes - 1) / kernels_.lanes;
    return static_cast<unsigned>(std::min(
        {std::size_t{asked}, batch_groups_, std::max<std::size_t>(vectors / fewest_vectors, 1)}));
  }

  PublishedNetwork run() {
    for (std::uint32_t epoch = 0; epoch < settings_.epochs && !failure_; ++epoch) {
      const unsigned team = Clock::now() < alone_until_ ? 1 : threads_;
      for (unsigned thread = 1; thread < team; ++thread) workers_[thread].follow(workers_[0]);
      run_on_threads(team, [&](unsigned thread) { run_epoch(epoch, thread, team); });
    }
    if (failure_) std::rethrow_exception(failure_);
    const float* parameters = workers_[0].model.parameters;
    network_.parameters.assign(parameters, parameters + plan_.parameters);
    return std::move(network_);
  }

 private:
  const TrainSettings& settings_;
  const PublishedKernels& kernels_;
  Monitor& monitor_;
  std::uint32_t groups_;
  std::uint32_t rows_;
  std::uint32_t batch_size_;
  std::uint32_t steps_;       // in an epoch
  std::size_t batch_groups_;  // lane groups of a full batch
  unsigned threads_;
  SpinBarrier barrier_;
  TrainingPlan plan_{};
  std::vector<Worker> workers_;
  AlignedFloats
      sums_[2];  // of the lane groups, for odd and even steps: one barrier a step is enough
  PublishedNetwork network_;
  std::exception_ptr failure_;
  // What thread 0 wants of all, for odd and even steps.
  enum class Order { go_on, stop, alone };
  std::atomic<Order> orders_[2] = {Order::go_on, Order::go_on};
  std::atomic<unsigned> long_waits_{0};  // since the last look
  Clock::time_point alone_until_{};

  void run_epoch(std::uint32_t epoch, unsigned thread, unsigned team) {
    const Pinned pinned(thread, team);
    Worker& worker = workers_[thread];
    const Shuffle shuffle = make_shuffle(rows_, settings_.seed, epoch);
    double reconstruction = 0;
    double kl_terms = 0;
    find_rows(thread, team, shuffle, 0, worker.row_numbers[0]);
    for (std::uint32_t step = 0; step < steps_; ++step) {
      const unsigned parity = step % 2;
      const bool another = step + 1 < steps_;
      const Clock::time_point started = Clock::now();
      if (another) find_rows(thread, team, shuffle, step + 1, worker.row_numbers[1 - parity]);
      const std::size_t groups = add_batch(worker, thread, team, epoch, step, another);
      Order order = thread == 0 ? order_of(epoch, step, team) : Order::go_on;
      if (team > 1) {
        if (thread == 0) orders_[parity].store(order);
        note_wait(barrier_.wait(), Clock::now() - started);
        order = orders_[parity].load();
      }
      if (order == Order::stop || (order == Order::alone && thread != 0)) return;
      kernels_.update(plan_, sums_[parity].get(), groups, worker.step_sizes.next(), worker.model,
                      worker.total.get());
      const auto step_reconstruction = static_cast<double>(worker.total[plan_.parameters]);
      const auto step_kl = static_cast<double>(worker.total[plan_.parameters + 1]);
      // All threads have the same totals, and stop together.
      if (!std::isfinite(step_reconstruction) || !std::isfinite(step_kl)) {
        if (thread == 0) {
          guarded(
              [&] { check_losses(step_reconstruction, step_kl, epoch, step, steps_, settings_); });
        }
        return;
      }
      reconstruction += step_reconstruction;
      kl_terms += step_kl;
      if (order == Order::alone && team > 1) {
        team = 1;
        if (another) find_rows(thread, team, shuffle, step + 1, worker.row_numbers[1 - parity]);
      }
    }
    if (thread == 0) end_epoch(epoch, reconstruction, kl_terms);
  }

  // Where other programs want the same processors, a team waits a time slice at every step, and one
  // thread alone is faster. That shows in waits far longer than the work was.
  void note_wait(Clock::duration waited, Clock::duration work_and_wait) {
    constexpr auto long_wait = std::chrono::microseconds(200);
    if (waited > long_wait && waited > 2 * (work_and_wait - waited)) long_waits_.fetch_add(1);
  }

  std::uint32_t batch_rows(std::uint32_t step) const {
    return std::min(batch_size_, rows_ - step * batch_size_);
  }
  static std::size_t segments_of(std::uint32_t rows) {
    return (rows + segment_rows - 1) / segment_rows;
  }

  // Units [first, last) of the batch are this thread's.
  static std::size_t first_group_of(std::size_t groups, unsigned thread, unsigned team) {
    return groups * thread / team;
  }

  // The row numbers of this thread's segments of a batch.
  void find_rows(unsigned thread, unsigned team, const Shuffle& shuffle, std::uint32_t step,
                 std::vector<std::uint32_t>& out) const {
    const std::uint32_t rows = batch_rows(step);
    const std::size_t groups = segments_of(rows) * groups_;
    const std::uint32_t start = step * batch_size_;
    const std::size_t first = first_group_of(groups, thread, team) / groups_ * segment_rows;
    const std::size_t last =
        round_up(first_group_of(groups, thread + 1, team), groups_) / groups_ * segment_rows;
    const std::size_t end = std::min<std::size_t>(last, round_up(rows, lane_count));
    for (std::size_t r = first; r < end; r += kernels_.lanes) {
      kernels_.shuffled_rows(shuffle, start + static_cast<std::uint32_t>(r), start + rows,
                             out.data() + r);
    }
  }

  // This thread's sums of a batch. Returns the number of lane groups of the batch.
  std::size_t add_batch(Worker& worker, unsigned thread, unsigned team, std::uint32_t epoch,
                        std::uint32_t step, bool another) {
    const unsigned parity = step % 2;
    const std::uint32_t rows = batch_rows(step);
    const std::size_t groups = segments_of(rows) * groups_;
    const std::size_t last = first_group_of(groups, thread + 1, team);
    SegmentPart part{};
    part.epoch = epoch;
    part.scale = loss_scale(rows, plan_.columns, plan_.latent,
                            plan_.loss == Loss::bce_kl ? settings_.kl_weight : 0.0F);
    for (std::size_t group = first_group_of(groups, thread, team); group < last;) {
      const std::size_t segment = group / groups_;
      const std::size_t offset = segment * segment_rows;
      part.row_numbers = worker.row_numbers[parity].data() + offset;
      part.next_row_numbers = another ? worker.row_numbers[1 - parity].data() + offset : nullptr;
      part.rows = std::min<std::uint32_t>(segment_rows, rows - static_cast<std::uint32_t>(offset));
      part.first_group = static_cast<std::uint32_t>(group % groups_);
      part.groups = static_cast<std::uint32_t>(
          std::min<std::size_t>(groups_ - part.first_group, last - group));
      kernels_.gradient(plan_, worker.model, part, worker.scratch.get(),
                        sums_[parity].get() + group * plan_.sums_stride);
      group += part.groups;
    }
    return groups;
  }

  // On thread 0, before the barrier: everybody sees the order behind it.
  Order order_of(std::uint32_t epoch, std::uint32_t step, unsigned team) {
    constexpr std::uint32_t steps_between_looks = 16;
    constexpr std::uint32_t steps_between_reports = 64;
    constexpr unsigned too_many_long_waits = 4;
    constexpr auto time_alone = std::chrono::seconds(1);
    if (step % steps_between_reports == 0 && !guarded([&] {
          monitor_.check();
          monitor_.progress("train",
                            std::uint64_t{epoch} * rows_ + std::uint64_t{step} * batch_size_,
                            std::uint64_t{rows_} * settings_.epochs);
        })) {
      return Order::stop;
    }
    if (team > 1 && step % steps_between_looks == 0 &&
        long_waits_.exchange(0) >= too_many_long_waits) {
      alone_until_ = Clock::now() + time_alone;
      return Order::alone;
    }
    return Order::go_on;
  }

  void end_epoch(std::uint32_t epoch, double reconstruction, double kl_terms) {
    const auto rows = static_cast<double>(rows_);
    network_.history.push_back(
        {reconstruction / (rows * plan_.columns), -0.5 * kl_terms / (rows * plan_.latent)});
    guarded([&] {
      monitor_.epoch({epoch + 1, settings_.epochs, network_.history.back()});
      monitor_.progress("train", std::uint64_t{epoch + 1} * rows_,
                        std::uint64_t{rows_} * settings_.epochs);
    });
  }

  // The other threads can't be left waiting: an exception is kept until all have stopped.
  template <class F>
  bool guarded(F&& f) {
    try {
      f();
      return true;
    } catch (...) {
      failure_ = std::current_exception();
      return false;
    }
  }
};

}  // namespace

PublishedNetwork train_on_cpu(const Matrix& data, const TrainSettings& settings, SimdLevel level,
                              unsigned threads, Monitor& monitor) {
  return CpuTrainer(data, settings, level, threads, monitor).run();
}

}  // namespace cuvae
