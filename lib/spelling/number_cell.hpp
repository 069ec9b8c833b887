// One cell taken apart: the digits of a number, their marks, and what stands around them. Nothing
// here knows of other cells but through the marks of the column.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace cuvae {

// What a column writes between digits.
struct NumberMarks {
  char decimal = '.';
  std::string group;  // between thousands; "" where there are none

  bool operator==(const NumberMarks&) const = default;
};

// Marks that stand between thousands and nowhere else; "," and "." may be either.
inline constexpr std::array<std::string_view, 6> thousands_marks{
    " ", "'", "\xE2\x80\x99", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89"};

// Digits in runs with one mark between each two. A run may be empty at the beginning (".5") and at
// the end ("1.").
struct DigitRuns {
  static constexpr std::size_t most = 16;

  std::array<std::uint16_t, most> digits{};    // of each run
  std::array<std::string_view, most> marks{};  // [runs - 1] behind each run
  std::size_t runs = 0;
  bool zero_first = false;  // the first run begins with 0
};

struct CellPieces {
  std::string_view before;
  std::string_view digits;    // with marks
  std::string_view exponent;  // "e-05"
  std::string_view behind;
  DigitRuns runs;
};

// False where the cell has no digits, or digits in more than one place.
bool take_apart(std::string_view cell, CellPieces& pieces);

// Whether these runs are a number with these marks: thousands in threes, one decimal mark at most.
bool fits(const DigitRuns& runs, const NumberMarks& marks);

struct NumberCell {
  std::string_view before;
  std::string_view behind;
  double value = 0;  // with its sign; -0 where the cell writes one
  int whole_digits = 0;
  int decimals = 0;
  int trailing_zeros = 0;  // of the decimals
  int significant = 0;     // digits from the first that is not zero
  bool point = false;      // the decimal mark is there
  bool grouped = false;
  bool code = false;  // zeros in front, as numbers never have
  // With an exponent the members above, but for the value, say what stands before it.
  bool has_exponent = false;
  bool exponent_plus = false;
  bool exponent_minus = false;
  int exponent_digits = 0;
  char exponent_letter = 'e';
};

enum class CellSign : std::uint8_t { none, plus, minus };

// What stands around digits.
struct Around {
  std::string before;
  std::string behind;

  bool operator==(const Around&) const = default;
  auto operator<=>(const Around&) const = default;
};

struct SignedAround {
  Around bare;  // without the sign
  CellSign sign = CellSign::none;
};

// False where there are two signs.
bool find_sign(std::string_view before, std::string_view behind, SignedAround& result);

// False where the cell is no number that a double holds.
bool read_number(const CellPieces& pieces, const NumberMarks& marks, NumberCell& cell);

// Letters that stand directly before digits and are money rather than a code.
bool is_currency_name(std::string_view text);

bool is_letter(char c);  // ASCII, or a byte of a character beyond it

// Whether a letter begins there: of ASCII or of another script, no currency sign or the like.
bool is_letter_at(std::string_view text, std::size_t at);
bool ends_in_letter(std::string_view text);

}  // namespace cuvae
