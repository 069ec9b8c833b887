#include "arrow/cell_texts.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <limits>
#include <type_traits>
#include <utility>

#include <cuvae/error.hpp>

#include "text/display.hpp"

namespace cuvae {
namespace {

constexpr std::int64_t seconds_a_day = 86'400;

std::int64_t floor_divide(std::int64_t number, std::int64_t by) {
  return number / by - (number % by < 0 ? 1 : 0);
}

template <class T>
const T* buffer_of(const ArrowArray& array, int index) {
  return static_cast<const T*>(array.buffers[index]);
}

// The array's own row number of each row of a slice, and which are there.
class Rows {
 public:
  Rows(const ColumnFormat& format, const ArraySlice& slice)
      : first_(slice.array->offset + slice.first),
        all_missing_(format.type == ArrowType::null && !format.has_dictionary) {
    if (all_missing_ || slice.array->null_count == 0) return;
    present_ = buffer_of<std::uint8_t>(*slice.array, 0);
  }

  std::int64_t operator[](std::int64_t row) const { return first_ + row; }

  bool is_there(std::int64_t row) const {
    if (present_ == nullptr) return !all_missing_;
    const std::int64_t at = first_ + row;
    return (present_[at / 8] >> (at % 8) & 1) != 0;
  }

 private:
  std::int64_t first_;
  bool all_missing_;
  const std::uint8_t* present_ = nullptr;
};

template <class T>
void append_integer(std::string& out, T number) {
  char text[24];
  out.append(text, std::to_chars(text, text + sizeof text, number).ptr);
}

// As Python, pandas and Polars write it, so that their CSV files and their data frames are the same
// table.
template <class T>
void append_real(std::string& out, T number) {
  if (std::isnan(number)) return;
  char text[64];
  const T size = std::abs(number);
  const bool plain = size == 0 || (size >= T(1e-4) && size < T(1e16));
  const auto form = plain ? std::chars_format::fixed : std::chars_format::scientific;
  const char* const end = std::to_chars(text, text + sizeof text, number, form).ptr;
  out.append(static_cast<const char*>(text), end);
  if (plain && std::find(static_cast<const char*>(text), end, '.') == end) out += ".0";
}

float float_of_half(std::uint16_t half) {
  const int exponent = half >> 10 & 31;
  const auto fraction = static_cast<float>(half & 1023);
  float number = 0;
  if (exponent == 31) {
    number = fraction != 0 ? std::numeric_limits<float>::quiet_NaN()
                           : std::numeric_limits<float>::infinity();
  } else {
    number = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  }
  return half >> 15 != 0 ? -number : number;
}

__extension__ using Integer128 = __int128;

Integer128 decimal_at(const ArrowArray& array, std::int64_t row, int bits) {
  if (bits == 32) return buffer_of<std::int32_t>(array, 1)[row];
  if (bits == 64) return buffer_of<std::int64_t>(array, 1)[row];
  Integer128 number = 0;
  std::memcpy(&number, buffer_of<std::byte>(array, 1) + row * 16, sizeof number);
  return number;
}

void append_decimal(std::string& out, Integer128 number, int decimals) {
  __extension__ using Unsigned128 = unsigned __int128;
  const bool negative = number < 0;
  Unsigned128 rest =
      negative ? -static_cast<Unsigned128>(number) : static_cast<Unsigned128>(number);
  std::string digits;
  for (; rest != 0 || digits.empty(); rest /= 10) {
    digits += static_cast<char>('0' + static_cast<int>(rest % 10));
  }
  if (decimals < 0 && number != 0) {
    digits.insert(0, static_cast<std::size_t>(-decimals), '0');
  }
  const auto behind = static_cast<std::size_t>(std::max(decimals, 0));
  if (digits.size() <= behind) digits.append(behind + 1 - digits.size(), '0');
  if (negative) out += '-';
  for (std::size_t i = digits.size(); i-- > 0;) {
    out += digits[i];
    if (i == behind && behind != 0) out += '.';
  }
}

void append_day(std::string& out, std::int64_t days, const std::string& name) {
  constexpr std::int64_t first_day = -719'528;  // 0000-01-01
  constexpr std::int64_t last_day = 2'932'896;  // 9999-12-31
  if (days < first_day || days > last_day) {
    throw Error(ErrorKind::data,
                fmt::format("column {} holds a day outside of the years 0 to 9999, {} days from "
                            "1970-01-01; correct or empty the cell",
                            in_quotes(name), days));
  }
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

void append_clock(std::string& out, std::int64_t units, std::int64_t units_per_second, int digits) {
  const std::int64_t seconds = units / units_per_second;
  fmt::format_to(std::back_inserter(out), "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60,
                 seconds % 60);
  if (digits == 0) return;
  std::int64_t fraction = units % units_per_second;
  std::int64_t unit = units_per_second;
  for (int i = 0; i < digits; ++i) unit /= 10;
  fraction /= std::max<std::int64_t>(unit, 1);
  fmt::format_to(std::back_inserter(out), ".{:0{}}", fraction, digits);
}

std::int64_t instant_at(const ColumnFormat& format, const ArrowArray& array, std::int64_t row) {
  if (format.type == ArrowType::time32) return buffer_of<std::int32_t>(array, 1)[row];
  return buffer_of<std::int64_t>(array, 1)[row];
}

void append_instant(std::string& out, std::int64_t value, const ColumnFormat& format,
                    const InstantStyle& style) {
  const std::int64_t units_a_day = seconds_a_day * format.units_per_second;
  if (format.type != ArrowType::timestamp) {
    append_clock(out, value - units_a_day * floor_divide(value, units_a_day),
                 format.units_per_second, style.digits);
    return;
  }
  const std::int64_t day = floor_divide(value, units_a_day);
  append_day(out, day, format.name);
  if (style.only_days) return;
  out += ' ';
  append_clock(out, value - day * units_a_day, format.units_per_second, style.digits);
  if (format.zoned) out += 'Z';
}

std::string_view view_at(const ArrowArray& array, std::int64_t row) {
  constexpr std::int64_t view_bytes = 16;
  constexpr std::int32_t most_inline = 12;
  const char* const view = buffer_of<char>(array, 1) + row * view_bytes;
  std::int32_t words[4];
  std::memcpy(words, view, sizeof words);
  const auto size = static_cast<std::size_t>(words[0]);
  if (words[0] <= most_inline) return {view + 4, size};
  return {buffer_of<char>(array, 2 + words[2]) + words[3], size};
}

template <class Offset>
std::string_view text_at(const ArrowArray& array, std::int64_t row) {
  const auto* const offset = buffer_of<Offset>(array, 1) + row;
  if (offset[0] == offset[1]) return {};
  return {buffer_of<char>(array, 2) + offset[0], static_cast<std::size_t>(offset[1] - offset[0])};
}

// One class for all types: what differs is one function.
template <class F>
class Writer final : public CellWriter {
 public:
  Writer(const ColumnFormat& format, const ArraySlice& slice, F append)
      : rows_(format, slice), append_(std::move(append)) {}

  void append(std::string& out, std::int64_t row) const override {
    if (rows_.is_there(row)) append_(out, rows_[row]);
  }

 private:
  Rows rows_;
  F append_;
};

template <class F>
std::unique_ptr<CellWriter> writer(const ColumnFormat& format, const ArraySlice& slice, F append) {
  return std::make_unique<Writer<F>>(format, slice, std::move(append));
}

template <class T>
std::unique_ptr<CellWriter> number_writer(const ColumnFormat& format, const ArraySlice& slice) {
  const T* const cells = buffer_of<T>(*slice.array, 1);
  return writer(format, slice, [cells](std::string& out, std::int64_t at) {
    if constexpr (std::is_floating_point_v<T>) {
      append_real(out, cells[at]);
    } else {
      append_integer(out, cells[at]);
    }
  });
}

template <class F>
std::unique_ptr<CellWriter> text_writer(const ColumnFormat& format, const ArraySlice& slice,
                                        F text) {
  return writer(
      format, slice,
      [&array = *slice.array, &name = format.name, text](std::string& out, std::int64_t at) {
        append_text_cell(out, text(array, at), name);
      });
}

std::int64_t index_at(const ArrowArray& array, ArrowType type, std::int64_t row) {
  switch (type) {
    case ArrowType::int8:
      return buffer_of<std::int8_t>(array, 1)[row];
    case ArrowType::uint8:
      return buffer_of<std::uint8_t>(array, 1)[row];
    case ArrowType::int16:
      return buffer_of<std::int16_t>(array, 1)[row];
    case ArrowType::uint16:
      return buffer_of<std::uint16_t>(array, 1)[row];
    case ArrowType::int32:
      return buffer_of<std::int32_t>(array, 1)[row];
    case ArrowType::uint32:
      return buffer_of<std::uint32_t>(array, 1)[row];
    default:
      return buffer_of<std::int64_t>(array, 1)[row];
  }
}

// Each distinct cell is spelled once.
std::unique_ptr<CellWriter> dictionary_writer(const ColumnFormat& format, const InstantStyle& style,
                                              const ArraySlice& slice) {
  ColumnFormat plain = format;
  plain.has_dictionary = false;
  const ArrowArray& dictionary = *slice.array->dictionary;
  const auto cells = make_cell_writer(plain, style, {&dictionary, 0, dictionary.length});
  std::vector<std::string> texts(static_cast<std::size_t>(dictionary.length));
  for (std::int64_t i = 0; i < dictionary.length; ++i) {
    cells->append(texts[static_cast<std::size_t>(i)], i);
  }
  return writer(format, slice,
                [&array = *slice.array, type = format.indices, texts = std::move(texts)](
                    std::string& out, std::int64_t at) {
                  out += texts.at(static_cast<std::size_t>(index_at(array, type, at)));
                });
}

}  // namespace

InstantStyle instant_style(const ColumnFormat& format, const std::vector<ArraySlice>& slices) {
  InstantStyle style;
  const bool timestamp = format.type == ArrowType::timestamp;
  if (!timestamp && format.type != ArrowType::time32 && format.type != ArrowType::time64) {
    return style;
  }
  style.only_days = timestamp && !format.zoned;
  ColumnFormat plain = format;
  plain.has_dictionary = false;
  const std::int64_t units_a_day = seconds_a_day * format.units_per_second;
  for (ArraySlice slice : slices) {
    if (format.has_dictionary)
      slice = {slice.array->dictionary, 0, slice.array->dictionary->length};
    const Rows rows(plain, slice);
    for (std::int64_t row = 0; row < slice.rows; ++row) {
      if (!rows.is_there(row)) continue;
      const std::int64_t value = instant_at(format, *slice.array, rows[row]);
      if (value % units_a_day != 0) style.only_days = false;
      std::int64_t below_second = value % format.units_per_second;
      int digits = 0;
      for (std::int64_t unit = format.units_per_second; below_second != 0; digits += 3) {
        unit /= 1000;
        below_second %= unit;
      }
      style.digits = std::max(style.digits, digits);
    }
  }
  return style;
}

std::unique_ptr<CellWriter> make_cell_writer(const ColumnFormat& format, const InstantStyle& style,
                                             const ArraySlice& slice) {
  if (format.has_dictionary) return dictionary_writer(format, style, slice);
  const ArrowArray& array = *slice.array;
  switch (format.type) {
    case ArrowType::null:
      break;
    case ArrowType::boolean:
      return writer(format, slice, [&array](std::string& out, std::int64_t at) {
        const bool is_true = (buffer_of<std::uint8_t>(array, 1)[at / 8] >> (at % 8) & 1) != 0;
        out += is_true ? "true" : "false";
      });
    case ArrowType::int8:
      return number_writer<std::int8_t>(format, slice);
    case ArrowType::int16:
      return number_writer<std::int16_t>(format, slice);
    case ArrowType::int32:
      return number_writer<std::int32_t>(format, slice);
    case ArrowType::int64:
      return number_writer<std::int64_t>(format, slice);
    case ArrowType::uint8:
      return number_writer<std::uint8_t>(format, slice);
    case ArrowType::uint16:
      return number_writer<std::uint16_t>(format, slice);
    case ArrowType::uint32:
      return number_writer<std::uint32_t>(format, slice);
    case ArrowType::uint64:
      return number_writer<std::uint64_t>(format, slice);
    case ArrowType::float16:
      return writer(format, slice, [&array](std::string& out, std::int64_t at) {
        append_real(out, float_of_half(buffer_of<std::uint16_t>(array, 1)[at]));
      });
    case ArrowType::float32:
      return number_writer<float>(format, slice);
    case ArrowType::float64:
      return number_writer<double>(format, slice);
    case ArrowType::decimal:
      return writer(format, slice, [&array, &format](std::string& out, std::int64_t at) {
        append_decimal(out, decimal_at(array, at, format.bits), format.decimals);
      });
    case ArrowType::text:
      return text_writer(format, slice, text_at<std::int32_t>);
    case ArrowType::large_text:
      return text_writer(format, slice, text_at<std::int64_t>);
    case ArrowType::text_view:
      return text_writer(format, slice, view_at);
    case ArrowType::date32:
      return writer(format, slice, [&array, &format](std::string& out, std::int64_t at) {
        append_day(out, buffer_of<std::int32_t>(array, 1)[at], format.name);
      });
    case ArrowType::date64:
      return writer(format, slice, [&array, &format](std::string& out, std::int64_t at) {
        constexpr std::int64_t milliseconds_a_day = seconds_a_day * 1000;
        append_day(out, floor_divide(buffer_of<std::int64_t>(array, 1)[at], milliseconds_a_day),
                   format.name);
      });
    case ArrowType::time32:
    case ArrowType::time64:
    case ArrowType::timestamp:
      return writer(format, slice, [&array, &format, style](std::string& out, std::int64_t at) {
        append_instant(out, instant_at(format, array, at), format, style);
      });
  }
  return writer(format, slice, [](std::string&, std::int64_t) {});
}

void append_text_cell(std::string& out, std::string_view text, const std::string& name) {
  bool quote = false;
  for (const char c : text) {
    if (c == '\0') {
      throw Error(ErrorKind::data, fmt::format("column {} holds a text with a NUL byte, {}; remove "
                                               "the byte",
                                               in_quotes(name), in_quotes(text)));
    }
    quote |= c == arrow_delimiter || c == '"' || c == '\n' || c == '\r';
  }
  if (!quote) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace cuvae
