// Who sells: merchants that stay where they are, and what a row says about each.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <cuvae/simulate.hpp>

#include "simulate/categories.hpp"
#include "simulate/gazetteer.hpp"

namespace cuvae::simulate {

struct Merchant {
  // `id,city,state,zip,MCC,` as it stands in a row.
  std::array<char, 90> text{};
  std::uint8_t length = 0;
  std::uint8_t category = 0;  // index into categories()
  std::uint16_t price = 256;  // its price level, 256 being the usual
  std::uint16_t rate = 0;     // where its rate stands in its category, as u of Quantiles
};

// All merchants: those of city c are [first[c], first[c + 1]), the busiest first; those without a
// door stand behind the last city.
struct Market {
  Gazetteer gazetteer;
  std::vector<Merchant> merchants;
  std::vector<std::uint32_t> first;              // [cities + 1]
  std::vector<Quantiles> amounts;                // [categories] in cents
  std::array<Quantiles, hours_count> minutes{};  // of the day

  std::uint32_t online_first() const { return first.back(); }
  std::uint32_t online_count() const {
    return static_cast<std::uint32_t>(merchants.size()) - first.back();
  }
  // A merchant of a city, the busier the likelier; `u` of 32 bits.
  std::uint32_t in_city(std::uint32_t city, std::uint32_t u) const {
    const std::uint64_t squared = (std::uint64_t{u} * u) >> 32;
    const std::uint32_t count = first[city + 1] - first[city];
    return first[city] + static_cast<std::uint32_t>((squared * count) >> 32);
  }
  std::uint32_t online(std::uint32_t u) const {
    const std::uint64_t squared = (std::uint64_t{u} * u) >> 32;
    const std::uint64_t cubed = (squared * u) >> 32;
    return online_first() + static_cast<std::uint32_t>((cubed * online_count()) >> 32);
  }
};

// The same merchants whatever the seed.
Market make_market(CardDialect dialect);

}  // namespace cuvae::simulate
