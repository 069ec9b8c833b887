#include "csv/row_formatter.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "csv/quoting.hpp"
#include "rows/codings.hpp"

namespace cuvae {
namespace {

constexpr std::uint32_t group_rows = 128;
// Copies of fixed size write this much behind a text's end at most.
constexpr std::size_t overrun_bytes = 64;

template <class T, class F>
void fill(const IndexSource& source, const void* cells, std::uint32_t rows, std::uint32_t* indices,
          F&& index_of) {
  const T* const codes = static_cast<const T*>(cells);
  const std::uint32_t multiplier = source.multiplier;
  if (source.add) {
    for (std::uint32_t i = 0; i < rows; ++i) indices[i] += index_of(codes[i]) * multiplier;
  } else {
    for (std::uint32_t i = 0; i < rows; ++i) indices[i] = index_of(codes[i]) * multiplier;
  }
}

template <class F>
void fill_from_codes(const IndexSource& source, const void* cells, std::uint32_t begin,
                     std::uint32_t rows, std::uint32_t* indices, F&& index_of) {
  const auto* const first =
      static_cast<const std::byte*>(cells) + std::size_t{begin} * source.width;
  if (source.width == 1) {
    fill<std::uint8_t>(source, first, rows, indices, index_of);
  } else if (source.width == 2) {
    fill<std::uint16_t>(source, first, rows, indices, index_of);
  } else {
    fill<std::uint32_t>(source, first, rows, indices, index_of);
  }
}

struct SplitNumber {
  bool negative;
  std::uint32_t whole;
  std::uint32_t fraction;
};

inline SplitNumber split_number(const TickSplit& split, std::uint32_t code) {
  const auto number = static_cast<std::int32_t>(static_cast<std::uint32_t>(split.first) + code);
  const std::uint32_t magnitude =
      number < 0 ? 0 - static_cast<std::uint32_t>(number) : static_cast<std::uint32_t>(number);
  const auto whole =
      static_cast<std::uint32_t>(std::uint64_t{magnitude} * split.reciprocal >> split.shift);
  return {number < 0, whole, magnitude - whole * split.power};
}

template <std::size_t bytes>
inline char* copy_slot(const char* table, std::uint32_t index, char* out) {
  const char* const slot = table + std::size_t{index} * bytes;
  std::memcpy(out, slot, bytes);
  return out + static_cast<unsigned char>(slot[bytes - 1]);
}

}  // namespace

RowFormatter::RowFormatter(const Schema& schema) : RowFormatter(schema, codings_of(schema)) {}

RowFormatter::RowFormatter(const Schema& schema, const std::vector<ColumnCoding>& codings)
    : schema_(schema), plan_(schema, codings) {}

RowFormatter::Scratch::Scratch(const RowFormatter& formatter)
    : indices_(std::make_unique_for_overwrite<std::uint32_t[]>(formatter.plan_.segments.size() *
                                                               group_rows)) {
  std::uint32_t* indices = indices_.get();
  for (const Segment& segment : formatter.plan_.segments) {
    steps_.push_back({segment.kind, segment.table.data(), indices, &segment, nullptr});
    indices += group_rows;
  }
}

std::uint32_t RowFormatter::rows_per_chunk() const {
  constexpr double cached_bytes = 384 * 1024;
  constexpr double most_bytes = 16 * 1024 * 1024;
  const double rows = std::min(cached_bytes / std::max(plan_.mean_row, 1.0),
                               most_bytes / static_cast<double>(plan_.longest_row + 1));
  return static_cast<std::uint32_t>(std::clamp(rows, 1.0, 65536.0));
}

void RowFormatter::format(const RowBlock& block, Scratch& scratch, TextBuffer& text) const {
  for (std::uint32_t begin = 0; begin < block.rows; begin += group_rows) {
    const std::uint32_t rows = std::min(group_rows, block.rows - begin);
    fill_indices(block, begin, rows, scratch);
    if (text.room() < rows * plan_.longest_row + overrun_bytes) {
      text.make_room(exact_bytes(scratch, rows) + overrun_bytes);
    }
    text.set_end(write_rows(scratch, rows, text.end()));
  }
}

void RowFormatter::fill_indices(const RowBlock& block, std::uint32_t begin, std::uint32_t rows,
                                Scratch& scratch) const {
  using Kind = IndexSource::Kind;
  for (const IndexSource& source : plan_.sources) {
    std::uint32_t* const target = scratch.steps_[source.segment].indices;
    const void* const cells = block.columns[source.column];
    const TickSplit split = plan_.splits[source.column];
    const auto from_codes = [&](auto&& index_of) {
      fill_from_codes(source, cells, begin, rows, target, index_of);
    };
    switch (source.kind) {
      case Kind::constant:
        if (!source.add) std::fill_n(target, rows, 0U);
        break;
      case Kind::real:
        std::memcpy(target, static_cast<const float*>(cells) + begin, rows * sizeof(float));
        break;
      case Kind::code:
        from_codes([](std::uint32_t code) { return code; });
        break;
      case Kind::whole_and_sign:
        from_codes([split](std::uint32_t code) {
          const SplitNumber number = split_number(split, code);
          return 2 * number.whole + (number.negative ? 1U : 0U);
        });
        break;
      case Kind::whole_in_table:
        from_codes([split](std::uint32_t code) {
          const SplitNumber number = split_number(split, code);
          return number.whole + (number.negative ? split.negative_zero : split.positive_zero);
        });
        break;
      case Kind::fraction:
        from_codes([split](std::uint32_t code) { return split_number(split, code).fraction; });
        break;
      case Kind::place:
        scratch.steps_[source.segment].cells = spelled_cells(block, source.column) + begin;
        for (std::uint32_t i = 0; i < rows; ++i) target[i] = i;
        break;
    }
  }
}

std::size_t RowFormatter::exact_bytes(const Scratch& scratch, std::uint32_t rows) const {
  std::size_t bytes = 0;
  for (const Scratch::Step& step : scratch.steps_) {
    if (step.kind == SegmentKind::pool) {
      const std::vector<std::uint64_t>& offsets = step.segment->offsets;
      for (std::uint32_t row = 0; row < rows; ++row) {
        bytes += offsets[step.indices[row] + 1] - offsets[step.indices[row]];
      }
    } else {
      bytes += rows * step.segment->longest;
    }
  }
  return bytes;
}

char* RowFormatter::write_rows(const Scratch& scratch, std::uint32_t rows, char* out) const {
  const Scratch::Step* const first = scratch.steps_.data();
  const Scratch::Step* const last = first + scratch.steps_.size();
  for (std::uint32_t row = 0; row < rows; ++row) {
    for (const Scratch::Step* step = first; step != last; ++step) {
      const std::uint32_t index = step->indices[row];
      switch (step->kind) {
        case SegmentKind::slot8:
          out = copy_slot<8>(step->table, index, out);
          break;
        case SegmentKind::slot16:
          out = copy_slot<16>(step->table, index, out);
          break;
        case SegmentKind::slot32:
          out = copy_slot<32>(step->table, index, out);
          break;
        case SegmentKind::slot64:
          out = copy_slot<64>(step->table, index, out);
          break;
        case SegmentKind::pool: {
          const std::uint64_t* const offset = step->segment->offsets.data() + index;
          const std::size_t bytes = offset[1] - offset[0];
          const char* const text = step->table + offset[0];
          std::memcpy(out, text, 32);
          if (bytes > 32) std::memcpy(out + 32, text + 32, bytes - 32);
          out += bytes;
          break;
        }
        case SegmentKind::spelled:
          out = write_spelled(*step->segment, step->cells[index], out);
          break;
        default:
          out = write_number(*step->segment, index, out);
      }
    }
  }
  return out;
}

char* RowFormatter::write_spelled(const Segment& segment, const SpelledCell& cell,
                                  char* out) const {
  const ColumnSchema& column = schema_.columns[segment.column];
  char* end = out;
  if (const auto missing = marker_of(column.kind, cell)) {
    const std::string& marker = column.markers[*missing];
    end = std::copy(marker.begin(), marker.end(), out);
    if (marker.empty() && schema_.columns.size() == 1) *end++ = '"', *end++ = '"';
  } else {
    end = segment.spelling->spell(out, cell);
  }
  const std::string_view text(out, static_cast<std::size_t>(end - out));
  const bool empty = text == "\"\"" && schema_.columns.size() == 1;
  const bool wanted = column.quoted && !text.empty();
  if (!empty && (wanted || needs_quotes(text, schema_.delimiter))) {
    const std::string quoted = in_csv_quotes(std::string(text));
    end = std::copy(quoted.begin(), quoted.end(), out);
  }
  if (segment.end != '\0') *end++ = segment.end;
  return end;
}

char* RowFormatter::write_number(const Segment& segment, std::uint32_t index, char* out) const {
  const CellFormat& format = segment.format;
  if (segment.may_be_missing && index == missing_code) {
    // A lone empty cell would be an empty line, which readers skip.
    const bool alone = schema_.columns.size() == 1 && !schema_.columns.front().quoted;
    if (alone) *out++ = '"', *out++ = '"';
    if (segment.end != '\0') *out++ = segment.end;
    return out;
  }
  switch (segment.kind) {
    case SegmentKind::whole:
      out = format.spell_whole_part(out, (index & 1) != 0, index >> 1);
      break;
    case SegmentKind::fraction:
      out = format.spell_fraction_part(out, index);
      break;
    case SegmentKind::ticks:
      out = format.spell_ticks(out, segment.first_tick + index);
      break;
    default:
      out = format.spell(
          out, real_number_of(schema_.columns[segment.column], std::bit_cast<float>(index)));
  }
  if (segment.end != '\0') *out++ = segment.end;
  return out;
}

}  // namespace cuvae
