#include "simulate/transactions.hpp"

#include <algorithm>

namespace cuvae::simulate {
namespace {

constexpr double trip_share = 0.075;         // of a person's weeks
constexpr double abroad_share = 0.10;        // of trips
constexpr double theft_share = 0.0025;       // of a card's weeks
constexpr double theft_density = 0.5;        // of the rows of such a week
constexpr double double_error_share = 0.02;  // of errors

// Rank of a regular merchant, by the upper 8 bits of a draw: weights 1 / (rank + 2).
constexpr std::array<std::uint8_t, 256> make_regular_ranks() {
  double sum = 0;
  for (std::size_t r = 0; r < regular_count; ++r) sum += 1.0 / static_cast<double>(r + 2);
  std::array<std::uint8_t, 256> ranks{};
  std::size_t rank = 0;
  double up_to = 0.5 / sum;
  for (std::size_t u = 0; u < ranks.size(); ++u) {
    while (rank + 1 < regular_count && static_cast<double>(u) / 256 >= up_to) {
      ++rank;
      up_to += 1.0 / static_cast<double>(rank + 2) / sum;
    }
    ranks[u] = static_cast<std::uint8_t>(rank);
  }
  return ranks;
}
constexpr std::array<std::uint8_t, 256> regular_ranks = make_regular_ranks();

bool happens(double probability, std::uint32_t word) {
  return unit(word) < probability;
}

// A third of the days on average, others for every person.
bool is_day_of_rest(std::uint64_t rest_key, std::int32_t day) {
  const std::uint64_t mixed = (rest_key + static_cast<std::uint64_t>(day)) * 0x9E3779B97F4A7C15ULL;
  return ((mixed ^ (mixed >> 29)) >> 33) % 3 == 0;
}

}  // namespace

World::World(const SimulateOptions& simulate_options)
    : options(simulate_options),
      market(make_market(options.dialect)),
      population(options.rows, options.seed) {
  Date date = first_date;
  for (std::int32_t day = 0; day < simulated_days; ++day, date = next(date)) {
    day_of_month.push_back(static_cast<std::uint8_t>(date.day));
    online_growth.push_back(std::clamp((date.year - 1990) / 20.0, 0.3, 1.5));
  }
}

CardHistory::CardHistory(const World& world, const Person& person, std::size_t card,
                         const Habits& habits)
    : world_(world),
      person_(person),
      card_(person.cards[card]),
      habits_(habits),
      card_number_(card),
      days_a_row_(static_cast<double>(card_.days) / static_cast<double>(card_.rows)) {}

// Every row has an equal piece of the card's time and falls somewhere in it; what falls on a day of
// rest was done the day before. Both steps keep the order of rows.
std::int32_t CardHistory::day_of(std::uint64_t row, std::uint32_t word) const {
  const double place = static_cast<double>(row - card_.first_row) + unit(word);
  const auto day = std::min(static_cast<std::int32_t>(place * days_a_row_), card_.days - 1);
  if (day > 0 && is_day_of_rest(habits_.rest_key, day)) return card_.first_day + day - 1;
  return card_.first_day + day;
}

std::int32_t CardHistory::day_of(std::uint64_t row) const {
  return day_of(row, draw(world_.options.seed, Topic::row, row)[0]);
}

void CardHistory::append(std::uint64_t begin, std::uint64_t end, std::vector<Transaction>& out) {
  // A day is sorted as a whole, so the days that the range cuts are made whole and trimmed.
  std::uint64_t first = begin;
  const std::int32_t first_day = day_of(begin);
  while (first > card_.first_row && day_of(first - 1) == first_day) --first;
  const std::uint64_t card_end = card_.first_row + card_.rows;
  const std::size_t base = out.size();
  std::size_t day_start = base;
  std::int32_t today = -1;
  const auto sort_today = [&] {
    std::stable_sort(
        out.begin() + static_cast<std::ptrdiff_t>(day_start), out.end(),
        [](const Transaction& a, const Transaction& b) { return a.minute < b.minute; });
  };
  for (std::uint64_t row = first; row < card_end; ++row) {
    const Draws words = draw(world_.options.seed, Topic::row, row);
    const std::int32_t day = day_of(row, words[0]);
    if (day != today) {
      if (row >= end) break;
      if (out.size() - day_start > 1) sort_today();
      day_start = out.size();
    }
    out.push_back(make(row, day, words, day != today));
    today = day;
  }
  if (out.size() - day_start > 1) sort_today();
  out.resize(base + static_cast<std::size_t>(end - first));
  out.erase(out.begin() + static_cast<std::ptrdiff_t>(base),
            out.begin() + static_cast<std::ptrdiff_t>(base + (begin - first)));
}

void CardHistory::enter_week(std::uint32_t week) {
  week_ = week;
  const std::uint64_t seed = world_.options.seed;
  const Draws trip = draw(seed, Topic::trip, person_.number, week);
  travelling_ = happens(trip_share, trip[0]);
  if (travelling_) {
    const Gazetteer& gazetteer = world_.market.gazetteer;
    const Draws where = draw(seed, Topic::trip, person_.number, week, 1);
    if (happens(abroad_share, trip[1])) {
      destination_ = gazetteer.city_abroad(unit(where[0]));
    } else {
      // As many trips to the big cities as to anywhere.
      destination_ = (trip[2] & 1U) != 0 ? gazetteer.home_city(unit(where[0]))
                                         : below(where[1], gazetteer.home_cities);
    }
  }
  const Draws theft = draw(
      seed, Topic::theft, person_.number,
      week * static_cast<std::uint32_t>(most_cards) + static_cast<std::uint32_t>(card_number_));
  stolen_ = happens(theft_share, theft[0]);
  stolen_in_shops_ = (theft[1] & 3U) == 0;
  const double online = habits_.online_share * world_.online_growth[week * 7];
  online_threshold_ = threshold(online, 16);
}

Transaction CardHistory::make(std::uint64_t row, std::int32_t day, const Draws& words,
                              bool first_of_day) {
  const auto week = static_cast<std::uint32_t>(day) / 7;
  if (week != week_) enter_week(week);
  const Draws more = draw(world_.options.seed, Topic::row, row, 0, 1);
  Transaction transaction;
  transaction.day = static_cast<std::uint16_t>(day);
  transaction.fraud = stolen_ && happens(theft_density, more[3]);
  if (first_of_day && card_number_ == 0 && !transaction.fraud) {
    const std::uint32_t today = world_.day_of_month[static_cast<std::size_t>(day)];
    for (const Subscription& subscription : habits_.subscriptions) {
      if (subscription.day_of_month != today) continue;
      transaction.merchant = subscription.merchant;
      transaction.cents = subscription.cents;
      transaction.method = Method::online;
    }
  }
  if (transaction.cents == 0) {
    choose(transaction, words, more);
    price(transaction, words, more);
  }
  date(transaction, words);
  transaction.errors = errors_of(transaction, more);
  return transaction;
}

void CardHistory::choose(Transaction& transaction, const Draws& words, const Draws& more) const {
  const Market& market = world_.market;
  const std::uint32_t kind = words[1] >> 16;
  const std::uint32_t way = words[1] & 0xFFFFU;
  const std::uint32_t pick = words[2];
  if (transaction.fraud && !stolen_in_shops_) {
    transaction.method = kind < threshold(0.8, 16) ? Method::online : Method::swipe;
    const Gazetteer& gazetteer = market.gazetteer;
    const auto anywhere = (way & 1U) != 0 ? gazetteer.city_abroad(unit(way << 16))
                                          : gazetteer.home_city(unit(way << 16));
    transaction.merchant =
        transaction.method == Method::online ? market.online(pick) : market.in_city(anywhere, pick);
    return;
  }
  if (!transaction.fraud && kind < online_threshold_) {
    transaction.method = Method::online;
    transaction.merchant = way < threshold(0.6, 16)
                               ? habits_.favourites[below(pick, favourite_count)]
                               : market.online(pick);
    return;
  }
  if (travelling_) {
    transaction.merchant = market.in_city(destination_, pick);
  } else if (way < threshold(0.74, 16)) {
    transaction.merchant = habits_.regulars[regular_ranks[pick >> 24]];
  } else if (way < threshold(0.9, 16)) {
    transaction.merchant = market.in_city(habits_.home, pick);
  } else {
    transaction.merchant = market.in_city(habits_.nearby[way % habits_.nearby.size()], pick);
  }
  // Shops got terminals for chips one after the other; their price level tells them apart.
  const std::int32_t terminal_day =
      (market.merchants[transaction.merchant].price & 7) * 60 + card_.chip_day;
  const bool insert = transaction.day >= terminal_day && (more[1] & 7U) != 0;
  transaction.method = insert ? Method::chip : Method::swipe;
}

void CardHistory::price(Transaction& transaction, const Draws& words, const Draws& more) const {
  const Merchant& merchant = world_.market.merchants[transaction.merchant];
  const Category& category = categories()[merchant.category];
  const Quantiles& amounts = world_.market.amounts[merchant.category];
  const std::uint32_t u = words[3] >> 16;
  const bool negative = happens(category.refund_share, more[2]);
  std::int64_t cents;
  if (category.pricing == Pricing::stay) {
    // A booking is refunded in full, so both amounts come from the merchant's own rate.
    const std::int64_t nights = 1 + (u % 7 == 0) + (u % 5 == 0);
    cents = std::max(1, amounts(merchant.rate) / 100) * 100 * nights;
  } else if (category.pricing == Pricing::fuel && negative) {
    cents = 5'000 + 100 * below(more[1], 51);
  } else {
    cents = std::int64_t{amounts(u)} * merchant.price * habits_.spending >> 16;
    if (transaction.fraud) cents += cents / 2;
    if (category.pricing == Pricing::transfer) cents = (cents + 1'000) / 2'000 * 2'000;
    cents = std::max<std::int64_t>(cents, category.pricing == Pricing::transfer ? 2'000 : 1);
  }
  transaction.cents = static_cast<std::int32_t>(negative ? -cents : cents);
}

void CardHistory::date(Transaction& transaction, const Draws& words) const {
  const Category& category = categories()[world_.market.merchants[transaction.merchant].category];
  const std::uint32_t u = words[3] & 0xFFFFU;
  std::int32_t minute;
  if (transaction.fraud) {
    minute = static_cast<std::int32_t>(u * 1'440 >> 16);
  } else {
    const Hours hours = transaction.method == Method::online ? Hours::online : category.hours;
    minute = world_.market.minutes[static_cast<std::size_t>(hours)](u) + habits_.minutes_later;
    if (minute < 0) minute += 1'440;
    if (minute >= 1'440) minute -= 1'440;
  }
  transaction.minute = static_cast<std::uint16_t>(minute);
}

std::uint8_t CardHistory::errors_of(const Transaction& transaction, const Draws& more) const {
  const double u = unit(more[0]);
  double up_to = 0;
  const auto falls_into = [&](double share) { return u < (up_to += share); };
  unsigned errors = 0;
  if (falls_into(0.0013)) {
    errors = technical_glitch;
  } else if (card_.debit && falls_into(habits_.short_of_money)) {
    errors = insufficient_balance;
  } else if (transaction.method == Method::online) {
    if (falls_into(0.0040)) {
      errors = bad_card_number;
    } else if (falls_into(0.0030)) {
      errors = bad_expiration;
    } else if (falls_into(0.0030)) {
      errors = bad_cvv;
    } else if (falls_into(0.0012)) {
      errors = bad_zipcode;
    }
  } else if (card_.debit && falls_into(0.0045)) {
    errors = bad_pin;
  }
  if (errors != 0 && happens(double_error_share, more[1])) {
    errors |= errors == insufficient_balance ? technical_glitch : insufficient_balance;
  }
  return static_cast<std::uint8_t>(errors);
}

}  // namespace cuvae::simulate
