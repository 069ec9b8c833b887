#include "generate/deliver_matching.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <string>

#include <cuvae/error.hpp>

#include "support/ordered_pieces.hpp"
#include "support/progress.hpp"

namespace cuvae {
namespace {

// Rows picked out of blocks, as a block of their own.
class PickedRows {
 public:
  PickedRows(const std::vector<ColumnCoding>& codings, std::uint32_t most_rows) {
    constexpr std::size_t readable_behind = 64;  // RowBlock promises it
    for (const ColumnCoding& coding : codings) {
      widths_.push_back(coding.width);
      cells_.emplace_back(std::size_t{most_rows} * coding.width + readable_behind);
      block_.columns.push_back(cells_.back().data());
    }
  }

  void clear() { block_.rows = 0; }
  std::uint32_t rows() const { return block_.rows; }
  const RowBlock& block() const { return block_; }

  void add(const RowBlock& from, const std::uint32_t* places, std::size_t count) {
    for (std::size_t c = 0; c < cells_.size(); ++c) {
      const auto* const cells = static_cast<const unsigned char*>(from.columns[c]);
      unsigned char* out = cells_[c].data() + std::size_t{block_.rows} * widths_[c];
      for (std::size_t i = 0; i < count; ++i, out += widths_[c]) {
        std::copy_n(cells + std::size_t{places[i]} * widths_[c], widths_[c], out);
      }
    }
    block_.rows += static_cast<std::uint32_t>(count);
  }

 private:
  std::vector<std::uint32_t> widths_;
  std::vector<std::vector<unsigned char>> cells_;
  RowBlock block_;
};

// How many rows of each label are still wanted.
class Quotas {
 public:
  Quotas(const Schema& schema, const std::vector<ColumnCoding>& codings, std::uint64_t rows,
         std::optional<std::uint32_t> column)
      : schema_(schema), column_(column), left_(rows) {
    if (!column) return;
    width_ = codings[*column].width;
    const std::vector<std::uint64_t>& counts = schema.columns[*column].counts;
    std::uint64_t labels = 0;
    for (std::size_t l = 0; l < schema.columns[*column].labels.size(); ++l) {
      labels += l < counts.size() && counts[l] == 0 ? 0 : 1;
    }
    std::uint64_t number = 0;
    for (std::size_t l = 0; l < schema.columns[*column].labels.size(); ++l) {
      const bool held = l >= counts.size() || counts[l] != 0;
      of_label_.push_back(held ? rows / labels + (number < rows % labels ? 1 : 0) : 0);
      number += held ? 1 : 0;
    }
  }

  std::uint64_t left() const { return left_; }

  bool take(const RowBlock& block, std::uint32_t row) {
    if (left_ == 0) return false;
    if (column_) {
      std::uint64_t& quota = of_label_[cell_code(block, *column_, width_, row)];
      if (quota == 0) return false;
      --quota;
    }
    --left_;
    return true;
  }

  [[noreturn]] void give_up() const {
    std::string what = "that meets the conditions";
    if (column_) {
      for (std::size_t l = 0; l < of_label_.size(); ++l) {
        if (of_label_[l] == 0) continue;
        what = fmt::format("with '{}' in column '{}'", schema_.columns[*column_].labels[l],
                           schema_.columns[*column_].name);
        break;
      }
    }
    throw Error(ErrorKind::data,
                fmt::format("not one of {} rows drawn was one {}; {} rows are missing: ask for "
                            "fewer rows or for less",
                            most_rows_in_vain, what, left_));
  }

 private:
  const Schema& schema_;
  std::optional<std::uint32_t> column_;
  std::uint32_t width_ = 4;
  std::uint64_t left_;
  std::vector<std::uint64_t> of_label_;
};

// What the workers share; used by the one whose turn it is.
struct Search {
  Quotas quotas;
  PickedRows gathered;
  std::uint64_t drawn = 0;
  std::uint64_t in_vain = 0;
};

class Searcher {
 public:
  Searcher(RowGenerator& generator, const Matching& matching, const Delivery& delivery,
           RowConsumer& consumer, Search& search, Progress& progress, unsigned worker)
      : generator_(generator),
        matching_(matching),
        delivery_(delivery),
        gathers_(consumer.gathers()),
        most_rows_(consumer.piece_rows()),
        consumer_(consumer.make_worker()),
        search_(search),
        progress_(progress),
        worker_(worker) {}

  void make(std::uint64_t piece) {
    const std::uint64_t first = delivery_.first_row + piece * delivery_.piece_rows;
    block_ = &generator_.candidates(worker_, first, delivery_.piece_rows);
    found_.clear();
    matching_.conditions.find(*block_, found_);
  }

  bool place(std::uint64_t) {
    Quotas& quotas = search_.quotas;
    std::erase_if(found_, [&](std::uint32_t row) { return !quotas.take(*block_, row); });
    search_.drawn += delivery_.piece_rows;
    search_.in_vain = found_.empty() ? search_.in_vain + delivery_.piece_rows : 0;
    if (search_.in_vain >= most_rows_in_vain) quotas.give_up();
    const bool last = quotas.left() == 0;
    deliver(last);
    progress_.report(delivery_.rows - quotas.left());
    return !last;
  }

  void complete(std::uint64_t) {}

 private:
  void deliver(bool last) {
    PickedRows& gathered = search_.gathered;
    for (std::size_t at = 0; at < found_.size();) {
      const std::size_t count =
          std::min<std::size_t>(found_.size() - at, most_rows_ - gathered.rows());
      gathered.add(*block_, found_.data() + at, count);
      at += count;
      if (gathered.rows() == most_rows_) hand_over();
    }
    if ((last || !gathers_) && gathered.rows() > 0) hand_over();
  }

  void hand_over() {
    consumer_->take(search_.gathered.block());
    consumer_->place();
    consumer_->complete();
    search_.gathered.clear();
  }

  RowGenerator& generator_;
  const Matching& matching_;
  const Delivery& delivery_;
  bool gathers_;
  std::uint32_t most_rows_;
  std::unique_ptr<RowConsumer::Worker> consumer_;
  Search& search_;
  Progress& progress_;
  unsigned worker_;
  const RowBlock* block_ = nullptr;
  std::vector<std::uint32_t> found_;
};

}  // namespace

std::uint64_t deliver_matching(RowGenerator& generator, const Schema& schema,
                               const std::vector<ColumnCoding>& codings, const Matching& matching,
                               const Delivery& delivery, RowConsumer& consumer, Monitor& monitor) {
  Progress progress(monitor, "generate", delivery.rows);
  consumer.begin();
  Search search{Quotas(schema, codings, delivery.rows, matching.balanced_column),
                PickedRows(codings, consumer.piece_rows())};
  const std::uint64_t pieces = delivery.rows == 0 ? 0 : std::numeric_limits<std::uint64_t>::max();
  for_each_piece(delivery.workers, pieces, monitor, [&](unsigned worker) {
    return Searcher(generator, matching, delivery, consumer, search, progress, worker);
  });
  consumer.finish();
  progress.finish();
  return search.drawn;
}

}  // namespace cuvae
