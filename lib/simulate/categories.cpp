#include "simulate/categories.hpp"

#include <algorithm>
#include <cmath>

namespace cuvae::simulate {
namespace {

using H = Hours;
using P = Pricing;

constexpr std::array table{
    // code, hours, pricing, median, sigma, local, online, refunds, recurring
    Category{5411, H::everyday, P::free, 48, 0.75, 40, 1, 0.002},     // groceries
    Category{5541, H::commute, P::fuel, 34, 0.65, 34, 0, 0.09},       // service stations
    Category{5812, H::evening, P::free, 28, 0.7, 45, 0, 0.001},       // restaurants
    Category{5912, H::everyday, P::free, 38, 0.8, 26, 1, 0.004},      // pharmacies
    Category{5814, H::everyday, P::free, 11, 0.55, 32, 0, 0.001},     // fast food
    Category{5499, H::everyday, P::fuel, 17, 0.9, 28, 0, 0.09},       // convenience
    Category{5300, H::everyday, P::free, 90, 0.6, 16, 1, 0.01},       // wholesale clubs
    Category{5311, H::business, P::free, 70, 0.7, 15, 9, 0.03},       // department stores
    Category{5310, H::everyday, P::free, 45, 0.8, 14, 6, 0.02},       // discount stores
    Category{5211, H::business, P::free, 62, 0.9, 7, 1, 0.02},        // building materials
    Category{5251, H::business, P::free, 34, 0.8, 6, 0.5, 0.02},      // hardware
    Category{5261, H::business, P::free, 48, 0.7, 3, 0.3, 0.01},      // garden supplies
    Category{5533, H::business, P::free, 60, 0.7, 5, 1, 0.02},        // automotive parts
    Category{5621, H::business, P::free, 60, 0.6, 4, 4, 0.05},        // women's clothing
    Category{5651, H::business, P::free, 72, 0.6, 6, 6, 0.05},        // family clothing
    Category{5655, H::business, P::free, 88, 0.5, 2, 1, 0.04},        // sports clothing
    Category{5661, H::business, P::free, 78, 0.45, 4, 2, 0.05},       // shoes
    Category{5712, H::business, P::free, 320, 0.8, 3, 1, 0.02},       // furniture
    Category{5719, H::business, P::free, 58, 0.6, 4, 1, 0.02},        // home furnishing
    Category{5722, H::business, P::free, 240, 0.8, 1.5, 0.5, 0.02},   // appliances
    Category{5732, H::business, P::free, 130, 0.9, 4, 6, 0.03},       // electronics
    Category{5733, H::business, P::free, 85, 0.8, 1, 0.3, 0.01},      // music stores
    Category{5813, H::night, P::free, 29, 0.45, 14, 0, 0.0},          // bars
    Category{5921, H::evening, P::free, 27, 0.6, 7, 0, 0.0},          // liquor
    Category{5932, H::business, P::free, 42, 0.9, 2, 0.5, 0.0},       // antiques
    Category{5941, H::business, P::free, 66, 0.8, 3, 2, 0.02},        // sporting goods
    Category{5942, H::everyday, P::free, 27, 0.5, 5, 8, 0.01},        // books
    Category{5947, H::business, P::free, 24, 0.6, 3, 0.5, 0.01},      // gifts
    Category{5970, H::business, P::free, 38, 0.6, 1.5, 0.3, 0.01},    // artists' supplies
    Category{5977, H::business, P::free, 36, 0.6, 2, 1, 0.02},        // cosmetics
    Category{5192, H::everyday, P::free, 11, 0.6, 1, 0.5, 0.0},       // newspapers
    Category{5193, H::business, P::free, 38, 0.4, 2, 0.5, 0.0},       // florists
    Category{5094, H::business, P::free, 260, 0.9, 1.5, 0.3, 0.02},   // jewelry
    Category{5045, H::business, P::free, 190, 0.8, 1, 1.5, 0.02},     // computers
    Category{5815, H::online, P::free, 8, 0.6, 0, 14, 0.002, true},   // digital media
    Category{5816, H::online, P::free, 18, 0.8, 0, 9, 0.002, true},   // games
    Category{7230, H::business, P::free, 27, 0.4, 10, 0, 0.0},        // hairdressers
    Category{7210, H::everyday, P::free, 15, 0.3, 5, 0, 0.0},         // laundries
    Category{7349, H::business, P::free, 58, 0.4, 3, 0, 0.0},         // cleaning
    Category{7531, H::business, P::free, 420, 0.7, 1, 0, 0.0},        // body repair
    Category{7538, H::business, P::free, 140, 0.9, 14, 0, 0.0},       // car service
    Category{7542, H::everyday, P::free, 11, 0.5, 5, 0, 0.0},         // car washes
    Category{7549, H::night, P::free, 105, 0.4, 1, 0, 0.0},           // towing
    Category{7801, H::night, P::free, 80, 0.8, 0, 0.6, 0.0},          // internet gambling
    Category{7802, H::evening, P::free, 60, 0.8, 0.3, 0, 0.0},        // horse races
    Category{7832, H::evening, P::free, 26, 0.4, 5, 0, 0.0},          // cinemas
    Category{7922, H::online, P::free, 85, 0.6, 1, 4, 0.01},          // theatre tickets
    Category{7995, H::night, P::free, 120, 0.8, 1.5, 0.5, 0.0},       // betting
    Category{7996, H::business, P::free, 120, 0.7, 1.5, 0.5, 0.01},   // amusement parks
    Category{8011, H::business, P::free, 105, 0.8, 6, 0, 0.0},        // doctors
    Category{8021, H::business, P::free, 160, 0.7, 5, 0, 0.0},        // dentists
    Category{8041, H::business, P::free, 68, 0.4, 1.5, 0, 0.0},       // chiropractors
    Category{8043, H::business, P::free, 160, 0.5, 2, 0.2, 0.0},      // opticians
    Category{8049, H::business, P::free, 88, 0.5, 1.5, 0, 0.0},       // podiatrists
    Category{8062, H::business, P::free, 280, 1.0, 1, 0, 0.0},        // hospitals
    Category{8099, H::business, P::free, 110, 0.9, 3, 0.3, 0.0},      // medical services
    Category{8111, H::business, P::free, 330, 0.8, 2, 0, 0.0},        // lawyers
    Category{8931, H::business, P::free, 190, 0.6, 2, 0.5, 0.0},      // accountants
    Category{1711, H::business, P::free, 240, 0.8, 2, 0, 0.0},        // heating and plumbing
    Category{4111, H::commute, P::free, 6, 0.6, 2, 0, 0.0},           // local transport
    Category{4112, H::commute, P::free, 44, 0.8, 0.5, 2, 0.02},       // railways
    Category{4121, H::night, P::free, 18, 0.6, 9, 2, 0.001},          // taxis
    Category{4131, H::commute, P::free, 22, 0.6, 1, 0.5, 0.0},        // buses
    Category{4214, H::business, P::free, 36, 0.7, 2, 0.5, 0.0},       // haulage
    Category{4411, H::online, P::stay, 760, 0.6, 0, 0.5, 0.1},        // cruises
    Category{4511, H::online, P::stay, 270, 0.5, 0.3, 2, 0.1},        // airlines
    Category{4722, H::online, P::stay, 280, 0.7, 1, 3, 0.22},         // travel agencies
    Category{4784, H::commute, P::free, 4, 0.7, 8, 1, 0.0},           // tolls
    Category{4814, H::business, P::free, 58, 0.5, 3, 6, 0.0, true},   // telephone
    Category{4829, H::business, P::transfer, 120, 0.4, 12, 0, 0.0},   // money transfer
    Category{4899, H::business, P::free, 85, 0.4, 1, 6, 0.0, true},   // cable television
    Category{4900, H::business, P::free, 105, 0.5, 4, 4, 0.0, true},  // utilities
    Category{5960, H::business, P::free, 90, 0.5, 0, 1, 0.0},         // insurance by mail
    Category{6300, H::business, P::free, 240, 0.6, 2, 3, 0.0, true},  // insurance
    Category{9402, H::business, P::free, 12, 0.8, 6, 1, 0.0},         // post offices
    Category{7011, H::evening, P::stay, 135, 0.4, 6, 2, 0.1},         // lodging
    Category{3504, H::evening, P::stay, 150, 0.35, 0.7, 0.1, 0.1},    // hotel chains
    Category{3509, H::evening, P::stay, 165, 0.35, 0.8, 0.1, 0.1},
    Category{3596, H::evening, P::stay, 120, 0.35, 0.5, 0.1, 0.1},
    Category{3640, H::evening, P::stay, 185, 0.35, 0.5, 0.1, 0.1},
    Category{3684, H::evening, P::stay, 130, 0.35, 0.7, 0.1, 0.1},
    Category{3722, H::evening, P::stay, 145, 0.35, 0.7, 0.1, 0.1},
    Category{3730, H::evening, P::stay, 155, 0.35, 0.5, 0.1, 0.1},
    Category{3775, H::evening, P::stay, 175, 0.35, 0.4, 0.1, 0.1},
    Category{3780, H::evening, P::stay, 160, 0.35, 0.5, 0.1, 0.1},
    Category{3359, H::business, P::stay, 95, 0.4, 0.3, 0.1, 0.08},  // car rental
    Category{3387, H::business, P::stay, 90, 0.4, 0.3, 0.1, 0.08},
    Category{3389, H::business, P::stay, 105, 0.4, 0.4, 0.1, 0.08},
    Category{3390, H::business, P::stay, 85, 0.4, 0.4, 0.1, 0.08},
    Category{3393, H::business, P::stay, 110, 0.4, 0.3, 0.1, 0.08},
    Category{3395, H::business, P::stay, 80, 0.4, 0.3, 0.1, 0.08},
    Category{3405, H::business, P::stay, 100, 0.4, 0.3, 0.1, 0.08},
    Category{3000, H::online, P::free, 320, 0.5, 0, 0.5, 0.0},  // airlines by name
    Category{3001, H::online, P::free, 290, 0.5, 0, 0.5, 0.0},
    Category{3005, H::online, P::free, 410, 0.5, 0, 0.2, 0.0},
    Category{3007, H::online, P::free, 430, 0.5, 0, 0.2, 0.0},
    Category{3008, H::online, P::free, 450, 0.5, 0, 0.2, 0.0},
    Category{3058, H::online, P::free, 300, 0.5, 0, 0.4, 0.0},
    Category{3066, H::online, P::free, 210, 0.5, 0, 0.5, 0.0},
    Category{3132, H::online, P::free, 150, 0.5, 0, 0.2, 0.0},
    Category{3174, H::online, P::free, 180, 0.5, 0, 0.3, 0.0},
    Category{3256, H::online, P::free, 220, 0.5, 0, 0.2, 0.0},
    Category{3260, H::online, P::free, 130, 0.5, 0, 0.3, 0.0},
};

double normal_quantile(double p) {
  double low = -8;
  double high = 8;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (0.5 * std::erfc(-middle / std::sqrt(2.0)) < p ? low : high) = middle;
  }
  return (low + high) / 2;
}

// Relative numbers of purchases in each hour of the day.
constexpr std::array<std::array<double, 24>, hours_count> hourly{{
    {2, 1, 1, 1, 2, 8, 30, 28, 26, 24, 24, 26, 32, 34, 28, 28, 30, 32, 30, 24, 18, 12, 7, 4},
    {1, 1, 1, 1, 4, 18, 40, 44, 30, 18, 15, 15, 18, 17, 16, 22, 34, 40, 28, 16, 10, 7, 4, 2},
    {0, 0, 0, 0, 0, 1, 3, 8, 22, 38, 44, 44, 38, 40, 42, 42, 38, 28, 16, 9, 5, 2, 1, 0},
    {3, 1, 0, 0, 0, 1, 5, 7, 8, 8, 12, 26, 42, 34, 16, 12, 18, 34, 52, 54, 40, 24, 12, 6},
    {28, 22, 14, 6, 3, 2, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9, 12, 18, 24, 30, 38, 44, 44, 38},
    {8, 4, 3, 2, 2, 4, 8, 12, 16, 20, 22, 24, 24, 24, 22, 22, 22, 24, 26, 30, 34, 34, 26, 16},
}};

Quantiles minutes(const std::array<double, 24>& weights) {
  double sum = 0;
  for (const double weight : weights) sum += weight;
  Quantiles quantiles;
  double before = 0;
  std::size_t hour = 0;
  for (std::size_t q = 0; q <= 256; ++q) {
    const double wanted = sum * static_cast<double>(q) / 256;
    while (hour < 23 && before + weights[hour] <= wanted) before += weights[hour++];
    const double within = weights[hour] > 0 ? (wanted - before) / weights[hour] : 0;
    const auto minute =
        static_cast<std::int32_t>(60 * (static_cast<double>(hour) + std::clamp(within, 0.0, 1.0)));
    quantiles.at[q] = std::min(minute, 1439);
  }
  return quantiles;
}

}  // namespace

std::span<const Category> categories() {
  return table;
}

std::vector<Quantiles> amounts_in_cents() {
  std::array<double, 257> normal{};
  for (std::size_t q = 0; q <= 256; ++q) {
    normal[q] = normal_quantile(std::clamp(static_cast<double>(q) / 256, 1e-3, 1 - 2e-5));
  }
  std::vector<Quantiles> all;
  for (const Category& category : table) {
    Quantiles quantiles;
    for (std::size_t q = 0; q <= 256; ++q) {
      const double dollars = category.median_dollars * std::exp(category.sigma * normal[q]);
      quantiles.at[q] = std::max(1, static_cast<std::int32_t>(std::lround(dollars * 100)));
    }
    all.push_back(quantiles);
  }
  return all;
}

std::array<Quantiles, hours_count> minutes_of_the_day() {
  std::array<Quantiles, hours_count> all;
  for (std::size_t h = 0; h < hours_count; ++h) all[h] = minutes(hourly[h]);
  return all;
}

}  // namespace cuvae::simulate
