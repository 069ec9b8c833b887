#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <memory>

#include <cuvae/simulate.hpp>

#include "simulate/spelling.hpp"
#include "simulate/transactions.hpp"
#include "support/ordered_pieces.hpp"
#include "support/output_file.hpp"
#include "support/progress.hpp"
#include "support/text_buffer.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

using namespace simulate;

// Rows made and written at a time: their text stays in the second-level cache.
constexpr std::uint64_t piece_rows = 4'096;

// Makes pieces of the table in a buffer of its own, as for_each_piece() asks for them.
class PieceMaker {
 public:
  PieceMaker(const World& world, const TransactionSpelling& spelling, std::uint64_t rows,
             PieceFile& file, Progress& progress)
      : world_(world), spelling_(spelling), rows_(rows), file_(file), progress_(progress) {}

  void make(std::uint64_t piece) { spell(piece * piece_rows, end_of(piece)); }
  bool place(std::uint64_t piece) {
    at_ = file_.place(text_.text());
    progress_.report(end_of(piece));
    return true;
  }
  void complete(std::uint64_t) { file_.write(text_.text(), at_); }

 private:
  std::uint64_t end_of(std::uint64_t piece) const {
    const std::uint64_t begin = piece * piece_rows;
    return begin + std::min(piece_rows, rows_ - begin);
  }

  // Text of rows [begin, end), without the header.
  void spell(std::uint64_t begin, std::uint64_t end) {
    text_.clear();
    text_.make_room((end - begin + 1) * TransactionSpelling::most_bytes);
    char* out = text_.end();
    while (begin < end) {
      const auto street = world_.population.street(world_.population.street_of(begin));
      for (const Person& person : street) {
        const Card& last = person.cards.back();
        if (last.first_row + last.rows <= begin) continue;
        if (begin >= end) break;
        out = put_person(person, begin, end, out);
        begin = std::min(end, last.first_row + last.rows);
      }
    }
    text_.set_end(out);
  }

  char* put_person(const Person& person, std::uint64_t begin, std::uint64_t end, char* out) {
    const Habits habits = habits_of(person.number, world_.options.seed, world_.market);
    for (std::size_t c = 0; c < person.cards.size(); ++c) {
      const Card& card = person.cards[c];
      const std::uint64_t from = std::max(begin, card.first_row);
      const std::uint64_t until = std::min(end, card.first_row + card.rows);
      if (from >= until) continue;
      transactions_.clear();
      CardHistory(world_, person, c, habits).append(from, until, transactions_);
      const std::string owner = fmt::format("{},{},", person.number, c);
      for (const Transaction& transaction : transactions_) {
        out = spelling_.put(out, owner, transaction);
      }
    }
    return out;
  }

  const World& world_;
  const TransactionSpelling& spelling_;
  std::uint64_t rows_;
  PieceFile& file_;
  Progress& progress_;
  std::uint64_t at_ = 0;
  TextBuffer text_;
  std::vector<Transaction> transactions_;
};

}  // namespace

std::uint64_t simulate_cards(const SimulateOptions& options, const std::string& path,
                             IfExists if_exists, Monitor& monitor) {
  OutputFile file(path, if_exists);
  PieceFile pieces(file, &monitor);
  Progress progress(monitor, "simulate", options.rows);
  pieces.write(header, pieces.place(header));
  if (options.rows > 0) {
    const World world(options);
    const TransactionSpelling spelling(world);
    for_each_piece(
        thread_count(options.threads), (options.rows - 1) / piece_rows + 1, monitor,
        [&](unsigned) { return PieceMaker(world, spelling, options.rows, pieces, progress); });
  }
  progress.finish();
  file.commit();
  return pieces.bytes();
}

}  // namespace cuvae
