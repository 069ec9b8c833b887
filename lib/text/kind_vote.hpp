// What kind of column a set of cells makes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "text/column_kinds.hpp"

namespace cuvae {

// Decides a column's kind from its distinct present cells, given one after the other in any order.
class KindVote {
 public:
  void add(std::string_view text, std::uint64_t count);

  ColumnKind kind() const;

  // Why, for people. The parts that don't depend on the order of add().
  std::string reason(ColumnKind kind, std::uint64_t missing) const;

  // Some cells are inf, nan or too large, and all others are numbers of one kind.
  bool spoilt() const;

  // For columns whose cells were parsed as values: `cells` of them, `whole` of those whole.
  void add_numbers(ColumnKind kind, std::uint64_t cells, std::uint64_t whole);

  // Where add() saw a text more than once.
  void set_distinct(std::uint64_t distinct) { distinct_ = distinct; }

  bool all_whole() const { return cells_ == whole_; }

 private:
  struct Tally {
    std::uint64_t finite = 0;
    std::uint64_t not_finite = 0;
  };

  std::uint64_t cells_ = 0;  // with something in them
  std::uint64_t distinct_ = 0;
  std::uint64_t whole_ = 0;
  std::uint64_t beyond_ = 0;                         // whole, but beyond 2^53
  std::array<Tally, column_kinds.size()> values_{};  // as column_kinds; empty for coded kinds
  std::uint64_t times_ = 0;
  std::uint64_t dates_ = 0;
};

}  // namespace cuvae
