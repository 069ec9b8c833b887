// What happens: the transactions of a range of rows, and their text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <cuvae/simulate.hpp>

#include "simulate/draws.hpp"
#include "simulate/merchants.hpp"
#include "simulate/people.hpp"

namespace cuvae::simulate {

enum class Method : std::uint8_t { swipe, chip, online };

// Bits of Transaction::errors, in the order in which a cell names them.
enum ErrorBit : std::uint8_t {
  bad_card_number = 1,
  bad_expiration = 2,
  bad_cvv = 4,
  bad_zipcode = 8,
  bad_pin = 16,
  insufficient_balance = 32,
  technical_glitch = 64,
};
inline constexpr std::size_t error_sets = 128;

struct Transaction {
  std::uint32_t merchant = 0;
  std::int32_t cents = 0;
  std::uint16_t day = 0;
  std::uint16_t minute = 0;
  Method method = Method::swipe;
  std::uint8_t errors = 0;
  bool fraud = false;
};

// Everything that all rows share. Read by all threads at once.
struct World {
  explicit World(const SimulateOptions& options);
  SimulateOptions options;
  Market market;
  Population population;
  std::vector<std::uint8_t> day_of_month;  // [simulated_days]
  std::vector<double> online_growth;       // [simulated_days] online purchases against 2010
};

// Transactions of one card in their final order. Rows come in order of time; within a day, which
// is drawn for each row alone, they are sorted.
class CardHistory {
 public:
  CardHistory(const World& world, const Person& person, std::size_t card, const Habits& habits);

  // Rows [begin, end) of the whole table, all of this card, appended to `out`.
  void append(std::uint64_t begin, std::uint64_t end, std::vector<Transaction>& out);

 private:
  std::int32_t day_of(std::uint64_t row) const;
  std::int32_t day_of(std::uint64_t row, std::uint32_t word) const;  // word: the row's first
  void enter_week(std::uint32_t week);
  Transaction make(std::uint64_t row, std::int32_t day, const Draws& words, bool first_of_day);
  void choose(Transaction& transaction, const Draws& words, const Draws& more) const;
  void price(Transaction& transaction, const Draws& words, const Draws& more) const;
  void date(Transaction& transaction, const Draws& words) const;
  std::uint8_t errors_of(const Transaction& transaction, const Draws& more) const;

  const World& world_;
  const Person& person_;
  const Card& card_;
  const Habits& habits_;
  std::size_t card_number_;
  double days_a_row_;
  // What holds in the week of the latest row.
  std::uint32_t week_ = ~std::uint32_t{0};
  std::uint32_t online_threshold_ = 0;
  bool travelling_ = false;
  std::uint32_t destination_ = 0;
  bool stolen_ = false;
  bool stolen_in_shops_ = false;
};

}  // namespace cuvae::simulate
