// The shape of keys: pieces that are the same in all of them and pieces that tell them apart.
//
// The pieces that tell keys apart make a number, the rank, below Mask::ranks(). New keys never
// equal a real one by construction: all real ones are known to have other remainders than a few,
// modulo a prime, and new ones have those. Once all of these are made, keys get longer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spelling/check_digits.hpp"
#include "spelling/keyed_bijection.hpp"
#include "spelling/names.hpp"

namespace cuvae {

enum class Piece {
  constant,  // text
  choice,    // one of `texts`, by `weights`, whatever the rank
  chars,     // a character of each alphabet in `texts`
  number,    // shortest to longest digits of the alphabet texts[0], none leading but for "0" alone
  word,      // shortest to longest characters of the alphabet texts[0]
  listed,    // a name of a built-in list
  check,     // check digits of the whole key
  serial,    // first + row in at least `longest` digits
  growth,    // nothing, until shorter keys are used up
};

enum class Letters { capital, upper, lower };

enum class Growth {
  digits,    // a number, in front of digits; `longest` zeros before
  suffix,    // text and a number
  initials,  // "A. " or "B. A. "
};

struct Slot {
  Piece piece = Piece::constant;
  std::vector<std::string> texts;
  std::vector<std::uint64_t> weights;
  std::uint32_t shortest = 0;
  std::uint32_t longest = 0;
  std::uint64_t first = 0;
  std::uint64_t greatest = 0;  // number; 0: whatever its digits make
  NameList list = NameList::given;
  Letters letters = Letters::capital;
  CheckDigits check = CheckDigits::luhn;
  Growth growth = Growth::suffix;
};

Slot constant_slot(std::string text);
Slot chars_slot(std::vector<std::string> alphabets);
Slot run_slot(Piece piece, std::string alphabet, std::size_t shortest, std::size_t longest);
Slot list_slot(NameList list, Letters letters);
Slot check_slot(CheckDigits check);
Slot growth_slot(Growth growth, std::string text, std::size_t zeros = 0);

// Remainders that no real key has.
struct FreeRanks {
  std::uint64_t modulus = 1;
  std::vector<std::uint64_t> remainders = {0};  // at least one, ascending
};

class Mask {
 public:
  // Longest key but for what it grows by, most slots and most digits of a rank.
  static constexpr std::size_t longest_text = 4096;
  static constexpr std::size_t most_slots = 256;
  static constexpr std::size_t most_digits = 256;
  static constexpr std::size_t most_remainders = 4096;
  // Most values of a number or word.
  static constexpr std::uint64_t most_values = std::uint64_t{1} << 62U;

  // Throws Error(data) for slots that make no sense. `weight` is its share beside other masks.
  Mask(std::vector<Slot> slots, std::uint64_t weight);

  const std::vector<Slot>& slots() const { return slots_; }
  std::uint64_t weight() const { return weight_; }
  bool is_serial() const { return serial_; }

  // How many keys there are, and how many of them can be made before they grow.
  Wide ranks() const { return whole_.size(); }
  Wide capacity() const { return capacity_; }

  // Calls with each rank of which `text` may be a key.
  void for_each_rank(std::string_view text, const std::function<void(Wide)>& call) const;

  // Throws Error(data) for remainders that are none.
  void set_free(FreeRanks free);
  const FreeRanks& free() const { return free_; }

  char* spell(char* out, std::uint64_t row, std::uint64_t seed) const;
  std::size_t most_bytes() const { return most_bytes_; }

  // "INV-2024-######"
  std::string picture() const;

  nlohmann::json to_json() const;
  static Mask from_json(const nlohmann::json& json);

 private:
  struct Digit {  // of the rank, the most significant first
    std::uint64_t radix = 1;
  };
  struct Chunk {  // of digits whose radixes' product fits 64 bits, the least significant first
    std::size_t begin = 0;
    std::size_t end = 0;
    std::uint64_t product = 1;
  };

  void count_digits();
  void match(std::string_view text, std::size_t slot, std::size_t place, Wide rank,
             const std::function<void(Wide)>& call) const;
  char* write(char* out, const std::uint64_t* digits, std::uint64_t row, Wide generation,
              std::uint64_t seed) const;

  std::vector<Slot> slots_;
  std::uint64_t weight_;
  bool serial_ = false;
  std::vector<std::uint64_t> radixes_;  // of all digits, beyond the rank's too
  std::size_t ranked_ = 0;              // how many digits are of the rank
  std::vector<Chunk> chunks_;
  KeyedBijection whole_{1};
  KeyedBijection fresh_{1};
  Wide capacity_ = 1;
  FreeRanks free_;
  std::size_t most_bytes_ = 0;
};

// Values of a number or word; nothing where there are more than Mask::most_values.
std::optional<std::uint64_t> values_of(const Slot& slot);

}  // namespace cuvae
