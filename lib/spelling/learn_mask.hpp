// Learns the shape of keys from their texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "spelling/key_mask.hpp"
#include "spelling/spelling.hpp"

namespace cuvae {

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

inline bool is_letter(char c) {  // or a byte of one beyond ASCII
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

// Rows from which on a piece of a key says nothing about one of them.
std::uint64_t frequent_from(std::uint64_t rows);

// Where the tokens, runs of letters and digits, of a text begin and end.
std::vector<std::pair<std::size_t, std::size_t>> tokens_of(std::string_view text);

// What stands between the tokens, with \1 for each of them.
std::string separators_of(std::string_view text);

// The pieces of texts with the same separators.
struct LearnedSlots {
  std::vector<Slot> slots;          // no growth yet
  std::uint64_t fitting = 0;        // texts that have this shape
  std::uint64_t longer = 0;         // texts that would but for a piece that is longer
  std::uint64_t rows = 0;           // with these texts
  bool may_widen = true;            // no text beside the shape has more digits than it
  bool may_be_serial = true;        // all texts are of the shape
  double code_values = 1;           // how many the pieces that are no words make
  bool has_words = false;           // letters of any number
  std::optional<std::size_t> wide;  // the last slot that is digits only
};

// With `choices`, pieces of which a few frequent texts stand in all keys become choices.
LearnedSlots learn_slots(const std::vector<CellCount>& texts, std::uint64_t frequent, bool choices);

// Sets where a shape grows: `wide` gets more digits, or `suffix` and a number stands at the end.
void add_growth(LearnedSlots& learned, const std::string& suffix);

// The same as a serial number behind the greatest, where the numbers are dense. Keeps the slots
// otherwise.
bool make_serial(LearnedSlots& learned, const std::vector<CellCount>& texts);

// Characters that no text has: one, or several of the same.
std::string unused_suffix(std::span<const CellCount> cells);

// Remainders that no rank of a cell has.
FreeRanks free_ranks(const Mask& mask, std::span<const CellCount> cells);

}  // namespace cuvae
