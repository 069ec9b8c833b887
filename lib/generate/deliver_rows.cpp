#include "generate/deliver_rows.hpp"

#include <algorithm>

#include "support/ordered_pieces.hpp"
#include "support/progress.hpp"

namespace cuvae {
namespace {

class Deliverer {
 public:
  Deliverer(RowGenerator& generator, const Delivery& delivery, RowConsumer& consumer,
            Progress& progress, unsigned worker)
      : generator_(generator),
        delivery_(delivery),
        consumer_(consumer.make_worker()),
        progress_(progress),
        worker_(worker) {}

  void make(std::uint64_t piece) {
    const std::uint64_t begin = piece * delivery_.piece_rows;
    const auto rows = static_cast<std::uint32_t>(end_of(piece) - begin);
    consumer_->take(generator_.codes(worker_, delivery_.first_row + begin, rows));
  }
  bool place(std::uint64_t piece) {
    consumer_->place();
    progress_.report(end_of(piece));
    return true;
  }
  void complete(std::uint64_t) { consumer_->complete(); }

 private:
  std::uint64_t end_of(std::uint64_t piece) const {
    const std::uint64_t begin = piece * delivery_.piece_rows;
    return begin + std::min<std::uint64_t>(delivery_.piece_rows, delivery_.rows - begin);
  }

  RowGenerator& generator_;
  const Delivery& delivery_;
  std::unique_ptr<RowConsumer::Worker> consumer_;
  Progress& progress_;
  unsigned worker_;
};

}  // namespace

void deliver_rows(RowGenerator& generator, const Delivery& delivery, RowConsumer& consumer,
                  Monitor& monitor) {
  Progress progress(monitor, "generate", delivery.rows);
  consumer.begin();
  const std::uint64_t pieces =
      delivery.rows / delivery.piece_rows + (delivery.rows % delivery.piece_rows != 0 ? 1 : 0);
  for_each_piece(delivery.workers, pieces, monitor, [&](unsigned worker) {
    return Deliverer(generator, delivery, consumer, progress, worker);
  });
  consumer.finish();
  progress.finish();
}

}  // namespace cuvae
