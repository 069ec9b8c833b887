// One way to write an instant: what strftime's formats say, and more exactly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spelling/calendar.hpp"

namespace cuvae {

enum class InstantField : std::uint8_t {
  text,         // as it stands
  year,         // four digits
  short_year,   // two digits: 1969 to 2068
  month,        // a number
  month_name,   // in English
  day,          // of the month
  day_of_year,  // three digits
  weekday,      // in English
  hour,         // 0 ... 23; a time without date goes on
  half_hour,    // 12, 1 ... 11, of half a day
  minute,
  second,
  fraction,  // of a second, with the separator before it
  half,      // AM or PM
  epoch,     // count since 1970
  zone,      // any offset; only in formats that are yet to be learned
};

enum class Padding : std::uint8_t { zero, none, blank };
enum class Letters : std::uint8_t { title, lower, upper };

struct InstantElement {
  InstantField field = InstantField::text;
  Padding padding = Padding::zero;   // of month, day, hour
  Letters letters = Letters::title;  // of names and AM
  bool full = false;                 // names: not cut to three letters
  bool pointed = false;              // a.m.
  bool trimmed = false;              // fraction: no zeros at its end, but one digit
  bool dropped = false;              // fraction: nothing at all where it is zero
  int digits = 0;                    // fraction: how many, at most; epoch: decimals of a second
  std::string text{};                // of text; the separator before a fraction

  friend bool operator==(const InstantElement&, const InstantElement&) = default;
};

struct InstantFormat {
  std::vector<InstantElement> elements;

  bool has(InstantField field) const;
  bool has_date() const;

  friend bool operator==(const InstantFormat&, const InstantFormat&) = default;
};

// The bounds of a format, also of one from a file.
inline constexpr std::size_t most_format_elements = 40;
inline constexpr std::size_t most_format_bytes = 320;

// strftime's letters Y y m d e H I M S f b h B a A p z j s T F D R, %% and the flags - _ ^; beyond
// them ~ (lower case), : (a.m.), digits before f and s, and before f also - (trimmed) and ?
// (dropped). Nothing, and why in `fault`, where it is no format or does not say when.
std::optional<InstantFormat> compile_format(std::string_view text, std::string& fault);

// The inverse.
std::string format_text(const InstantFormat& format);

enum class Reading : std::uint8_t {
  none,        // not of this format
  impossible,  // of this format, but there is no such time
  instant,
};

struct InstantReading {
  Reading reading = Reading::none;
  Moment moment{};  // the nearest that exists
  int past_month_end =
      0;  // by how many days the day goes beyond its month, where only that is wrong
  std::string_view zone{};  // what the field `zone` found
};

// What a cell says about an element: see InstantEvidence.
using Evidence = std::string;

struct InstantEvidence {
  // Month, day, hour: 0 where the cell does not say it, else 1 + Padding. Names: 1 cut, 2 full.
  static constexpr char none = 0;
  static constexpr char zero = 1;
  static constexpr char plain = 2;
  static constexpr char blank = 3;
  static constexpr char cut = 1;
  static constexpr char full = 2;
  // Fraction: its digits, and these.
  static constexpr char digits = 0x0f;
  static constexpr char ends_in_zero = 0x10;
  static constexpr char is_zero = 0x20;
};

// Takes paddings, cut names and digits of fractions as they come; `evidence` (may be null) gets a
// byte an element.
InstantReading read_instant(const InstantFormat& format, std::string_view cell,
                            Evidence* evidence = nullptr);

// A moment from first_day to last_day, or a time of day below 10,000 hours. `past_month_end`: the
// day is so many days after the last of its month, but not beyond 31. Gives one past the last
// character.
char* spell_instant(char* out, const InstantFormat& format, const Moment& moment,
                    int past_month_end = 0);

// The longest text of spell_instant.
std::size_t most_bytes_of(const InstantFormat& format);

}  // namespace cuvae
