#include "simulate/merchants.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "simulate/draws.hpp"

namespace cuvae::simulate {
namespace {

constexpr std::uint64_t market_key = 0x6d61726b6574ULL;
constexpr std::uint32_t merchant_count = 100'000;
constexpr std::uint32_t online_count = 2'000;
constexpr std::uint32_t least_in_a_city = 3;
constexpr std::uint32_t in_a_city_abroad = 24;
// The first categories of the table are those that every town has.
constexpr std::uint32_t everyday_categories = 9;

class CategoryDraw {
 public:
  explicit CategoryDraw(double Category::*share) {
    for (const Category& category : categories()) running_.push_back(sum_ += category.*share);
  }
  std::uint8_t operator()(std::uint32_t word) const {
    const auto found = std::upper_bound(running_.begin(), running_.end(), unit(word) * sum_);
    return static_cast<std::uint8_t>(std::min(found, running_.end() - 1) - running_.begin());
  }

 private:
  std::vector<double> running_;
  double sum_ = 0;
};

// Fills what does not depend on the place, and the text.
Merchant make_merchant(std::uint32_t number, std::uint8_t category, std::string_view place) {
  const Draws words = draw(market_key, Topic::merchant, number);
  const auto id = static_cast<std::int64_t>(std::uint64_t{words[0]} << 32 | words[1]);
  Merchant merchant;
  merchant.category = category;
  merchant.price = static_cast<std::uint16_t>(190 + (words[2] & 127U));
  merchant.rate = static_cast<std::uint16_t>(words[2] >> 16);
  const auto written = fmt::format_to_n(merchant.text.data(), merchant.text.size(), "{},{}{},", id,
                                        place, categories()[category].code);
  if (written.size > merchant.text.size()) throw std::length_error("merchant text is too long");
  merchant.length = static_cast<std::uint8_t>(written.size);
  return merchant;
}

}  // namespace

Market make_market(CardDialect dialect) {
  Market market;
  market.gazetteer = make_gazetteer();
  market.amounts = amounts_in_cents();
  market.minutes = minutes_of_the_day();
  const auto& cities = market.gazetteer.cities;
  const CategoryDraw local(&Category::local_share);
  const CategoryDraw online(&Category::online_share);
  const auto abroad = static_cast<std::uint32_t>(cities.size()) - market.gazetteer.home_cities;
  const double by_size = merchant_count - online_count - abroad * in_a_city_abroad -
                         market.gazetteer.home_cities * least_in_a_city;
  const auto& running = market.gazetteer.cumulative_home;
  const auto add = [&](std::uint8_t category, std::string_view place) {
    const auto number = static_cast<std::uint32_t>(market.merchants.size());
    market.merchants.push_back(make_merchant(number, category, place));
  };
  market.merchants.reserve(merchant_count);
  std::uint32_t placed = 0;
  std::string place;  // "city,state,zip,"
  for (std::uint32_t c = 0; c < cities.size(); ++c) {
    const City& city = cities[c];
    market.first.push_back(static_cast<std::uint32_t>(market.merchants.size()));
    std::uint32_t count = in_a_city_abroad;
    if (c < market.gazetteer.home_cities) {
      const auto up_to = static_cast<std::uint32_t>(running[c] / running.back() * by_size);
      count = least_in_a_city + up_to - placed;
      placed = up_to;
    }
    place = city.name + ',' + city.state + ',';
    const std::size_t town = place.size();
    const std::uint32_t start = draw(market_key, Topic::place, c)[0] % everyday_categories;
    for (std::uint32_t m = 0; m < count; ++m) {
      const Draws words = draw(market_key, Topic::place, c, m + 1);
      const std::uint8_t category =
          m < everyday_categories ? static_cast<std::uint8_t>((start + m) % everyday_categories)
                                  : local(words[0]);
      place.resize(town);
      if (city.first_zip != 0) {
        fmt::format_to(std::back_inserter(place), "{}.0",
                       city.first_zip + below(words[1], city.zips));
      }
      place += ',';
      add(category, place);
    }
  }
  market.first.push_back(static_cast<std::uint32_t>(market.merchants.size()));
  const std::string_view nowhere = dialect == CardDialect::v1 ? " ONLINE,,," : "ONLINE,,,";
  for (std::uint32_t m = 0; m < online_count; ++m) {
    add(online(draw(market_key, Topic::place, cities.size(), m)[0]), nowhere);
  }
  return market;
}

}  // namespace cuvae::simulate
