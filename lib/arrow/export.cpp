#include "arrow/export.hpp"

#include <fmt/format.h>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <cuvae/error.hpp>

#include "spelling/instant_spelling.hpp"
#include "text/display.hpp"
#include "text/utf8.hpp"

namespace cuvae {
namespace {

constexpr int decimal_digits = 18;  // of decimal128: all that fit a column's ticks

// What stands behind an exported schema's pointers.
struct SchemaOwner {
  std::string format;
  std::string name;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> child_pointers;
  ArrowSchema dictionary{};
};

// And behind an array's.
struct ArrayOwner {
  std::vector<const void*> buffers;
  std::vector<std::shared_ptr<const void>> memory;
  std::shared_ptr<const LabelDictionary> labels;
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> child_pointers;
  ArrowArray dictionary{};
};

template <class Structure, class Owner>
void release(Structure* structure) {
  const std::unique_ptr<Owner> owner(static_cast<Owner*>(structure->private_data));
  for (Structure& child : owner->children) {
    if (child.release != nullptr) child.release(&child);
  }
  if (owner->dictionary.release != nullptr) owner->dictionary.release(&owner->dictionary);
  structure->release = nullptr;
}

// Fills what every structure has; children and dictionary as the owner holds them.
template <class Structure, class Owner>
void hand_over(std::unique_ptr<Owner> owner, Structure* out) {
  for (Structure& child : owner->children) owner->child_pointers.push_back(&child);
  out->n_children = static_cast<std::int64_t>(owner->children.size());
  out->children = owner->child_pointers.empty() ? nullptr : owner->child_pointers.data();
  out->dictionary = owner->dictionary.release == nullptr ? nullptr : &owner->dictionary;
  out->release = release<Structure, Owner>;
  out->private_data = owner.release();
}

void hand_over_schema(std::unique_ptr<SchemaOwner> owner, std::int64_t flags, ArrowSchema* out) {
  *out = {};
  out->flags = flags;
  SchemaOwner& kept = *owner;
  hand_over(std::move(owner), out);
  out->format = kept.format.c_str();
  out->name = kept.name.c_str();
}

void hand_over_array(std::unique_ptr<ArrayOwner> owner, std::uint64_t length,
                     std::uint64_t null_count, ArrowArray* out) {
  *out = {};
  out->length = static_cast<std::int64_t>(length);
  out->null_count = static_cast<std::int64_t>(null_count);
  ArrayOwner& kept = *owner;
  hand_over(std::move(owner), out);
  out->n_buffers = static_cast<std::int64_t>(kept.buffers.size());
  out->buffers = kept.buffers.data();
}

bool all_utf8(const LabelDictionary& labels) {
  for (std::uint32_t i = 0; i < labels.size(); ++i) {
    if (!is_utf8(labels[i])) return false;
  }
  return true;
}

double power_of_ten(int exponent) {
  double power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// Cells in other words than a batch has them: a new buffer.
template <class Out, class F>
SharedBuffer converted(const SharedBuffer& cells, std::uint32_t rows, F&& convert) {
  SharedBuffer made(rows * sizeof(Out));
  const auto* const from = cells.as<std::int64_t>();
  auto* const to = made.to_fill<Out>();
  for (std::uint32_t row = 0; row < rows; ++row) to[row] = convert(from[row]);
  return made;
}

struct Decimal128 {
  std::int64_t low;
  std::int64_t high;
};

SharedBuffer as_they_are(const RowColumn&, const ColumnCells& cells, std::uint32_t) {
  return cells.values;
}

SharedBuffer as_real(const RowColumn& column, const ColumnCells& cells, std::uint32_t rows) {
  const double unit = power_of_ten(column.decimals);
  return converted<double>(
      cells.values, rows, [unit](std::int64_t ticks) { return static_cast<double>(ticks) / unit; });
}

SharedBuffer as_decimal128(const RowColumn&, const ColumnCells& cells, std::uint32_t rows) {
  return converted<Decimal128>(cells.values, rows, [](std::int64_t ticks) {
    return Decimal128{ticks, ticks < 0 ? -1 : 0};
  });
}

// Batches have dates and times as their texts.
template <class Out, class F>
SharedBuffer instants(const RowColumn& column, const ColumnCells& cells, std::uint32_t rows,
                      F&& convert) {
  SharedBuffer made(rows * sizeof(Out));
  const auto* const offsets = cells.values.as<std::int32_t>();
  auto* const to = made.to_fill<Out>();
  for (std::uint32_t row = 0; row < rows; ++row) {
    const auto size = static_cast<std::size_t>(offsets[row + 1] - offsets[row]);
    const auto cell = column.spelling->parse({cells.bytes.as<char>() + offsets[row], size});
    to[row] = cells.is_present(row) && cell ? convert(cell->number) : 0;
  }
  return made;
}

SharedBuffer as_days(const RowColumn& column, const ColumnCells& cells, std::uint32_t rows) {
  const std::int64_t origin = instant_scale(*column.spelling).value().origin_day;
  return instants<std::int32_t>(column, cells, rows, [origin](double number) {
    return static_cast<std::int32_t>(origin + static_cast<std::int64_t>(number));
  });
}

// Arrow has no minutes.
struct TimestampUnit {
  const char* format;
  std::int64_t units_per_day;
  std::int64_t units_per_count;  // of what the column's numbers count
};

TimestampUnit timestamp_unit(TimeUnit unit) {
  constexpr std::int64_t seconds_a_day = 86'400;
  switch (unit) {
    case TimeUnit::day:
      return {"tss:", seconds_a_day, seconds_a_day};
    case TimeUnit::minute:
      return {"tss:", seconds_a_day, 60};
    case TimeUnit::second:
      return {"tss:", seconds_a_day, 1};
    case TimeUnit::millisecond:
      return {"tsm:", seconds_a_day * 1'000, 1};
    case TimeUnit::microsecond:
      return {"tsu:", seconds_a_day * 1'000'000, 1};
    case TimeUnit::nanosecond:
      break;
  }
  return {"tsn:", seconds_a_day * 1'000'000'000, 1};
}

SharedBuffer as_timestamps(const RowColumn& column, const ColumnCells& cells, std::uint32_t rows) {
  const InstantScale scale = instant_scale(*column.spelling).value();
  const TimestampUnit unit = timestamp_unit(scale.unit);
  return instants<std::int64_t>(column, cells, rows, [&](double number) {
    return scale.origin_day * unit.units_per_day +
           static_cast<std::int64_t>(number) * unit.units_per_count;
  });
}

// The type of a column's cells as Arrow names it, and the cells in that type: the one place that
// knows both.
struct ExportedType {
  std::string format;
  SharedBuffer (*values)(const RowColumn&, const ColumnCells&, std::uint32_t rows);
  bool has_bytes = false;  // the values are offsets into ColumnCells::bytes
};

ExportedType text_type(const RowColumn& column) {
  const ExportedType text{"u", as_they_are, true};
  if (column.kind != ColumnKind::instant) return text;
  const auto scale = instant_scale(*column.spelling);
  // Arrow's times of day end at midnight, these may not.
  if (!scale || !scale->has_date) return text;
  if (!scale->has_time) return {"tdD", as_days};
  return {timestamp_unit(scale->unit).format, as_timestamps};
}

ExportedType exported_type(const RowColumn& column, const ArrowOptions& how) {
  switch (column.type) {
    case CellType::dictionary:
      return {"i", as_they_are};
    case CellType::integer:
      return {"l", as_they_are};
    case CellType::decimal:
      if (how.decimals == ArrowOptions::Decimals::real) return {"g", as_real};
      return {fmt::format("d:{},{}", decimal_digits, column.decimals), as_decimal128};
    case CellType::text:
      return text_type(column);
    case CellType::real:
      break;
  }
  return {"g", as_they_are};
}

void export_column_schema(const RowColumn& column, const ArrowOptions& how, ArrowSchema* out) {
  auto owner = std::make_unique<SchemaOwner>();
  owner->format = exported_type(column, how).format;
  owner->name = column.name;
  if (column.type == CellType::dictionary) {
    auto texts = std::make_unique<SchemaOwner>();
    texts->format = std::string(1, all_utf8(*column.labels) ? 'u' : 'z');
    hand_over_schema(std::move(texts), 0, &owner->dictionary);
  }
  hand_over_schema(std::move(owner), column.may_be_missing ? ARROW_FLAG_NULLABLE : 0, out);
}

void export_labels(const std::shared_ptr<const LabelDictionary>& labels, ArrowArray* out) {
  auto owner = std::make_unique<ArrayOwner>();
  owner->labels = labels;
  owner->buffers = {nullptr, labels->offsets().data(), labels->bytes().data()};
  hand_over_array(std::move(owner), labels->size(), 0, out);
}

void export_cells(const RowColumn& column, const ColumnCells& cells, std::uint32_t rows,
                  const ArrowOptions& how, ArrowArray* out) {
  auto owner = std::make_unique<ArrayOwner>();
  const ExportedType type = exported_type(column, how);
  const SharedBuffer values = type.values(column, cells, rows);
  // Consumers skip the bitmap where nothing is missing.
  owner->buffers = {cells.missing == 0 ? nullptr : cells.present.data(), values.data()};
  owner->memory = {cells.present.owner(), values.owner()};
  if (type.has_bytes) {
    const std::string_view all(cells.bytes.as<char>(), cells.bytes.size());
    if (!is_utf8(all)) {
      throw Error(ErrorKind::data,
                  fmt::format("column {} has texts that are not UTF-8, which Arrow's are; leave it "
                              "out when training, or write CSV",
                              in_quotes(column.name)));
    }
    owner->buffers.push_back(cells.bytes.data());
    owner->memory.push_back(cells.bytes.owner());
  }
  if (column.type == CellType::dictionary) export_labels(column.labels, &owner->dictionary);
  hand_over_array(std::move(owner), rows, cells.missing, out);
}

}  // namespace

void export_schema(const std::vector<RowColumn>& columns, const ArrowOptions& how,
                   ArrowSchema* out) {
  auto owner = std::make_unique<SchemaOwner>();
  owner->format = std::string("+s");
  owner->children.resize(columns.size());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    export_column_schema(columns[c], how, &owner->children[c]);
  }
  hand_over_schema(std::move(owner), 0, out);
}

void export_batch(const std::vector<RowColumn>& columns, const RowBatch& batch,
                  const ArrowOptions& how, ArrowArray* out) {
  auto owner = std::make_unique<ArrayOwner>();
  owner->buffers = {nullptr};
  owner->children.resize(columns.size());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    export_cells(columns[c], batch.columns[c], batch.rows, how, &owner->children[c]);
  }
  hand_over_array(std::move(owner), batch.rows, 0, out);
}

}  // namespace cuvae
