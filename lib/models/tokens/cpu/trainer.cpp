#include "models/tokens/cpu/trainer.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <vector>

#include "kernels/arithmetic/shuffle.hpp"
#include "kernels/tokens/reference.hpp"
#include "kernels/tokens/schedule.hpp"
#include "models/loss_watch.hpp"
#include "models/published/cpu/kernels.hpp"
#include "models/tokens/cpu/network_memory.hpp"
#include "support/team.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

// One thread's own memory.
struct Worker {
  AlignedFloats scratch;
  std::vector<std::uint32_t> row_numbers[2];  // of this step and the next, whole units
  AlignedFloats sums;                         // of a unit of held-out rows
};

// All threads share one model. A step has two parts with a barrier behind each: every thread adds
// up its units' gradients, then every thread updates its piece of the parameters.
class TokenTrainer {
 public:
  TokenTrainer(const TokenizedTable& table, const TrainSettings& settings, SimdLevel level,
               unsigned threads, Monitor& monitor)
      : settings_(settings),
        kernels_(token_kernels(level)),
        monitor_(monitor),
        shape_(token_shape(table.tokenizer, settings)),
        memory_(shape_, plain::initial_parameters(shape_, table.tokenizer, settings.seed)),
        held_out_(static_cast<std::uint32_t>(held_out_rows(settings, table.data.rows()))),
        rows_(static_cast<std::uint32_t>(table.data.rows()) - held_out_),
        batch_size_(std::min(settings.batch_size, rows_)),
        steps_((rows_ + batch_size_ - 1) / batch_size_),
        units_((batch_size_ + unit_rows - 1) / unit_rows),
        threads_(std::min(threads, units_)),
        schedule_(settings, std::uint64_t{steps_} * settings.epochs),
        early_stop_(settings.epochs, steps_),
        barrier_(threads_),
        cuts_(memory_.cuts(threads_)),
        workers_(threads_) {
    memory_.plan().data = table.data.row(0);
    memory_.plan().stride = table.data.stride();
    memory_.plan().keys = philox_keys(settings.seed);
    sums_ = aligned_floats(units_ * memory_.plan().sums_stride);
    for (Worker& worker : workers_) {
      worker.scratch = aligned_floats(kernels_.training_scratch(memory_.plan()));
      for (auto& numbers : worker.row_numbers) numbers.resize(std::size_t{units_} * unit_rows);
      if (held_out_ > 0) worker.sums = aligned_floats(memory_.plan().sums_stride);
    }
    held_out_plan_ = memory_.plan();
    held_out_plan_.data = table.data.row(rows_);
    held_out_losses_.resize((held_out_ + batch_size_ - 1) / batch_size_);
  }

  TokenNetwork run() {
    TokenNetwork network{shape_, {}, {}};
    bool enough = false;
    for (std::uint32_t epoch = 0; epoch < settings_.epochs && !enough && !failure_; ++epoch) {
      run_on_threads(threads_, [&](unsigned thread) {
        run_epoch(epoch, thread);
        if (!failure_) ask_held_out_rows(thread);
      });
      if (!failure_) enough = end_epoch(epoch, network);
    }
    if (failure_) std::rethrow_exception(failure_);
    const float* parameters = memory_.model().parameters;
    network.parameters.assign(parameters, parameters + memory_.layout().space);
    return network;
  }

 private:
  const TrainSettings& settings_;
  const TokenKernels& kernels_;
  Monitor& monitor_;
  TokenShape shape_;
  NetworkMemory memory_;
  std::uint32_t held_out_;  // rows behind the others
  std::uint32_t rows_;
  std::uint32_t batch_size_;
  std::uint32_t steps_;  // in an epoch
  std::uint32_t units_;  // of a full batch
  unsigned threads_;
  TrainSchedule schedule_;  // thread 0's
  EarlyStop early_stop_;
  TokenPlan held_out_plan_{};
  struct Losses {
    double reconstruction;
    double kl;
  };
  std::vector<Losses> held_out_losses_;  // of each batch
  std::vector<float> kept_;              // parameters and moments
  SpinBarrier barrier_;
  std::vector<std::size_t> cuts_;
  std::vector<Worker> workers_;
  AlignedFloats sums_;
  double reconstruction_ = 0;
  double kl_ = 0;
  float step_size_ = 0;  // written by thread 0 before the barrier
  std::atomic<bool> stop_{false};
  // Written between the barriers of a step, where others may still be looking at stop_.
  bool diverged_ = false;
  std::exception_ptr failure_;

  std::uint32_t batch_rows(std::uint32_t step) const {
    return std::min(batch_size_, rows_ - step * batch_size_);
  }
  static std::uint32_t units_of(std::uint32_t rows) { return (rows + unit_rows - 1) / unit_rows; }

  void run_epoch(std::uint32_t epoch, unsigned thread) {
    const Pinned pinned(thread, threads_);
    Worker& worker = workers_[thread];
    const Shuffle shuffle = make_shuffle(rows_, settings_.seed, epoch);
    if (thread == 0) reconstruction_ = kl_ = 0;
    find_rows(thread, shuffle, 0, worker.row_numbers[0]);
    for (std::uint32_t step = 0; step < steps_; ++step) {
      const bool another = step + 1 < steps_;
      if (another) find_rows(thread, shuffle, step + 1, worker.row_numbers[(step + 1) % 2]);
      add_units(worker, thread, epoch, step, another);
      if (thread == 0) {
        look_around(epoch, step);
        step_size_ = schedule_.next_step_size();
      }
      barrier_.wait();
      if (stop_.load(std::memory_order_relaxed)) return;
      update(thread, epoch, step);
      barrier_.wait();
      if (diverged_) return;
    }
  }

  static unsigned first_unit(std::uint32_t units, unsigned thread, unsigned team) {
    return static_cast<unsigned>(std::uint64_t{units} * thread / team);
  }

  // The row numbers of this thread's units.
  void find_rows(unsigned thread, const Shuffle& shuffle, std::uint32_t step,
                 std::vector<std::uint32_t>& out) const {
    const std::uint32_t rows = batch_rows(step);
    const std::uint32_t start = step * batch_size_;
    const std::uint32_t first = first_unit(units_of(rows), thread, threads_) * unit_rows;
    const std::uint32_t last = first_unit(units_of(rows), thread + 1, threads_) * unit_rows;
    const std::uint32_t end = std::min(last, (rows + unit_lanes - 1) / unit_lanes * unit_lanes);
    for (std::uint32_t r = first; r < end; r += kernels_.lanes) {
      kernels_.shuffled_rows(shuffle, start + r, start + rows, out.data() + r);
    }
  }

  void add_units(Worker& worker, unsigned thread, std::uint32_t epoch, std::uint32_t step,
                 bool another) {
    const std::uint32_t rows = batch_rows(step);
    const std::uint32_t units = units_of(rows);
    const std::uint64_t number = std::uint64_t{epoch} * steps_ + step;
    const std::uint32_t next_rows = another ? batch_rows(step + 1) : 0;
    for (std::uint32_t unit = first_unit(units, thread, threads_);
         unit < first_unit(units, thread + 1, threads_); ++unit) {
      const std::uint32_t offset = unit * unit_rows;
      // The next batch may be the short last one, with its rows shared out otherwise.
      const bool prefetch = another && next_rows == rows;
      const TokenUnit part{worker.row_numbers[step % 2].data() + offset,
                           prefetch ? worker.row_numbers[(step + 1) % 2].data() + offset : nullptr,
                           std::min(unit_rows, rows - offset), epoch,
                           schedule_.scale(number, rows)};
      kernels_.gradient(memory_.plan(), memory_.model(), part, worker.scratch.get(),
                        sums_.get() + unit * memory_.plan().sums_stride);
    }
  }

  void update(unsigned thread, std::uint32_t epoch, std::uint32_t step) {
    const std::uint32_t units = units_of(batch_rows(step));
    const TokenPlan& plan = memory_.plan();
    kernels_.update(plan, sums_.get(), units, step_size_, cuts_[thread], cuts_[thread + 1],
                    memory_.model());
    memory_.follow(cuts_[thread], cuts_[thread + 1]);
    if (thread != 0) return;
    std::vector<float> of_units[2];
    for (std::uint32_t unit = 0; unit < units; ++unit) {
      const float* loss = sums_.get() + unit * plan.sums_stride + plan.space;
      of_units[0].push_back(loss[0]);
      of_units[1].push_back(loss[1]);
    }
    const auto [reconstruction, kl] = sum_of(of_units);
    try {
      check_losses(reconstruction, kl, epoch, step, steps_, settings_);
    } catch (...) {
      failure_ = std::current_exception();
      diverged_ = true;
    }
    reconstruction_ += reconstruction;
    kl_ += kl;
  }

  static Losses sum_of(std::vector<float> (&of_units)[2]) {
    for (auto& terms : of_units) add_neighbours<ScalarOps>(terms.data(), terms.size(), 1);
    return {static_cast<double>(of_units[0][0]), static_cast<double>(of_units[1][0])};
  }

  // This thread's share of the held-out rows, whole batches of them, forward and for nothing back:
  // the same as a step of training but for the update, so that every back end can do it.
  void ask_held_out_rows(unsigned thread) {
    if (held_out_ == 0) return;
    Worker& worker = workers_[thread];
    const Shuffle shuffle = make_shuffle(held_out_, settings_.seed, held_out_epoch);
    std::uint32_t* numbers = worker.row_numbers[0].data();
    for (std::size_t batch = thread; batch < held_out_losses_.size(); batch += threads_) {
      const std::uint32_t start = static_cast<std::uint32_t>(batch) * batch_size_;
      const std::uint32_t rows = std::min(batch_size_, held_out_ - start);
      std::vector<float> of_units[2];
      for (std::uint32_t first = 0; first < rows; first += unit_rows) {
        const std::uint32_t count = std::min(unit_rows, rows - first);
        const std::uint32_t padded = (count + unit_lanes - 1) / unit_lanes * unit_lanes;
        for (std::uint32_t r = 0; r < padded; r += kernels_.lanes) {
          kernels_.shuffled_rows(shuffle, start + first + r, start + rows, numbers + r);
        }
        kernels_.gradient(held_out_plan_, memory_.model(),
                          {numbers, nullptr, count, held_out_epoch, {0, 0}}, worker.scratch.get(),
                          worker.sums.get());
        of_units[0].push_back(worker.sums.get()[held_out_plan_.space]);
        of_units[1].push_back(worker.sums.get()[held_out_plan_.space + 1]);
      }
      held_out_losses_[batch] = sum_of(of_units);
    }
  }

  double held_out_loss() const {
    Losses sum{0, 0};
    for (const Losses& batch : held_out_losses_) {
      sum.reconstruction += batch.reconstruction;
      sum.kl += batch.kl;
    }
    return validation_loss(sum.reconstruction, sum.kl, settings_.kl_weight, held_out_);
  }

  void keep() {
    const std::size_t space = memory_.layout().space;
    kept_.resize(3 * space);
    const NetworkPointers& model = memory_.model();
    std::copy_n(model.parameters, space, kept_.data());
    std::copy_n(model.moment_1, space, kept_.data() + space);
    std::copy_n(model.moment_2, space, kept_.data() + 2 * space);
  }

  void go_back() {
    const std::size_t space = memory_.layout().space;
    NetworkPointers& model = memory_.model();
    std::copy_n(kept_.data(), space, model.parameters);
    std::copy_n(kept_.data() + space, space, model.moment_1);
    std::copy_n(kept_.data() + 2 * space, space, model.moment_2);
    memory_.follow(0, space);
  }

  // Whether that was the last epoch.
  bool follow_held_out_rows(double loss) {
    if (!settings_.stops_early) return false;
    const EarlyStop::Decision decision = early_stop_.after_epoch(loss);
    if (decision.keep) keep();
    if (decision.wind_down) {
      go_back();
      schedule_.wind_down(early_stop_.wind_down_epochs() * steps_);
    }
    return decision.stop;
  }

  // The other threads can't be left waiting: an exception is kept until all have stopped.
  template <class F>
  void guarded(F&& f) {
    try {
      f();
    } catch (...) {
      failure_ = std::current_exception();
      stop_ = true;
    }
  }

  void look_around(std::uint32_t epoch, std::uint32_t step) {
    constexpr std::uint32_t steps_between_reports = 16;
    if (step % steps_between_reports != 0) return;
    guarded([&] {
      monitor_.check();
      monitor_.progress("train", std::uint64_t{epoch} * rows_ + std::uint64_t{step} * batch_size_,
                        std::uint64_t{rows_} * settings_.epochs);
    });
  }

  // Whether it was the last one.
  bool end_epoch(std::uint32_t epoch, TokenNetwork& network) {
    const auto rows = static_cast<double>(rows_);
    network.history.push_back({reconstruction_ / rows, kl_ / rows});
    bool last = false;
    if (held_out_ > 0) {
      network.history.back().validation = held_out_loss();
      last = follow_held_out_rows(network.history.back().validation);
    }
    guarded([&] {
      monitor_.epoch({epoch + 1, settings_.epochs, network.history.back()});
      monitor_.progress("train", std::uint64_t{epoch + 1} * rows_,
                        std::uint64_t{rows_} * settings_.epochs);
    });
    return last;
  }
};

}  // namespace

TokenNetwork train_tokens_on_cpu(const TokenizedTable& table, const TrainSettings& settings,
                                 SimdLevel level, unsigned threads, Monitor& monitor) {
  return TokenTrainer(table, settings, level, threads, monitor).run();
}

}  // namespace cuvae
