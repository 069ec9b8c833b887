#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include <cuvae/arrow.hpp>
#include <cuvae/schema.hpp>

#include "arrow/batch_stream.hpp"
#include "generate/typed_column.hpp"
#include "rows/codings.hpp"
#include "spelling/spelling.hpp"

namespace cuvae {
namespace {

class TableBatches final : public BatchSource {
 public:
  TableBatches(std::vector<RowColumn> columns, std::vector<RowBatch> batches)
      : columns_(std::move(columns)), batches_(std::move(batches)) {}

  const std::vector<RowColumn>& columns() const override { return columns_; }

  std::optional<RowBatch> next() override {
    if (at_ == batches_.size()) return std::nullopt;
    return std::move(batches_[at_++]);
  }

 private:
  std::vector<RowColumn> columns_;
  std::vector<RowBatch> batches_;
  std::size_t at_ = 0;
};

SharedBuffer present_bits(std::uint32_t rows, std::uint64_t& missing, auto&& is_missing) {
  SharedBuffer present((rows + 7) / 8);
  auto* const bits = present.to_fill<std::uint8_t>();
  std::fill_n(bits, present.size(), std::uint8_t{0});
  missing = 0;
  for (std::uint32_t row = 0; row < rows; ++row) {
    const bool absent = is_missing(row);
    missing += absent ? 1 : 0;
    bits[row / 8] = static_cast<std::uint8_t>(bits[row / 8] | (absent ? 0 : 1) << (row % 8));
  }
  return missing > 0 ? present : SharedBuffer();
}

template <class T>
void fill(ColumnCells& cells, std::uint32_t rows, auto&& value_of) {
  cells.values = SharedBuffer(rows * sizeof(T));
  T* const out = cells.values.to_fill<T>();
  for (std::uint32_t row = 0; row < rows; ++row) out[row] = static_cast<T>(value_of(row));
}

ColumnCells value_cells(const Column& from, const RowColumn& column, const ColumnSchema& schema,
                        std::uint64_t first, std::uint32_t rows) {
  ColumnCells cells;
  const double* const values = from.values.data() + first;
  const auto is_missing = [&](std::uint32_t row) { return std::isnan(values[row]); };
  cells.present = present_bits(rows, cells.missing, is_missing);
  if (column.type == CellType::real) {
    fill<double>(cells, rows,
                 [&](std::uint32_t row) { return is_missing(row) ? 0.0 : values[row]; });
  } else {
    const Ticks ticks = ticks_of(schema).value();
    fill<std::int64_t>(cells, rows, [&](std::uint32_t row) {
      return is_missing(row) ? 0 : ticks.tick_of(values[row]);
    });
  }
  return cells;
}

// Indices, or whole numbers of the last decimal, by code; 0 for missing cells.
std::vector<std::int64_t> numbers_of_labels(const RowColumn& column,
                                            const std::vector<std::string>& labels) {
  std::vector<std::int64_t> numbers;
  std::int64_t index = 0;
  for (const std::string& label : labels) {
    std::int64_t number = 0;
    if (label.empty()) {
      // Nothing stands for a missing cell.
    } else if (column.type == CellType::dictionary) {
      number = index++;
    } else {
      std::string digits = label;
      std::erase(digits, '.');
      std::from_chars(digits.data(), digits.data() + digits.size(), number);
    }
    numbers.push_back(number);
  }
  return numbers;
}

ColumnCells coded_cells(const Column& from, const RowColumn& column, std::uint64_t first,
                        std::uint32_t rows) {
  const std::vector<std::int64_t> number_of = numbers_of_labels(column, from.labels);
  ColumnCells cells;
  from.codes.visit([&](const auto codes) {
    const auto* const code = codes.data() + first;
    cells.present = present_bits(rows, cells.missing,
                                 [&](std::uint32_t row) { return from.labels[code[row]].empty(); });
    const auto number = [&](std::uint32_t row) { return number_of[code[row]]; };
    if (column.type == CellType::dictionary) {
      fill<std::int32_t>(cells, rows, number);
    } else {
      fill<std::int64_t>(cells, rows, number);
    }
  });
  return cells;
}

bool is_marker(const Column& column, const std::string& text) {
  return std::find(column.markers.begin(), column.markers.end(), text) != column.markers.end();
}

// Keys, dates and times.
ColumnCells text_cells(const Column& from, std::uint64_t first, std::uint32_t rows) {
  ColumnCells cells;
  const bool coded = is_coded(from.kind);
  std::string all;
  std::string cell(from.spelling->most_bytes(), '\0');
  std::vector<bool> missing(rows);
  cells.values = SharedBuffer((std::size_t{rows} + 1) * sizeof(std::int32_t));
  auto* const offsets = cells.values.to_fill<std::int32_t>();
  offsets[0] = 0;
  for (std::uint32_t row = 0; row < rows; ++row) {
    const std::uint64_t at = first + row;
    if (coded) {
      const std::string& label = from.labels[from.codes[at]];
      missing[row] = label.empty() || is_marker(from, label);
      if (!missing[row]) all += label;
    } else {
      missing[row] = std::isnan(from.values[at]);
      const SpelledCell spelled{from.values[at], from.forms[at]};
      if (!missing[row]) all.append(cell.data(), from.spelling->spell(cell.data(), spelled));
    }
    offsets[row + 1] = static_cast<std::int32_t>(all.size());
  }
  cells.bytes = SharedBuffer(all.size());
  std::copy(all.begin(), all.end(), cells.bytes.to_fill<char>());
  cells.present =
      present_bits(rows, cells.missing, [&](std::uint32_t row) { return missing[row]; });
  return cells;
}

}  // namespace

void table_to_arrow(const Table& table, ArrowArrayStream* out, const ArrowOptions& how) {
  check_options(how);
  const Schema schema = make_schema(table);
  std::vector<RowColumn> columns;
  for (const ColumnSchema& column : schema.columns) columns.push_back(row_column(column));
  std::vector<RowBatch> batches;
  for (std::uint64_t first = 0; first < table.rows; first += how.batch_rows) {
    RowBatch& batch = batches.emplace_back();
    batch.first_row = first;
    batch.rows =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(how.batch_rows, table.rows - first));
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const Column& from = table.columns[c];
      if (columns[c].type == CellType::text) {
        batch.columns.push_back(text_cells(from, first, batch.rows));
        continue;
      }
      batch.columns.push_back(is_coded(from.kind) ? coded_cells(from, columns[c], first, batch.rows)
                                                  : value_cells(from, columns[c], schema.columns[c],
                                                                first, batch.rows));
    }
  }
  export_stream(std::make_unique<TableBatches>(std::move(columns), std::move(batches)), how, out);
}

}  // namespace cuvae
