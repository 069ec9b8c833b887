// The exact rounding of codes, on the host: the kernels compile the same source.
#include "kernels/arithmetic/round_code.hpp"

#include <gtest/gtest.h>

#include "published/wanted_rows.hpp"

namespace cuvae {
namespace {

constexpr std::uint32_t spans[] = {0,        1,         2,         3,         255,
                                   256,      1439,      65535,     732069,    4194302,
                                   4194303,  4194304,   9999999,   16777215,  16777216,
                                   16777217, 100000000, 268435457, 536870910, 536870911};

TEST(RoundCode, EveryStepThroughTheFloats) {
  for (const std::uint32_t span : spans) {
    for (std::uint32_t bits = 0x00800000U; bits <= 0x3f800000U; bits += 40'009) {
      const float x = ScalarOps::from_bits(bits);
      ASSERT_EQ(round_code(x, span), nearest_code(x, span)) << x << " * " << span;
    }
    ASSERT_EQ(round_code(1.0F, span), span);
  }
}

// The floats nearest to halfway between two codes, and exactly there.
TEST(RoundCode, AroundHalves) {
  for (const std::uint32_t span : spans) {
    if (span == 0) continue;
    for (std::uint32_t i = 0; i < 20'000; ++i) {
      const auto code = static_cast<std::uint32_t>(std::uint64_t{i} * span / 20'000);
      const auto halfway = static_cast<float>((code + 0.5) / span);
      for (const int step : {-2, -1, 0, 1, 2}) {
        const float x =
            ScalarOps::from_bits(ScalarOps::to_bits(halfway) + static_cast<std::uint32_t>(step));
        if (x > 1) continue;
        ASSERT_EQ(round_code(x, span), nearest_code(x, span)) << x << " * " << span;
        ASSERT_EQ(round_large_code(x, span), nearest_code(x, span)) << x << " * " << span;
      }
    }
  }
}

}  // namespace
}  // namespace cuvae
