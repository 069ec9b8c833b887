#include "simulate/gazetteer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string_view>
#include <utility>

#include "simulate/draws.hpp"

namespace cuvae::simulate {
namespace {

constexpr std::uint64_t country_key = 0x6375766165ULL;
constexpr std::uint32_t home_city_count = 13'900;
constexpr std::uint32_t distinct_home_names = 13'300;  // the rest are names that two states share

struct State {
  std::string_view code;
  std::uint32_t first_prefix;  // first three digits of its zip codes
  std::uint32_t last_prefix;
  double million_inhabitants;
};

constexpr std::array<State, 51> states{{
    {"AL", 350, 369, 5.0},  {"AK", 995, 999, 0.7},  {"AZ", 850, 865, 7.2},  {"AR", 716, 729, 3.0},
    {"CA", 900, 961, 39.5}, {"CO", 800, 816, 5.8},  {"CT", 60, 69, 3.6},    {"DE", 197, 199, 1.0},
    {"DC", 200, 205, 0.7},  {"FL", 320, 349, 21.5}, {"GA", 300, 319, 10.7}, {"HI", 967, 968, 1.5},
    {"ID", 832, 838, 1.8},  {"IL", 600, 629, 12.8}, {"IN", 460, 479, 6.8},  {"IA", 500, 528, 3.2},
    {"KS", 660, 679, 2.9},  {"KY", 400, 427, 4.5},  {"LA", 700, 714, 4.7},  {"ME", 39, 49, 1.4},
    {"MD", 206, 219, 6.2},  {"MA", 10, 27, 7.0},    {"MI", 480, 499, 10.1}, {"MN", 550, 567, 5.7},
    {"MS", 386, 397, 3.0},  {"MO", 630, 658, 6.2},  {"MT", 590, 599, 1.1},  {"NE", 680, 693, 2.0},
    {"NV", 889, 898, 3.1},  {"NH", 30, 38, 1.4},    {"NJ", 70, 89, 9.3},    {"NM", 870, 884, 2.1},
    {"NY", 100, 149, 20.2}, {"NC", 270, 289, 10.4}, {"ND", 580, 588, 0.8},  {"OH", 430, 459, 11.8},
    {"OK", 730, 749, 4.0},  {"OR", 970, 979, 4.2},  {"PA", 150, 196, 13.0}, {"RI", 28, 29, 1.1},
    {"SC", 290, 299, 5.1},  {"SD", 570, 577, 0.9},  {"TN", 370, 385, 6.9},  {"TX", 750, 799, 29.1},
    {"UT", 840, 847, 3.3},  {"VT", 50, 59, 0.6},    {"VA", 220, 246, 8.6},  {"WA", 980, 994, 7.7},
    {"WV", 247, 268, 1.8},  {"WI", 530, 549, 5.9},  {"WY", 820, 831, 0.6},
}};

constexpr std::array<std::string_view, 48> beginnings{
    "Ash",  "Beck",  "Birch", "Bram", "Brook", "Calder", "Carr", "Cedar", "Clay", "Clover",
    "Cole", "Corn",  "Crest", "Dal",  "Dun",   "East",   "Elm",  "Fair",  "Fern", "Glen",
    "Gran", "Green", "Hamp",  "Hart", "Haver", "Hazel",  "Hol",  "Kings", "Lang", "Lin",
    "Mar",  "May",   "Mill",  "Nor",  "Oak",   "Pem",    "Pine", "Quin",  "Red",  "Ridge",
    "Rock", "Rose",  "Sand",  "Stan", "Thorn", "Wal",    "Whit", "Win"};
constexpr std::array<std::string_view, 36> endings{
    "ton",  "ville", "field", "ford",    "wood",  "dale",  "burg",  "ham",    "ley",
    "mont", "port",  "view",  "land",    "ridge", "brook", "worth", "stead",  "bury",
    "more", "haven", "crest", "gate",    "hurst", "wick",  "mere",  "bridge", "shire",
    "low",  "stone", "side",  "borough", "well",  "by",    "cliff", "combe",  "ston"};
struct Form {
  std::string_view before;
  std::string_view after;
};
constexpr std::array<Form, 12> forms{{{"", ""},
                                      {"North ", ""},
                                      {"Lake ", ""},
                                      {"", " Springs"},
                                      {"", " Park"},
                                      {"Port ", ""},
                                      {"", " Heights"},
                                      {"Mount ", ""},
                                      {"New ", ""},
                                      {"", " Falls"},
                                      {"", " Valley"},
                                      {"West ", ""}}};

struct Abroad {
  std::string_view country;
  double visitors;
  std::array<std::string_view, 3> cities;
};

constexpr std::array<Abroad, 44> abroad{{
    {"Mexico", 30, {"Cancun", "Mexico City", "Puerto Vallarta"}},
    {"Canada", 14, {"Toronto", "Vancouver", "Montreal"}},
    {"United Kingdom", 9, {"London", "Edinburgh", ""}},
    {"Italy", 8, {"Rome", "Venice", "Florence"}},
    {"France", 7, {"Paris", "Nice", ""}},
    {"Dominican Republic", 6, {"Punta Cana", "Santo Domingo", ""}},
    {"Jamaica", 6, {"Kingston", "Montego Bay", ""}},
    {"Germany", 5, {"Berlin", "Munich", ""}},
    {"Spain", 5, {"Madrid", "Barcelona", ""}},
    {"Bahamas", 4, {"Nassau", "", ""}},
    {"China", 4, {"Beijing", "Shanghai", ""}},
    {"Japan", 4, {"Tokyo", "Osaka", ""}},
    {"Philippines", 4, {"Manila", "Cebu", ""}},
    {"India", 4, {"Delhi", "Mumbai", ""}},
    {"Costa Rica", 3, {"San Jose", "", ""}},
    {"Netherlands", 3, {"Amsterdam", "", ""}},
    {"Ireland", 3, {"Dublin", "", ""}},
    {"Greece", 2, {"Athens", "", ""}},
    {"Israel", 2, {"Tel Aviv", "", ""}},
    {"Hong Kong", 2, {"Hong Kong", "", ""}},
    {"Taiwan", 2, {"Taipei", "", ""}},
    {"South Korea", 2, {"Seoul", "", ""}},
    {"Thailand", 2, {"Bangkok", "", ""}},
    {"Colombia", 2, {"Bogota", "", ""}},
    {"Brazil", 2, {"Rio de Janeiro", "", ""}},
    {"Switzerland", 2, {"Zurich", "", ""}},
    {"Austria", 1, {"Vienna", "", ""}},
    {"Australia", 1, {"Sydney", "", ""}},
    {"Portugal", 1, {"Lisbon", "", ""}},
    {"Turkey", 1, {"Istanbul", "", ""}},
    {"Haiti", 1, {"Port au Prince", "", ""}},
    {"Guatemala", 1, {"Guatemala City", "", ""}},
    {"Peru", 1, {"Lima", "", ""}},
    {"Singapore", 1, {"Singapore", "", ""}},
    {"Vietnam", 1, {"Hanoi", "", ""}},
    {"Poland", 1, {"Warsaw", "", ""}},
    {"Sweden", 1, {"Stockholm", "", ""}},
    {"Norway", 1, {"Oslo", "", ""}},
    {"Denmark", 1, {"Copenhagen", "", ""}},
    {"Belgium", 1, {"Brussels", "", ""}},
    {"Czech Republic", 1, {"Prague", "", ""}},
    {"Egypt", 1, {"Cairo", "", ""}},
    {"South Africa", 0.5, {"Cape Town", "", ""}},
    {"New Zealand", 0.5, {"Auckland", "", ""}},
}};

std::string city_name(std::uint32_t number) {
  constexpr auto names =
      static_cast<std::uint32_t>(beginnings.size() * endings.size() * forms.size());
  // A stride without a common factor visits every name once and mixes them on the map.
  constexpr std::uint32_t stride = 7919;
  static_assert(std::gcd(stride, names) == 1 && distinct_home_names <= names);
  std::uint32_t rest = number % distinct_home_names * stride % names;
  const Form& form = forms[rest % forms.size()];
  rest /= static_cast<std::uint32_t>(forms.size());
  std::string name(form.before);
  name += beginnings[rest % beginnings.size()];
  name += endings[rest / beginnings.size()];
  name += form.after;
  return name;
}

// How many cities each state has: growing slower than its inhabitants, `home_city_count` in all.
std::array<std::uint32_t, states.size()> cities_of_states() {
  std::array<double, states.size()> running{};
  double sum = 0;
  for (std::size_t s = 0; s < states.size(); ++s) {
    const double wanted = std::sqrt(states[s].million_inhabitants);
    const double room = 0.25 * (states[s].last_prefix - states[s].first_prefix + 1);
    sum += std::min(wanted, room);
    running[s] = sum;
  }
  std::array<std::uint32_t, states.size()> counts{};
  std::uint32_t before = 0;
  for (std::size_t s = 0; s < states.size(); ++s) {
    const auto up_to = static_cast<std::uint32_t>(running[s] / sum * home_city_count + 0.5);
    counts[s] = up_to - before;
    before = up_to;
  }
  return counts;
}

void add_state(const State& state, std::uint32_t count, std::vector<City>& cities) {
  const auto first_city = static_cast<std::uint32_t>(cities.size());
  // Sizes are dealt out by lot: pairs of lot and city.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> by_size;
  for (std::uint32_t c = 0; c < count; ++c) {
    by_size.emplace_back(draw(country_key, Topic::place, first_city + c)[0], c);
  }
  std::sort(by_size.begin(), by_size.end());
  std::vector<double> weights(count);
  double sum = 0;
  for (std::uint32_t rank = 0; rank < count; ++rank) {
    weights[by_size[rank].second] = 1.0 / (rank + 3.0);
    sum += 1.0 / (rank + 3.0);
  }
  const std::uint32_t first_zip = state.first_prefix * 100 + 1;
  const std::uint32_t room = (state.last_prefix - state.first_prefix + 1) * 100 - 1;
  for (std::uint32_t c = 0; c < count; ++c) {
    City city;
    city.name = city_name(first_city + c);
    city.state = state.code;
    city.weight = weights[c] / sum * state.million_inhabitants;
    const std::uint32_t from = room * c / count;
    const std::uint32_t until = room * (c + 1) / count;
    const auto wanted = 1 + static_cast<std::uint32_t>(city.weight * 25);
    city.first_zip = first_zip + from;
    city.zips = std::min(wanted, until - from);
    cities.push_back(std::move(city));
  }
}

std::vector<double> running_sums(const std::vector<City>& cities, std::size_t from,
                                 std::size_t until) {
  std::vector<double> sums;
  double sum = 0;
  for (std::size_t c = from; c < until; ++c) sums.push_back(sum += cities[c].weight);
  return sums;
}

std::uint32_t pick(const std::vector<double>& sums, double u) {
  const auto found = std::upper_bound(sums.begin(), sums.end(), u * sums.back());
  return static_cast<std::uint32_t>(std::min(found, sums.end() - 1) - sums.begin());
}

}  // namespace

std::uint32_t Gazetteer::home_city(double u) const {
  return pick(cumulative_home, u);
}

std::uint32_t Gazetteer::city_abroad(double u) const {
  return home_cities + pick(cumulative_abroad, u);
}

Gazetteer make_gazetteer() {
  Gazetteer gazetteer;
  auto& cities = gazetteer.cities;
  const auto counts = cities_of_states();
  for (std::size_t s = 0; s < states.size(); ++s) add_state(states[s], counts[s], cities);
  gazetteer.home_cities = static_cast<std::uint32_t>(cities.size());
  for (const Abroad& country : abroad) {
    double share = country.visitors;
    for (const std::string_view name : country.cities) {
      if (name.empty()) continue;
      City city;
      city.name = name;
      city.state = country.country;
      city.weight = share *= 0.6;
      cities.push_back(std::move(city));
    }
  }
  gazetteer.cumulative_home = running_sums(cities, 0, gazetteer.home_cities);
  gazetteer.cumulative_abroad = running_sums(cities, gazetteer.home_cities, cities.size());
  return gazetteer;
}

}  // namespace cuvae::simulate
