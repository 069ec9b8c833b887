// The country that simulated people live in: towns with zip codes, and places abroad.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cuvae::simulate {

struct City {
  std::string name;
  std::string state;            // two letters at home, the country's name abroad
  std::uint32_t first_zip = 0;  // 0 abroad
  std::uint32_t zips = 0;       // consecutive codes from first_zip
  double weight = 0;            // relative number of inhabitants, or of visitors abroad
};

// Cities at home stand first, state after state and in the order of their zip codes within one, so
// that neighbours in the list are neighbours on the map.
struct Gazetteer {
  std::vector<City> cities;
  std::uint32_t home_cities = 0;
  std::vector<double> cumulative_home;    // [home_cities] running sums of weight
  std::vector<double> cumulative_abroad;  // [the rest]

  // A city drawn by weight; `u` in [0, 1).
  std::uint32_t home_city(double u) const;
  std::uint32_t city_abroad(double u) const;
};

// The same towns whatever the seed: tables simulated with different seeds share their labels.
Gazetteer make_gazetteer();

}  // namespace cuvae::simulate
