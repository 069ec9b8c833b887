#include "generate/typed_column.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>

#include "text/cell_format.hpp"

namespace cuvae {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// A whole number of units of the last decimal.
struct FixedNumber {
  std::int64_t ticks = 0;
  int decimals = 0;
};

// Nothing where CellFormat spells the number otherwise, or it is too long to be counted in 64 bits.
std::optional<FixedNumber> fixed_number(std::string_view text) {
  constexpr std::size_t most_digits = 18;
  std::string digits(text);
  FixedNumber number;
  const std::size_t point = digits.find('.');
  if (point != std::string::npos) {
    number.decimals = static_cast<int>(digits.size() - point - 1);
    digits.erase(point, 1);
  }
  if (digits.size() > most_digits) return std::nullopt;
  const char* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, number.ticks);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  char again[CellFormat::most_bytes];
  const CellFormat format{.decimals = number.decimals};
  const std::string_view spelled(
      again, static_cast<std::size_t>(format.spell_ticks(again, number.ticks) - again));
  return spelled == text ? std::optional(number) : std::nullopt;
}

// Decimals that all labels are spelled with; nothing where one is no such number.
std::optional<int> decimals_of_labels(const std::vector<std::string>& labels) {
  std::optional<int> decimals;
  for (const std::string& label : labels) {
    if (label.empty()) continue;
    const auto number = fixed_number(label);
    if (!number || (decimals && *decimals != number->decimals)) return std::nullopt;
    decimals = number->decimals;
  }
  return decimals;
}

}  // namespace

RowColumn row_column(const ColumnSchema& column) {
  RowColumn described;
  described.name = column.name;
  described.kind = column.kind;
  const auto fixed = [&](int decimals) {
    described.type = decimals == 0 ? CellType::integer : CellType::decimal;
    described.decimals = decimals;
  };
  if (column.spelling) {
    const bool text = column.kind == ColumnKind::instant || column.kind == ColumnKind::key;
    described.type = text ? CellType::text : CellType::real;
    described.decimals = column.decimals;
    described.may_be_missing = !column.markers.empty();
    described.spelling = column.spelling;
    described.markers = column.markers;
    return described;
  }
  if (!is_coded(column.kind)) {
    described.may_be_missing = column.missing > 0;
    if (const auto ticks = ticks_of(column)) {
      fixed(ticks->decimals);
    } else {
      described.type = CellType::real;
      described.decimals = CellFormat::of(column).decimals;
    }
    return described;
  }
  described.may_be_missing = std::count(column.labels.begin(), column.labels.end(), "") > 0;
  const auto decimals =
      column.kind == ColumnKind::ordinal ? decimals_of_labels(column.labels) : std::nullopt;
  if (decimals) {
    fixed(*decimals);
  } else {
    std::vector<std::string> labels;
    for (const std::string& label : column.labels) {
      if (!label.empty()) labels.push_back(label);
    }
    described.labels = std::make_shared<const LabelDictionary>(labels);
  }
  return described;
}

TypedColumn::TypedColumn(const ColumnSchema& column, const ColumnSchema& spelled,
                         const ColumnCoding& coding)
    : column_(column),
      description_(row_column(column)),
      coding_(coding),
      ticks_(is_coded(column.kind) || coding.spelled ? std::nullopt : ticks_of(column)),
      by_label_(!coding.spelled && is_coded(spelled.kind)) {
  if (coding.spelled) {
    description_.spelling = spelled.spelling;  // of the rows' seed, where it makes keys
    return;
  }
  if (by_label_) {
    read_labels(spelled.labels);
  } else {
    description_.may_be_missing = coding.may_be_missing;
  }
}

void TypedColumn::read_labels(const std::vector<std::string>& labels) {
  std::int64_t index = 0;
  for (const std::string& label : labels) {
    std::int64_t whole = 0;
    double real = 0;
    if (label.empty()) {
      // Nothing stands for a missing cell.
    } else if (description_.type == CellType::dictionary) {
      whole = index++;
    } else if (is_coded(column_.kind)) {
      whole = fixed_number(label).value().ticks;
    } else {
      CellFormat::of(column_).parse(label, real);
      if (ticks_) whole = ticks_->tick_of(real);
    }
    absent_.push_back(label.empty() ? 1 : 0);
    whole_.push_back(whole);
    real_.push_back(real);
  }
}

template <class F>
void TypedColumn::for_each_code(const void* codes, std::uint32_t rows, F&& f) const {
  const auto run = [&](const auto* all) {
    for (std::uint32_t row = 0; row < rows; ++row) f(row, std::uint32_t{all[row]});
  };
  switch (coding_.width) {
    case 1:
      run(static_cast<const std::uint8_t*>(codes));
      break;
    case 2:
      run(static_cast<const std::uint16_t*>(codes));
      break;
    default:
      run(static_cast<const std::uint32_t*>(codes));
  }
}

// As read from the text that CSV has for the cell.
double TypedColumn::real_of(std::uint32_t code) const {
  const CellFormat format = CellFormat::of(column_);
  const double exact = real_number_of(column_, std::bit_cast<float>(code));
  if (format.decimals == CellFormat::shortest) return exact;
  char text[CellFormat::most_bytes];
  const char* const end = format.spell(text, exact);
  double read = 0;
  format.parse({text, static_cast<std::size_t>(end - text)}, read);
  return read;
}

// Of a spelled column: numbers or texts, and forms.
ColumnCells TypedColumn::spelled(const SpelledCell* from, std::uint32_t rows) const {
  ColumnCells cells;
  cells.forms = SharedBuffer(rows * sizeof(std::uint32_t));
  const bool missing = description_.may_be_missing;
  SharedBuffer present(missing ? (rows + 7) / 8 : 0);
  auto* const bits = present.to_fill<std::uint8_t>();
  if (missing) std::fill_n(bits, present.size(), std::uint8_t{0});
  auto* const forms = cells.forms.to_fill<std::uint32_t>();
  for (std::uint32_t row = 0; row < rows; ++row) {
    const auto marker = marker_of(column_.kind, from[row]);
    forms[row] = marker.value_or(from[row].form);
    cells.missing += marker ? 1 : 0;
    if (missing && !marker) bits[row / 8] |= static_cast<std::uint8_t>(1U << (row % 8));
  }
  if (cells.missing > 0) cells.present = std::move(present);
  if (description_.type == CellType::text) {
    fill_texts(from, rows, cells);
    return cells;
  }
  cells.values = SharedBuffer(rows * sizeof(double));
  auto* const out = cells.values.to_fill<double>();
  for (std::uint32_t row = 0; row < rows; ++row) {
    out[row] = std::isnan(from[row].number) ? 0.0 : from[row].number;
  }
  return cells;
}

void TypedColumn::fill_texts(const SpelledCell* from, std::uint32_t rows,
                             ColumnCells& cells) const {
  std::string all;
  const Spelling& spelling = *description_.spelling;
  std::string text(spelling.most_bytes(), '\0');
  cells.values = SharedBuffer((std::size_t{rows} + 1) * sizeof(std::int32_t));
  auto* const offsets = cells.values.to_fill<std::int32_t>();
  for (std::uint32_t row = 0; row < rows; ++row) {
    offsets[row] = static_cast<std::int32_t>(all.size());
    if (marker_of(column_.kind, from[row])) continue;
    all.append(text.data(), spelling.spell(text.data(), from[row]));
  }
  offsets[rows] = static_cast<std::int32_t>(all.size());
  cells.bytes = SharedBuffer(all.size());
  std::copy(all.begin(), all.end(), cells.bytes.to_fill<char>());
}

ColumnCells TypedColumn::cells(const void* codes, std::uint32_t rows) const {
  if (coding_.spelled) return spelled(static_cast<const SpelledCell*>(codes), rows);
  ColumnCells cells;
  fill_values(codes, rows, cells);
  if (description_.may_be_missing) fill_present(codes, rows, cells);
  return cells;
}

void TypedColumn::fill_values(const void* codes, std::uint32_t rows, ColumnCells& cells) const {
  const auto fill = [&]<class T>(T, auto&& value_of) {
    cells.values = SharedBuffer(rows * sizeof(T));
    T* const out = cells.values.to_fill<T>();
    for_each_code(codes, rows, [&](std::uint32_t row, std::uint32_t code) {
      out[row] = static_cast<T>(value_of(code));
    });
  };
  const auto whole = [this](std::uint32_t code) { return whole_[code]; };
  const bool missing = description_.may_be_missing;
  if (description_.type == CellType::dictionary) {
    fill(std::int32_t{}, whole);
  } else if (description_.type == CellType::real && by_label_) {
    fill(double{}, [this](std::uint32_t code) { return real_[code]; });
  } else if (description_.type == CellType::real) {
    fill(double{},
         [&](std::uint32_t code) { return missing && code == missing_code ? 0.0 : real_of(code); });
  } else if (by_label_) {
    fill(std::int64_t{}, whole);
  } else if (missing) {
    fill(std::int64_t{}, [first = ticks_->first](std::uint32_t code) {
      return code == missing_code ? 0 : first + code;
    });
  } else {
    fill(std::int64_t{}, [first = ticks_->first](std::uint32_t code) { return first + code; });
  }
}

void TypedColumn::fill_present(const void* codes, std::uint32_t rows, ColumnCells& cells) const {
  SharedBuffer present((rows + 7) / 8);
  auto* const bits = present.to_fill<std::uint8_t>();
  std::uint32_t missing = 0;
  std::uint32_t byte = 0;
  for_each_code(codes, rows, [&](std::uint32_t row, std::uint32_t code) {
    const std::uint32_t there = is_missing(code) ? 0 : 1;
    missing += 1 - there;
    byte |= there << (row % 8);
    if (row % 8 != 7 && row + 1 != rows) return;
    bits[row / 8] = static_cast<std::uint8_t>(byte);
    byte = 0;
  });
  cells.missing = missing;
  if (cells.missing > 0) cells.present = std::move(present);
}

void TypedColumn::numbers(const void* codes, std::uint32_t rows, double* out) const {
  if (coding_.spelled) {
    const auto* const cells = static_cast<const SpelledCell*>(codes);
    for (std::uint32_t row = 0; row < rows; ++row) out[row] = cells[row].number;
    return;
  }
  for_each_code(codes, rows, [&](std::uint32_t row, std::uint32_t code) {
    if (is_missing(code)) {
      out[row] = not_a_number;
    } else if (by_label_) {
      out[row] = real_[code];
    } else if (coding_.real) {
      out[row] = real_of(code);
    } else {
      out[row] = ticks_->number_of(code);
    }
  });
}

}  // namespace cuvae
