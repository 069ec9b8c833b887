// The inner loops of the CSV reader: one column of a batch of rows at a time.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "csv/dictionary.hpp"
#include "csv/record.hpp"
#include "text/column_kinds.hpp"
#include "text/number.hpp"

namespace cuvae {

// Rows whose separators are known. Cell `column` of row r lies between separators
// [r * columns + column - 1] and [r * columns + column]; separators[-1] stands before the first.
struct Batch {
  const char* text;
  const std::uint32_t* separators;
  std::size_t rows;
  std::size_t columns;

  // The same by column, for vectors, where there are any: row r's cell of a column lies between
  // turned[column * turned_stride + r] and turned[(column + 1) * turned_stride + r].
  const std::uint32_t* turned = nullptr;
  std::size_t turned_stride = 0;
};

// A longer one is more likely an unclosed quote than a value.
constexpr std::size_t most_cell_bytes = std::size_t{1} << 20;

constexpr std::size_t all_fit = std::numeric_limits<std::size_t>::max();

// How small integers are spelled.
enum class IntegerForm { plain, point_zero, clock_time };

// Whole numbers base ... base + limit - 1, all in the same form's one spelling, as what they are
// above the base; of times HH:MM the minute of the day. The limit itself stands for a missing cell.
struct SmallIntegers {
  static constexpr std::uint32_t most = 1U << 20;
  std::uint32_t base = 0;
  std::vector<std::uint32_t> counts;  // [limit + 1]
};

// Numbers that are kept as values.
struct Numbers {
  int decimals = 0;                                      // the most of any cell
  int least_decimals = std::numeric_limits<int>::max();  // the fewest
  bool exponents = false;
  bool otherwise = false;  // a cell that its number, with as many decimals, does not give again
  std::uint64_t missing = 0;
  std::uint64_t whole = 0;
};

inline std::uint64_t load_word(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, 8);
  return word;
}

constexpr std::uint64_t every_byte(unsigned char value) {
  return std::uint64_t{0x0101010101010101} * value;
}

// Eight bytes 0 ... 9, the first one the highest digit.
inline bool are_digits(std::uint64_t digits) {
  return (((digits + every_byte(0x76)) | digits) & every_byte(0x80)) == 0;
}
inline std::uint32_t number_of(std::uint64_t digits) {
  digits = digits * 10 + (digits >> 8);
  constexpr std::uint64_t pairs = 0x000000FF000000FF;
  digits = ((digits & pairs) * (100 + (std::uint64_t{1000000} << 32)) +
            ((digits >> 16) & pairs) * (1 + (std::uint64_t{10000} << 32))) >>
           32;
  return static_cast<std::uint32_t>(digits);
}

// Calls f(text, size) for a column's cells, without the carriage return that ends a line; stops
// where it returns false and says at which row.
template <class F>
inline std::size_t for_cells(const Batch& batch, std::size_t column, F&& f) {
  const std::uint32_t* separator = batch.separators + column;
  const bool last = column + 1 == batch.columns;
  for (std::size_t row = 0; row < batch.rows; ++row, separator += batch.columns) {
    const char* text = batch.text + static_cast<std::uint32_t>(separator[-1] + 1);
    const char* end = batch.text + separator[0];
    if (last && end != text && end[-1] == '\r') --end;
    if (!f(row, text, static_cast<std::size_t>(end - text))) return row;
  }
  return all_fit;
}

// A quoted cell without its quotes; what is between them must hold none.
inline void strip_quotes(const char*& text, std::size_t& size) {
  if (size == 0 || *text != '"') return;
  ++text;
  size -= 2;
}

// Cells that are small integers by cell(text, size, value): their values as codes, counted.
template <class Code, class Cell>
inline std::size_t parse_counted(const Batch& batch, std::size_t column, SmallIntegers& into,
                                 Code* codes, Cell&& cell) {
  std::uint32_t* const counts = into.counts.data();
  return for_cells(batch, column, [=](std::size_t row, const char* text, std::size_t size) {
    std::uint32_t value = 0;
    if (!cell(text, size, value)) return false;
    codes[row] = static_cast<Code>(value);
    ++counts[value];
    return true;
  });
}

// One such cell, quoted or not; false where it is none.
template <std::size_t Suffix>
inline bool small_integer(const char* text, std::size_t size, std::uint32_t base,
                          std::uint32_t limit, std::uint32_t& above_base) {
  strip_quotes(text, size);
  above_base = limit;
  if (size == 0) return true;
  const std::size_t digits = size - Suffix;
  if (digits - 1 >= 8) return false;
  if (Suffix == 2 && (text[digits] != '.' || text[digits + 1] != '0')) return false;
  const unsigned unused = static_cast<unsigned>(8 * (8 - digits));
  const std::uint64_t word = ((load_word(text + digits - 8) ^ every_byte('0')) >> unused) << unused;
  above_base = number_of(word) - base;
  const bool padded = *text == '0' && digits != 1;
  return are_digits(word) && !padded && above_base < limit;
}

template <std::size_t Suffix, class Code>
std::size_t parse_small_integers(const Batch& batch, std::size_t column, SmallIntegers& into,
                                 Code* codes) {
  const auto limit = static_cast<std::uint32_t>(into.counts.size() - 1);
  const std::uint32_t base = into.base;
  return parse_counted(batch, column, into, codes,
                       [=](const char* text, std::size_t size, std::uint32_t& value) {
                         return small_integer<Suffix>(text, size, base, limit, value);
                       });
}

constexpr std::uint32_t minutes_a_day = 24 * 60;
constexpr std::size_t clock_time_bytes = 5;

// One cell of HH:MM, quoted or not, in minutes, or empty: minutes_a_day. False for all others.
inline bool clock_time(const char* text, std::size_t size, std::uint32_t& minutes) {
  strip_quotes(text, size);
  minutes = minutes_a_day;
  if (size == 0) return true;
  if (size != clock_time_bytes) return false;
  const auto digit = [text](int i) { return static_cast<std::uint32_t>(text[i]) - '0'; };
  const std::uint32_t hour = 10 * digit(0) + digit(1);
  const std::uint32_t minute = 10 * digit(3) + digit(4);
  minutes = 60 * hour + minute;
  return digit(0) <= 2 && digit(1) <= 9 && text[2] == ':' && digit(3) <= 5 && digit(4) <= 9 &&
         hour < 24;
}

template <class Code>
std::size_t parse_clock_times(const Batch& batch, std::size_t column, SmallIntegers& into,
                              Code* codes) {
  return parse_counted(batch, column, into, codes,
                       [](const char* text, std::size_t size, std::uint32_t& minutes) {
                         return clock_time(text, size, minutes);
                       });
}

// Up to eight bytes, digits with at most one point between, before or behind them.
inline bool parse_short_decimal(const char* text, std::size_t size, double& value, int& decimals) {
  const std::uint64_t kept = ~std::uint64_t{0} >> (64 - 8 * size);
  std::uint64_t word = load_word(text) & kept;
  const std::uint64_t same = word ^ every_byte('.');
  const std::uint64_t points = (same - every_byte(1)) & ~same & every_byte(0x80);
  std::size_t digits = size;
  std::size_t behind = 0;
  if (points != 0) {
    const auto place = static_cast<unsigned>(__builtin_ctzll(points)) / 8;
    const std::uint64_t before = (std::uint64_t{1} << (8 * place)) - 1;
    word = (word & before) | ((word >> 8) & ~before);
    digits = size - 1;
    behind = digits - place;
    if (digits == 0) return false;
  }
  word = (word ^ every_byte('0')) << (8 * (8 - digits));
  if (!are_digits(word)) return false;
  value = static_cast<double>(number_of(word)) / powers_of_ten[behind];
  decimals = static_cast<int>(behind);
  return true;
}

// The same up to 15 digits, where digits and power of ten are exact doubles and so one division
// rounds once.
inline bool parse_decimal(const char* text, std::size_t size, double& value, int& decimals) {
  if (size > 16) return false;
  std::uint64_t digits = 0;
  std::size_t found = 0;
  std::size_t point = size;
  for (std::size_t i = 0; i < size; ++i) {
    const auto digit = static_cast<unsigned>(static_cast<unsigned char>(text[i])) - '0';
    if (digit <= 9) {
      digits = digits * 10 + digit;
      ++found;
    } else if (text[i] == '.' && point == size) {
      point = i;
    } else {
      return false;
    }
  }
  if (found == 0 || found > 15) return false;
  const std::size_t behind = point == size ? 0 : size - 1 - point;
  value = static_cast<double>(digits) / powers_of_ten[behind];
  decimals = static_cast<int>(behind);
  return true;
}

// Any spelling; false where the cell is no finite number.
bool parse_unusual(std::string_view cell, ColumnKind kind, double& value, Numbers& into);

// What stands before an amount, a byte as the parsers want it.
inline constexpr char currency_symbol = traits_of(ColumnKind::currency).format.before.front();
static_assert(traits_of(ColumnKind::currency).format.before.size() == 1 &&
              traits_of(ColumnKind::currency).format.behind.empty());

// Unsigned digits without a zero in front of others, and with one on both sides of a point.
inline bool begins_and_ends_usually(const char* text, std::size_t size) {
  const bool padded = *text == '0' && size > 1 && text[1] != '.';
  return !padded && *text != '.' && text[size - 1] != '.';
}

// One cell, quoted or not; false where it holds no finite number.
template <bool Currency>
inline bool parse_number_cell(const char* text, std::size_t size, Numbers& into, double& result) {
  strip_quotes(text, size);
  if (size == 0) {
    ++into.missing;
    result = std::numeric_limits<double>::quiet_NaN();
    return true;
  }
  const std::string_view cell(text, size);
  bool usual = true;
  if (Currency) {
    usual = *text == currency_symbol;
    ++text;
    --size;
  }
  const bool negative = *text == '-' && size > 1;
  text += negative;
  size -= negative;
  double value = 0;
  int decimals = 0;
  usual = usual && size != 0 && begins_and_ends_usually(text, size) &&
          (size <= 8 ? parse_short_decimal(text, size, value, decimals)
                     : parse_decimal(text, size, value, decimals));
  if (__builtin_expect(!usual, 0)) {
    const ColumnKind kind = Currency ? ColumnKind::currency : ColumnKind::continuous;
    return parse_unusual(cell, kind, result, into);
  }
  into.decimals = decimals > into.decimals ? decimals : into.decimals;
  into.least_decimals = decimals < into.least_decimals ? decimals : into.least_decimals;
  into.whole += static_cast<double>(static_cast<std::int64_t>(value)) == value;
  result = negative ? -value : value;
  return true;
}

template <bool Currency>
std::size_t parse_numbers(const Batch& batch, std::size_t column, Numbers& into, double* values) {
  return for_cells(batch, column,
                   [&into, values](std::size_t row, const char* text, std::size_t size) {
                     return parse_number_cell<Currency>(text, size, into, values[row]);
                   });
}

// What stands between the quotes of a cell, doubled ones made single; `scratch` holds it where the
// cell's own bytes can't. As readable behind its end as the dictionary needs.
inline const char* unquoted_cell(const char* text, std::size_t& size, std::string& scratch) {
  ++text;
  size -= 2;
  if (std::memchr(text, '"', size) == nullptr) return text;
  unquoted({text - 1, size + 2}, scratch);
  size = scratch.size();
  scratch.resize(size + Dictionary::readable_bytes);
  return scratch.data();
}

// Codes are the dictionary's ids.
template <class Code>
std::size_t parse_texts(const Batch& batch, std::size_t column, Dictionary& into, Code* codes) {
  std::string scratch;
  return for_cells(batch, column, [&](std::size_t row, const char* text, std::size_t size) {
    if (__builtin_expect(size != 0 && *text == '"', 0)) text = unquoted_cell(text, size, scratch);
    if (__builtin_expect(size > most_cell_bytes, 0)) return false;
    const std::uint32_t id = into.find(text, size);
    codes[row] = static_cast<Code>(id);
    return id <= std::numeric_limits<Code>::max();
  });
}

}  // namespace cuvae
