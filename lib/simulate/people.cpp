#include "simulate/people.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "simulate/draws.hpp"

namespace cuvae::simulate {
namespace {

constexpr std::uint64_t rows_of_a_person = 12'193;  // on average
constexpr std::uint64_t least_people = 5;
constexpr std::uint64_t people_of_a_street = 16;  // at most

constexpr std::int32_t first_chip_day = 8'500;  // spring of 2014

// The start of piece `index` when `total` is cut into `pieces` whose sizes differ by one at most.
std::uint64_t cut(std::uint64_t total, std::uint64_t pieces, std::uint64_t index) {
  return total / pieces * index + std::min(index, total % pieces);
}

// Cards and weight, without rows. Weight and rows of a card follow its years and how much it is
// used.
Person make_person(std::uint64_t number, std::uint64_t seed, std::vector<double>& weights) {
  constexpr std::array<std::uint8_t, 16> card_counts{1, 1, 2, 2, 2, 3, 3, 3,
                                                     3, 4, 4, 5, 5, 6, 7, 9};
  const Draws words = draw(seed, Topic::person, number);
  Person person;
  person.number = number;
  const double lot = unit(words[0]);
  const auto start = static_cast<std::int32_t>(3'600 * (lot + std::sqrt(lot)));
  const double activity = 0.5 + 1.5 * unit(words[1]) * unit(words[2]) + 0.5 * unit(words[2]);
  const std::size_t count = card_counts[words[3] & 15U];
  for (std::uint32_t c = 0; c < count; ++c) {
    const Draws card_words = draw(seed, Topic::card, number, c);
    const Draws more = draw(seed, Topic::card, number, c, 1);
    Card card;
    const std::int32_t room = simulated_days - start - 300;
    card.first_day = c == 0 ? start : start + static_cast<std::int32_t>(unit(card_words[0]) * room);
    card.days = simulated_days - card.first_day;
    if (more[1] % 4 == 0) {
      card.days = 200 + static_cast<std::int32_t>(unit(card_words[1]) * (card.days - 200));
    }
    card.chip_day = first_chip_day + static_cast<std::int32_t>(unit(card_words[2]) * 900);
    if (more[2] % 10 < 3) card.chip_day = simulated_days;
    card.debit = c == 0 || (card_words[3] & 1U) == 0;
    const double use = 0.2 + 1.8 * unit(card_words[3]) * unit(more[3]);
    weights.push_back(card.days * use);
    person.weight += activity * card.days * use;
    person.cards.push_back(card);
  }
  return person;
}

}  // namespace

Population::Population(std::uint64_t rows, std::uint64_t seed) : rows_(rows), seed_(seed) {
  people_ = std::max(rows / rows_of_a_person + (rows % rows_of_a_person > rows_of_a_person / 2),
                     std::min(rows, least_people));
  streets_ = (people_ + people_of_a_street - 1) / people_of_a_street;
}

std::uint64_t Population::street_of(std::uint64_t row) const {
  const std::uint64_t longer = rows_ % streets_;
  const std::uint64_t size = rows_ / streets_;
  if (row < (size + 1) * longer) return row / (size + 1);
  return longer + (row - (size + 1) * longer) / size;
}

std::vector<Person> Population::street(std::uint64_t number) const {
  const std::uint64_t begin = cut(rows_, streets_, number);
  const std::uint64_t end = cut(rows_, streets_, number + 1);
  std::vector<Person> street;
  std::vector<double> weights;
  double sum = 0;
  for (std::uint64_t p = cut(people_, streets_, number); p < cut(people_, streets_, number + 1);
       ++p) {
    street.push_back(make_person(p, seed_, weights));
    sum += street.back().weight;
  }
  // Every person has a row, the rest is shared by weight; then the same among a person's cards.
  const auto rest = static_cast<double>(end - begin - street.size());
  double person_sum = 0;
  std::uint64_t row = begin;
  auto weight = weights.cbegin();
  for (std::size_t p = 0; p < street.size(); ++p) {
    Person& person = street[p];
    person_sum += person.weight;
    const std::uint64_t person_end =
        p + 1 == street.size()
            ? end
            : begin + p + 1 + static_cast<std::uint64_t>(person_sum / sum * rest);
    const auto person_rows = static_cast<double>(person_end - row);
    const std::uint64_t person_begin = row;
    const double cards_sum =
        std::accumulate(weight, weight + static_cast<std::ptrdiff_t>(person.cards.size()), 0.0);
    double card_sum = 0;
    for (Card& card : person.cards) {
      card_sum += *weight++;
      const std::uint64_t card_end =
          &card == &person.cards.back()
              ? person_end
              : person_begin + static_cast<std::uint64_t>(card_sum / cards_sum * person_rows);
      card.first_row = row;
      card.rows = card_end - row;
      row = card_end;
    }
  }
  return street;
}

Habits habits_of(std::uint64_t person, std::uint64_t seed, const Market& market) {
  std::uint32_t block = 0;
  const auto words = [&] { return draw(seed, Topic::habit, person, 0, block++); };
  const std::uint32_t home_cities = market.gazetteer.home_cities;
  Habits habits;
  const Draws self = words();
  habits.home = market.gazetteer.home_city(unit(self[0]));
  habits.spending = 180 + below(self[1], 200);
  habits.minutes_later = static_cast<std::int32_t>(below(self[2], 121)) - 60;
  habits.rest_key = std::uint64_t{self[3]} << 32 | self[0];
  const Draws ways = words();
  habits.online_share = 0.03 + 0.11 * unit(ways[0]);
  habits.short_of_money = 0.002 + 0.042 * unit(ways[1]) * unit(ways[1]);
  for (std::size_t n = 0; n < habits.nearby.size(); ++n) {
    const Draws near = words();
    const auto away = static_cast<std::int64_t>(below(near[0], 17)) - 8;
    const auto city = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(habits.home + away, 0, home_cities - 1));
    const auto& cities = market.gazetteer.cities;
    habits.nearby[n] = cities[city].state == cities[habits.home].state ? city : habits.home;
  }
  for (std::size_t r = 0; r < regular_count; ++r) {
    const Draws pick = words();
    const std::uint32_t city =
        r < 3 || pick[0] % 16 < 11 ? habits.home : habits.nearby[pick[1] % 8];
    habits.regulars[r] = market.in_city(city, pick[2]);
    // Half of them are not the busiest of their town.
    if (r % 2 == 1) {
      const std::uint32_t first = market.first[city];
      habits.regulars[r] = first + below(pick[2], market.first[city + 1] - first);
    }
  }
  for (std::uint32_t& favourite : habits.favourites) favourite = market.online(words()[0]);
  for (Subscription& subscription : habits.subscriptions) {
    Draws pick{};
    do {
      pick = words();
      subscription.merchant = market.online(pick[0]);
    } while (!categories()[market.merchants[subscription.merchant].category].recurring);
    const Merchant& merchant = market.merchants[subscription.merchant];
    const std::int32_t usual = market.amounts[merchant.category](pick[1] >> 16);
    // A price of so many dollars and 99 cents.
    subscription.cents = std::clamp(usual, 499, 30'000) / 100 * 100 + 99;
    subscription.day_of_month = 1 + below(pick[2], 28);
  }
  return habits;
}

}  // namespace cuvae::simulate
