// Who buys: people with cards and habits, and which rows are theirs.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "simulate/calendar.hpp"
#include "simulate/merchants.hpp"

namespace cuvae::simulate {

inline constexpr std::size_t most_cards = 9;

struct Card {
  std::uint64_t first_row = 0;  // of the whole table
  std::uint64_t rows = 0;
  std::int32_t first_day = 0;
  std::int32_t days = 1;
  std::int32_t chip_day = 0;  // from when on it has a chip
  bool debit = false;         // has a PIN and a balance
};

struct Person {
  std::uint64_t number = 0;
  std::vector<Card> cards;
  double weight = 0;  // relative number of rows
};

// Divides the table among its people. Nothing is stored: any row's owner is found from the number
// of rows and the seed alone.
class Population {
 public:
  Population(std::uint64_t rows, std::uint64_t seed);

  std::uint64_t people() const { return people_; }
  std::uint64_t rows() const { return rows_; }

  // People are grouped in streets of some ten neighbours, who share a fixed number of rows.
  std::uint64_t streets() const { return streets_; }
  std::uint64_t street_of(std::uint64_t row) const;
  // The people of a street with their cards and rows, in order.
  std::vector<Person> street(std::uint64_t number) const;

 private:
  std::uint64_t rows_;
  std::uint64_t seed_;
  std::uint64_t people_;
  std::uint64_t streets_;
};

inline constexpr std::size_t regular_count = 24;
inline constexpr std::size_t favourite_count = 6;

struct Subscription {
  std::uint32_t merchant = 0;
  std::int32_t cents = 0;
  std::uint32_t day_of_month = 1;
};

// What a person does with cards, the same for all of them.
struct Habits {
  std::uint32_t home = 0;                                   // city
  std::array<std::uint32_t, 8> nearby{};                    // cities
  std::array<std::uint32_t, regular_count> regulars{};      // merchants, most visited first
  std::array<std::uint32_t, favourite_count> favourites{};  // merchants without a door
  std::array<Subscription, 2> subscriptions{};
  std::uint32_t spending = 256;    // 256: the usual amounts
  std::int32_t minutes_later = 0;  // than others
  double online_share = 0.1;       // of purchases, in 2010
  double short_of_money = 0.01;    // share of debit purchases refused
  std::uint64_t rest_key = 0;      // which days are without shopping
};

Habits habits_of(std::uint64_t person, std::uint64_t seed, const Market& market);

}  // namespace cuvae::simulate
