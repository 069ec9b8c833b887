// What a single cell's text is: number, time, date; and what kind a set of cells makes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <cuvae/table.hpp>

namespace cuvae {

// An optional sign, digits, and optionally a point with nothing but zeros behind it. ASCII only.
bool is_whole(std::string_view text);

// For is_whole texts: |value| <= 2^53.
bool is_exact_whole(std::string_view text);

enum class NumberForm { none, finite, not_finite };

// Plain decimal and exponent forms; "inf", "nan" and what overflows a double are not_finite. Blanks
// around a number and underscores within make it none. `value` is the nearest double.
NumberForm parse_number(std::string_view text, double& value);

// A number with `$` or `-$` before it: every `$` is taken out, the rest must be a number.
NumberForm parse_currency(std::string_view text, double& value);

// Tokens behind the point; -1 where there is an exponent.
int decimals_of(std::string_view text);

bool is_time(std::string_view text);  // HH:MM or HH:MM:SS
bool is_date(std::string_view text);  // YYYY-MM-DD

// Decides a column's kind from its distinct present cells, given one after the other in any order.
class KindVote {
 public:
  void add(std::string_view text, std::uint64_t count);

  ColumnKind kind() const;

  // Why, for people. The parts that don't depend on the order of add().
  std::string reason(ColumnKind kind, std::uint64_t missing) const;

  // Some cells are inf, nan or too large, and all others are numbers (or all amounts).
  bool spoilt() const;

  // For columns whose cells were parsed as values: `cells` of them, `whole` of those whole.
  void add_numbers(ColumnKind kind, std::uint64_t cells, std::uint64_t whole);

  // Where add() saw a text more than once.
  void set_distinct(std::uint64_t distinct) { distinct_ = distinct; }

  bool all_whole() const { return cells_ == whole_; }

 private:
  std::uint64_t cells_ = 0;  // with something in them
  std::uint64_t distinct_ = 0;
  std::uint64_t whole_ = 0;
  std::uint64_t beyond_ = 0;  // whole, but beyond 2^53
  std::uint64_t finite_ = 0;
  std::uint64_t infinite_ = 0;
  std::uint64_t currency_ = 0;
  std::uint64_t currency_infinite_ = 0;
  std::uint64_t times_ = 0;
  std::uint64_t dates_ = 0;
};

// 19963 as "19,963".
std::string grouped(std::uint64_t number);

// A cell for a message: cut after 40 bytes, quotes around it, control bytes as '?'.
std::string shown(std::string_view text);

}  // namespace cuvae
