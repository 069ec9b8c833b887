#include "spelling/instant_words.hpp"

#include <algorithm>

namespace cuvae {

namespace instant_words {

namespace {

constexpr std::array<std::string_view, 12> months{"January",   "February", "March",    "April",
                                                  "May",       "June",     "July",     "August",
                                                  "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> weekdays{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};

bool begins_with(std::string_view text, std::string_view name) {
  const auto small = [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); };
  return text.size() >= name.size() &&
         std::equal(name.begin(), name.end(), text.begin(),
                    [&](char a, char b) { return small(a) == small(b); });
}

template <std::size_t count>
Name name_at(const std::array<std::string_view, count>& names, std::string_view text) {
  for (std::size_t index = 0; index < count; ++index) {
    const std::string_view name = names[index];
    if (!begins_with(text, name.substr(0, 3))) continue;
    const bool full = begins_with(text, name);
    return {static_cast<int>(index), full, full ? name.size() : 3};
  }
  return {};
}

}  // namespace

std::optional<Letters> letters_of(std::string_view word) {
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  if (word.empty()) return std::nullopt;
  if (std::all_of(word.begin(), word.end(), upper)) return Letters::upper;
  if (!std::all_of(word.begin() + 1, word.end(), lower)) return std::nullopt;
  return upper(word.front()) ? Letters::title : Letters::lower;
}

std::string_view month_name(int month) {
  return months[static_cast<std::size_t>(month - 1)];
}

std::string_view weekday_name(int weekday) {
  return weekdays[static_cast<std::size_t>(weekday)];
}

Name month_at(std::string_view text) {
  return name_at(months, text);
}

Name weekday_at(std::string_view text) {
  return name_at(weekdays, text);
}

}  // namespace instant_words

}  // namespace cuvae
