// The names in dates, in English, and the digits of fractions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "spelling/instant_format.hpp"

namespace cuvae {

namespace instant_words {

// Of a word in letters of one of the three kinds.
std::optional<Letters> letters_of(std::string_view word);

struct Name {
  int index = -1;  // 0: January, Monday
  bool full = false;
  std::size_t length = 0;
};

// The name with which a text begins; none: index -1.
Name month_at(std::string_view text);
Name weekday_at(std::string_view text);

std::string_view month_name(int month);      // 1: January
std::string_view weekday_name(int weekday);  // 0: Monday

}  // namespace instant_words

// 10^i.
inline constexpr std::array<std::int64_t, 10> powers_of_ten_whole{
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

}  // namespace cuvae
