// What is bought: merchant categories with their prices and times of day.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace cuvae::simulate {

enum class Hours : std::uint8_t { everyday, commute, business, evening, night, online };
inline constexpr std::size_t hours_count = 6;

enum class Pricing : std::uint8_t {
  free,      // any amount in cents
  fuel,      // the same, and reversed pre-authorisations in whole dollars
  stay,      // a merchant's own rate in whole dollars, once or several times; refunded in full
  transfer,  // multiples of 20 dollars
};

struct Category {
  std::uint16_t code;  // MCC
  Hours hours;
  Pricing pricing;
  double median_dollars;
  double sigma;            // of the logarithm of the amount
  double local_share;      // relative number of merchants with a door
  double online_share;     // and of those without
  double refund_share;     // of purchases that end as a negative amount
  bool recurring = false;  // subscribed to
};

std::span<const Category> categories();

// Quantiles of a distribution at 0, 1/256 ... 1, for drawing by linear interpolation.
struct Quantiles {
  std::array<std::int32_t, 257> at{};

  // The quantile at u / 2^16.
  std::int32_t operator()(std::uint32_t u) const {
    const std::int32_t low = at[u >> 8];
    const std::int32_t high = at[(u >> 8) + 1];
    return low + static_cast<std::int32_t>((std::int64_t{high - low} * (u & 255U)) >> 8);
  }
};

std::vector<Quantiles> amounts_in_cents();                // [categories]
std::array<Quantiles, hours_count> minutes_of_the_day();  // 0 ... 1439

}  // namespace cuvae::simulate
