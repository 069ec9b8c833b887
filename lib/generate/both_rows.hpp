// Two consumers of the same rows, which are made once.
#pragma once

#include <algorithm>

#include "rows/row_consumer.hpp"

namespace cuvae {

// Neither consumer gathers rows. References to both are kept.
class BothRows final : public RowConsumer {
 public:
  BothRows(RowConsumer& first, RowConsumer& second) : first_(first), second_(second) {}

  std::uint32_t piece_rows() const override {
    return std::min(first_.piece_rows(), second_.piece_rows());
  }
  bool gathers() const override { return false; }
  void begin() override {
    first_.begin();
    second_.begin();
  }
  void finish() override {
    first_.finish();
    second_.finish();
  }
  std::unique_ptr<Worker> make_worker() override {
    return std::make_unique<Pair>(first_.make_worker(), second_.make_worker());
  }

 private:
  class Pair final : public Worker {
   public:
    Pair(std::unique_ptr<Worker> first, std::unique_ptr<Worker> second)
        : first_(std::move(first)), second_(std::move(second)) {}
    void take(const RowBlock& block) override {
      first_->take(block);
      second_->take(block);
    }
    void place() override {
      first_->place();
      second_->place();
    }
    void complete() override {
      first_->complete();
      second_->complete();
    }

   private:
    std::unique_ptr<Worker> first_;
    std::unique_ptr<Worker> second_;
  };

  RowConsumer& first_;
  RowConsumer& second_;
};

}  // namespace cuvae
