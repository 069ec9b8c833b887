// float64 in integers against the host's own float64.
#include "kernels/arithmetic/soft_double.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>

#include "evaluate/alignment.hpp"
#include "evaluate/radix_sort.hpp"

namespace cuvae {
namespace {

constexpr int draws = 300'000;

// Numbers of every exponent, and such as tables hold: cents, whole numbers, near each other.
class Numbers {
 public:
  double next() {
    switch (engine_() % 6) {
      case 0:
        return soft::double_of(engine_());  // any pattern, infinities and NaN too
      case 1:
        return static_cast<double>(static_cast<std::int64_t>(engine_() % 2'000'001) - 1'000'000) /
               100;
      case 2:
        return static_cast<double>(engine_() % 4096);
      case 3:
        return 1.0 + static_cast<double>(engine_() % 64) * 0x1p-52;
      case 4:
        return soft::double_of((engine_() & ~soft::infinity) | (engine_() % 4) << 52U);
      default:
        return special_[engine_() % special_.size()];
    }
  }

 private:
  std::mt19937_64 engine_{5};
  std::array<double, 14> special_{0.0,
                                  -0.0,
                                  1.0,
                                  -1.0,
                                  0x1p-1074,
                                  -0x1p-1074,
                                  0x1p-1022,
                                  std::numeric_limits<double>::max(),
                                  -std::numeric_limits<double>::max(),
                                  std::numeric_limits<double>::infinity(),
                                  -std::numeric_limits<double>::infinity(),
                                  std::numeric_limits<double>::quiet_NaN(),
                                  0x1.fffffep127,
                                  0x1.ffffffp127};
};

bool same(DoubleBits bits, double wanted) {
  return std::isnan(wanted) ? soft::is_nan(bits) : bits == soft::bits_of(wanted);
}

TEST(SoftDouble, Subtracts) {
  Numbers numbers;
  for (int i = 0; i < draws; ++i) {
    const double a = numbers.next();
    const double b = numbers.next();
    ASSERT_TRUE(same(soft::subtract(soft::bits_of(a), soft::bits_of(b)), a - b)) << a << " - " << b;
  }
}

TEST(SoftDouble, Divides) {
  Numbers numbers;
  for (int i = 0; i < draws; ++i) {
    const double a = numbers.next();
    const double b = std::abs(numbers.next());
    if (!std::isfinite(b) || b == 0) continue;
    const SoftDivisor divisor = soft_divisor(soft::bits_of(b));
    ASSERT_TRUE(same(soft::divide(soft::bits_of(a), divisor), a / b)) << a << " / " << b;
  }
}

TEST(SoftDouble, RoundsToFloat) {
  Numbers numbers;
  for (int i = 0; i < draws; ++i) {
    // Halfway between two floats and a little beside it, too.
    const double a = i % 2 == 0 ? numbers.next()
                                : soft::double_of((soft::bits_of(numbers.next()) >> 28U << 28U) +
                                                  static_cast<DoubleBits>(i / 2 % 3) - 1);
    const auto wanted = static_cast<float>(a);
    const std::uint32_t bits = soft::to_float_bits(soft::bits_of(a));
    if (std::isnan(wanted)) {
      ASSERT_TRUE(std::isnan(std::bit_cast<float>(bits))) << a;
    } else {
      ASSERT_EQ(bits, std::bit_cast<std::uint32_t>(wanted)) << a;
    }
  }
  for (const float edge : {0x1p-149F, 0x1p-126F, 0x1.fffffep-127F, 0x1.fffffep127F}) {
    for (const double factor : {0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1 + 0x1p-25, 1 - 0x1p-25}) {
      const double a = static_cast<double>(edge) * factor;
      EXPECT_EQ(soft::to_float_bits(soft::bits_of(a)),
                std::bit_cast<std::uint32_t>(static_cast<float>(a)))
          << a;
    }
  }
}

TEST(SoftDouble, TakesCounts) {
  std::mt19937_64 engine(6);
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t count = engine() >> (11 + engine() % 53);
    ASSERT_EQ(soft::from_count(count), soft::bits_of(static_cast<double>(count))) << count;
  }
}

TEST(SoftDouble, FindsBinsAsEvaluationDoes) {
  Numbers numbers;
  for (int i = 0; i < draws; ++i) {
    double low = numbers.next();
    double high = numbers.next();
    const double number = numbers.next();
    if (!std::isfinite(low) || !std::isfinite(high) || !std::isfinite(high - low)) continue;
    if (high < low) std::swap(low, high);
    const Bins bins(low, high, 50);
    const double width = high > low ? (high - low) / 50 : 1.0;
    if (width == 0) continue;
    const DoubleBits place = soft::divide(soft::subtract(soft::bits_of(number), soft::bits_of(low)),
                                          soft_divisor(soft::bits_of(width)));
    ASSERT_EQ(soft::clamped_floor(place, 49), bins(number))
        << number << " in " << low << ", " << high;
  }
}

TEST(SoftDouble, KeysOrderAsEvaluationsDo) {
  Numbers numbers;
  for (int i = 0; i < draws; ++i) {
    const double a = numbers.next();
    const std::uint64_t key = soft::sort_key(soft::bits_of(a));
    ASSERT_EQ(key, std::isnan(a) ? ~std::uint64_t{0} : key_of(a)) << a;
  }
}

}  // namespace
}  // namespace cuvae
