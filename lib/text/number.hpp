// Plain numbers as text.
#pragma once

#include <string_view>

namespace cuvae {

// An optional sign, digits, and optionally a point with nothing but zeros behind it. ASCII only.
bool is_whole(std::string_view text);

// For is_whole texts: |value| <= 2^53.
bool is_exact_whole(std::string_view text);

enum class NumberForm { none, finite, not_finite };

// Plain decimal and exponent forms; "inf", "nan" and what overflows a double are not_finite. Blanks
// around a number and underscores within make it none. `value` is the nearest double.
NumberForm parse_number(std::string_view text, double& value);

// Digits behind the point; -1 where there is an exponent.
int decimals_of(std::string_view text);

// 10^i, exactly.
inline constexpr int most_exact_power_of_ten = 22;
inline constexpr double powers_of_ten[most_exact_power_of_ten + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

}  // namespace cuvae
