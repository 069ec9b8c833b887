#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <memory>

#include <cuvae/simulate.hpp>

#include "simulate/spelling.hpp"
#include "simulate/transactions.hpp"
#include "support/ordered_writer.hpp"
#include "support/output_file.hpp"
#include "support/progress.hpp"
#include "support/text_buffer.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

using namespace simulate;

// Rows made and written at a time: their text stays in the second-level cache.
constexpr std::uint64_t piece_rows = 4'096;

// Makes pieces of the table in a buffer of its own.
class PieceMaker {
 public:
  PieceMaker(const World& world, const Spelling& spelling) : world_(world), spelling_(spelling) {}

  // Text of rows [begin, end), without the header; valid until the next call.
  std::string_view make(std::uint64_t begin, std::uint64_t end) {
    text_.clear();
    text_.make_room((end - begin + 1) * Spelling::most_bytes);
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
    return text_.text();
  }

 private:
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
  const Spelling& spelling_;
  TextBuffer text_;
  std::vector<Transaction> transactions_;
};

}  // namespace

std::uint64_t simulate_cards(const SimulateOptions& options, const std::string& path,
                             IfExists if_exists, Monitor& monitor) {
  OutputFile file(path, if_exists);
  OrderedWriter writer(file, &monitor);
  Progress progress(monitor, "simulate", options.rows);
  writer.write(0, header, [](std::uint64_t) {});
  if (options.rows > 0) {
    const World world(options);
    const Spelling spelling(world);
    const std::uint64_t pieces = (options.rows - 1) / piece_rows + 1;
    std::atomic<std::uint64_t> next{0};
    run_on_threads(thread_count(options.threads), [&](unsigned) {
      try {
        PieceMaker maker(world, spelling);
        for (std::uint64_t piece; (piece = next.fetch_add(1)) < pieces;) {
          monitor.check();
          const std::uint64_t begin = piece * piece_rows;
          const std::uint64_t end = begin + std::min(piece_rows, options.rows - begin);
          const auto placed = [&](std::uint64_t) { progress.report(end); };
          if (!writer.write(piece + 1, maker.make(begin, end), placed)) return;
        }
      } catch (...) {
        writer.fail();
        throw;
      }
    });
  }
  progress.finish();
  file.commit();
  return writer.bytes();
}

}  // namespace cuvae
