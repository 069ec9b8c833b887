// The simulated country, and how rows are divided among its people.
#include <algorithm>
#include <gtest/gtest.h>
#include <set>
#include <string>

#include "simulate/merchants.hpp"
#include "simulate/people.hpp"
#include "simulate/transactions.hpp"

namespace cuvae::simulate {
namespace {

const Market& market() {
  static const Market made = make_market(CardDialect::v2);
  return made;
}

TEST(Gazetteer, HasAsManyCitiesAsTheRealTable) {
  const Gazetteer& gazetteer = market().gazetteer;
  std::set<std::string> names;
  std::set<std::string> states;
  for (const City& city : gazetteer.cities) {
    names.insert(city.name);
    states.insert(city.state);
  }
  EXPECT_GT(names.size(), 13'000U);
  EXPECT_LT(names.size(), 14'000U);
  EXPECT_GT(states.size(), 90U);
}

TEST(Gazetteer, ZipCodesOfTwoCitiesNeverOverlap) {
  const Gazetteer& gazetteer = market().gazetteer;
  std::set<std::uint32_t> zips;
  for (std::uint32_t c = 0; c < gazetteer.home_cities; ++c) {
    const City& city = gazetteer.cities[c];
    ASSERT_GE(city.zips, 1U) << city.name;
    for (std::uint32_t z = 0; z < city.zips; ++z) {
      ASSERT_TRUE(zips.insert(city.first_zip + z).second) << city.name << " " << city.state;
    }
  }
  EXPECT_LT(*zips.rbegin(), 100'000U);
}

TEST(Gazetteer, DrawsEveryCityByWeight) {
  const Gazetteer& gazetteer = market().gazetteer;
  EXPECT_EQ(gazetteer.home_city(0), 0U);
  EXPECT_EQ(gazetteer.home_city(0x1.fffffep-1), gazetteer.home_cities - 1);
  EXPECT_EQ(gazetteer.city_abroad(0), gazetteer.home_cities);
  EXPECT_EQ(gazetteer.city_abroad(0x1.fffffep-1), gazetteer.cities.size() - 1);
}

TEST(Market, HasAHundredThousandMerchantsWithIdsOfTheirOwn) {
  std::set<std::string> ids;
  for (const Merchant& merchant : market().merchants) {
    const std::string text(merchant.text.data(), merchant.length);
    ids.insert(text.substr(0, text.find(',')));
    ASSERT_EQ(std::count(text.begin(), text.end(), ','), 5) << text;
  }
  EXPECT_EQ(ids.size(), market().merchants.size());
  EXPECT_GT(ids.size(), 99'000U);
  EXPECT_LT(ids.size(), 101'000U);
}

TEST(Market, EveryCityHasShops) {
  const auto& first = market().first;
  ASSERT_EQ(first.size(), market().gazetteer.cities.size() + 1);
  for (std::uint32_t c = 0; c + 1 < first.size(); ++c) {
    ASSERT_LT(first[c], first[c + 1]);
    ASSERT_EQ(market().in_city(c, 0), first[c]);
    ASSERT_LT(market().in_city(c, ~std::uint32_t{0}), first[c + 1]);
  }
  EXPECT_LT(market().online(~std::uint32_t{0}), market().merchants.size());
}

TEST(Amounts, QuantilesGrow) {
  for (const Quantiles& amounts : market().amounts) {
    ASSERT_GE(amounts(0), 1);
    for (std::uint32_t u = 1; u < 65'536; ++u) ASSERT_LE(amounts(u - 1), amounts(u));
  }
  for (const Quantiles& minutes : market().minutes) {
    ASSERT_GE(minutes(0), 0);
    ASSERT_LT(minutes(65'535), 24 * 60);
    for (std::uint32_t u = 1; u < 65'536; ++u) ASSERT_LE(minutes(u - 1), minutes(u));
  }
}

TEST(Population, EveryRowHasOneOwner) {
  for (const std::uint64_t rows : {1U, 3U, 5U, 6U, 1'000U, 195'087U, 195'089U, 1'000'003U}) {
    const Population population(rows, 9);
    std::uint64_t row = 0;
    std::uint64_t person_number = 0;
    for (std::uint64_t s = 0; s < population.streets(); ++s) {
      const auto street = population.street(s);
      ASSERT_FALSE(street.empty());
      ASSERT_EQ(population.street_of(row), s);
      for (const Person& person : street) {
        ASSERT_EQ(person.number, person_number++);
        ASSERT_TRUE(!person.cards.empty() && person.cards.size() <= most_cards);
        const std::uint64_t first = row;
        for (const Card& card : person.cards) {
          ASSERT_EQ(card.first_row, row);
          ASSERT_GE(card.first_day, 0);
          ASSERT_GE(card.days, 1);
          ASSERT_LE(card.first_day + card.days, simulated_days);
          row += card.rows;
        }
        ASSERT_GT(row, first) << "a person without rows";
      }
      ASSERT_EQ(population.street_of(row - 1), s);
    }
    EXPECT_EQ(row, rows);
    EXPECT_EQ(person_number, population.people());
  }
}

TEST(Population, TheWholePublicFileHas2000People) {
  EXPECT_EQ(Population(24'386'900, 0).people(), 2'000U);
  EXPECT_EQ(Population(7, 0).people(), 5U);
  EXPECT_EQ(Population(2, 0).people(), 2U);
}

TEST(CardHistory, AnyCutGivesTheSameRows) {
  SimulateOptions options;
  options.rows = 40'000;
  options.seed = 5;
  const World world(options);
  const auto street = world.population.street(0);
  const Person& person = street[1];
  const Habits habits = habits_of(person.number, options.seed, world.market);
  const Card& card = person.cards[0];
  ASSERT_GT(card.rows, 300U);
  const std::uint64_t end = card.first_row + card.rows;
  std::vector<Transaction> whole;
  CardHistory(world, person, 0, habits).append(card.first_row, end, whole);
  ASSERT_EQ(whole.size(), card.rows);
  for (const std::uint64_t step : {1U, 7U, 100U}) {
    std::vector<Transaction> pieces;
    for (std::uint64_t from = card.first_row; from < end; from += step) {
      CardHistory(world, person, 0, habits).append(from, std::min(end, from + step), pieces);
    }
    ASSERT_EQ(pieces.size(), whole.size());
    for (std::size_t t = 0; t < whole.size(); ++t) {
      ASSERT_EQ(pieces[t].merchant, whole[t].merchant) << "row " << t << ", step " << step;
      ASSERT_EQ(pieces[t].minute, whole[t].minute);
      ASSERT_EQ(pieces[t].cents, whole[t].cents);
    }
  }
}

}  // namespace
}  // namespace cuvae::simulate
