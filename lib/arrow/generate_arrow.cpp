#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include <cuvae/arrow.hpp>
#include <cuvae/error.hpp>

#include "arrow/batch_stream.hpp"

namespace cuvae {
namespace {

// Rows made on a thread of their own, so many batches ahead of whoever takes them.
class GeneratedBatches final : public BatchSource {
 public:
  GeneratedBatches(std::shared_ptr<const Model> model, const GenerateOptions& options,
                   const DeviceChoice& device, const ArrowOptions& how)
      : model_(std::move(model)), most_waiting_(how.batches_ahead), sink_(*this, how.batch_rows) {
    worker_ = std::jthread([this, options, device] { generate(options, device); });
    // Wrong conditions and missing devices show before there are columns.
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return begun_ || failure_; });
    if (!begun_) std::rethrow_exception(failure_);
  }

  ~GeneratedBatches() override {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    changed_.notify_all();
  }

  const std::vector<RowColumn>& columns() const override { return columns_; }

  std::optional<RowBatch> next() override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !waiting_.empty() || finished_ || failure_; });
    if (waiting_.empty()) {
      if (failure_) std::rethrow_exception(failure_);
      return std::nullopt;
    }
    RowBatch batch = std::move(waiting_.front());
    waiting_.pop_front();
    changed_.notify_all();
    return batch;
  }

 private:
  class Sink final : public RowSink {
   public:
    Sink(GeneratedBatches& owner, std::uint32_t rows) : owner_(owner), rows_(rows) {}
    std::uint32_t batch_rows() const override { return rows_; }
    void begin(const std::vector<RowColumn>& columns, std::uint64_t) override {
      owner_.begin(columns);
    }
    void batch(RowBatch batch) override { owner_.put(std::move(batch)); }

   private:
    GeneratedBatches& owner_;
    std::uint32_t rows_;
  };

  class Cancellation final : public Monitor {
   public:
    explicit Cancellation(const std::atomic<bool>& cancelled) : cancelled_(cancelled) {}
    bool cancelled() const override { return cancelled_; }

   private:
    const std::atomic<bool>& cancelled_;
  };

  void generate(const GenerateOptions& options, const DeviceChoice& device) {
    std::exception_ptr failure;
    try {
      Cancellation monitor(cancelled_);
      generate_rows(*model_, options, sink_, device, monitor);
    } catch (...) {
      failure = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    failure_ = failure;
    finished_ = true;
    changed_.notify_all();
  }

  void begin(const std::vector<RowColumn>& columns) {
    const std::lock_guard lock(mutex_);
    columns_ = columns;
    begun_ = true;
    changed_.notify_all();
  }

  void put(RowBatch batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.size() < most_waiting_ || cancelled_; });
    if (cancelled_) throw Error(ErrorKind::interrupted, "interrupted");
    waiting_.push_back(std::move(batch));
    changed_.notify_all();
  }

  std::shared_ptr<const Model> model_;
  std::size_t most_waiting_;
  Sink sink_;
  std::vector<RowColumn> columns_;  // never changes once begun
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<RowBatch> waiting_;
  bool begun_ = false;
  bool finished_ = false;
  std::exception_ptr failure_;
  std::atomic<bool> cancelled_{false};
  std::jthread worker_;  // last: it is waited for before anything above goes
};

}  // namespace

void generate_arrow(std::shared_ptr<const Model> model, const GenerateOptions& options,
                    ArrowArrayStream* out, const DeviceChoice& device, const ArrowOptions& how) {
  check_options(how);
  export_stream(std::make_unique<GeneratedBatches>(std::move(model), options, device, how), how,
                out);
}

void generate_arrow(const Model& model, const GenerateOptions& options, ArrowArrayStream* out,
                    const DeviceChoice& device, const ArrowOptions& how) {
  generate_arrow(std::make_shared<const Model>(model), options, out, device, how);
}

}  // namespace cuvae
