#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include <cuvae/error.hpp>
#include <cuvae/row_sink.hpp>

#include "spelling/cell_text.hpp"
#include "text/cell_format.hpp"

namespace cuvae {

SharedBuffer::SharedBuffer(std::size_t bytes) : bytes_(bytes) {
  if (bytes == 0) return;
  constexpr std::align_val_t alignment{alignment_bytes};
  const std::size_t whole = (bytes + alignment_bytes - 1) / alignment_bytes * alignment_bytes;
  void* const memory = ::operator new(whole, alignment, std::nothrow);
  if (memory == nullptr) {
    throw Error(ErrorKind::runtime, "not enough memory for a column of a batch, " +
                                        std::to_string(whole) +
                                        " bytes; let the sink take smaller batches");
  }
  memory_.reset(static_cast<std::byte*>(memory),
                [](std::byte* data) { ::operator delete(data, alignment); });
  std::memset(memory_.get() + bytes, 0, whole - bytes);
}

LabelDictionary::LabelDictionary(const std::vector<std::string>& labels)
    : size_(static_cast<std::uint32_t>(labels.size())),
      offsets_((labels.size() + 1) * sizeof(std::int32_t)) {
  std::size_t total = 0;
  for (const std::string& label : labels) total += label.size();
  if (total > std::numeric_limits<std::int32_t>::max()) {
    throw Error(ErrorKind::data, "a column's distinct labels have " + std::to_string(total) +
                                     " bytes together, at most 2,147,483,647 are taken; leave the "
                                     "column out when training");
  }
  bytes_ = SharedBuffer(total);
  auto* offset = offsets_.to_fill<std::int32_t>();
  std::int32_t at = 0;
  *offset = 0;
  for (const std::string& label : labels) {
    std::copy(label.begin(), label.end(), bytes_.to_fill<char>() + at);
    *++offset = at += static_cast<std::int32_t>(label.size());
  }
}

std::string_view LabelDictionary::operator[](std::uint32_t index) const {
  const auto* const offset = offsets_.as<std::int32_t>() + index;
  return {bytes_.as<char>() + offset[0], static_cast<std::size_t>(offset[1] - offset[0])};
}

namespace {

std::string spelled_text(const RowColumn& column, const ColumnCells& cells, std::uint32_t row) {
  const std::uint32_t form = cells.forms.as<std::uint32_t>()[row];
  if (!cells.is_present(row)) return column.markers[form];
  if (column.type == CellType::text) {
    const auto* const offset = cells.values.as<std::int32_t>() + row;
    return {cells.bytes.as<char>() + offset[0], static_cast<std::size_t>(offset[1] - offset[0])};
  }
  return cell_text(*column.spelling, {cells.values.as<double>()[row], form});
}

}  // namespace

std::string cell_text(const RowColumn& column, const ColumnCells& cells, std::uint32_t row) {
  if (column.spelling) return spelled_text(column, cells, row);
  if (!cells.is_present(row)) return {};
  CellFormat format = CellFormat::of(column.kind, column.decimals);
  format.decimals = column.decimals;
  switch (column.type) {
    case CellType::dictionary: {
      const std::int32_t index = cells.values.as<std::int32_t>()[row];
      return std::string((*column.labels)[static_cast<std::uint32_t>(index)]);
    }
    case CellType::real:
      return format.spell(cells.values.as<double>()[row]);
    case CellType::integer:
    case CellType::decimal:
    case CellType::text:
      break;
  }
  char text[CellFormat::most_bytes];
  return {text, format.spell_ticks(text, cells.values.as<std::int64_t>()[row])};
}

void MemorySink::begin(const std::vector<RowColumn>& columns, std::uint64_t) {
  columns_ = columns;
  batches_.clear();
}

void MemorySink::batch(RowBatch batch) {
  batches_.push_back(std::move(batch));
}

std::uint64_t MemorySink::rows() const {
  return batches_.empty() ? 0 : batches_.back().first_row + batches_.back().rows;
}

}  // namespace cuvae
