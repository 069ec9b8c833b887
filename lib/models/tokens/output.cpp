#include "models/tokens/output.hpp"

#include <algorithm>
#include <bit>

#include "rows/codings.hpp"
#include "text/cell_format.hpp"

namespace cuvae {
namespace {

constexpr std::uint32_t group_rows = 256;

// A number of a value column as a cell.
std::string spelled(const ColumnSchema& column, double value) {
  const CellFormat format = CellFormat::of(column);
  const auto ticks = ticks_of(column);
  if (!ticks) return format.spell(value);
  char text[CellFormat::most_bytes];
  return {text, format.spell_ticks(text, ticks->tick_of(value))};
}

// The place of a 32-bit word in [0, count).
std::uint64_t place_of(std::uint32_t word, std::uint64_t count) {
  return std::uint64_t{word} * count >> 32;
}

// How many rows have each value of a column of numbers, the missing one last.
std::vector<std::vector<std::uint64_t>> rows_of_values(const Tokenizer& tokenizer,
                                                       const Schema& schema) {
  std::vector<std::vector<std::uint64_t>> counts(schema.columns.size());
  for (const Source& source : tokenizer.sources) {
    const std::size_t width = source.columns.size();
    for (std::size_t place = 0; place < width; ++place) {
      const std::uint32_t column = source.columns[place];
      if (is_coded(schema.columns[column].kind)) continue;
      counts[column].assign(tokenizer.ranges[column].low.size() + 1, 0);
      for (std::size_t atom = 0; atom < source.atoms(); ++atom) {
        counts[column][source.values[atom * width + place]] +=
            source.edges[atom + 1] - source.edges[atom];
      }
    }
  }
  return counts;
}

}  // namespace

TokenOutput::TokenOutput(const Schema& schema, const Tokenizer& tokenizer)
    : tokenizer_(tokenizer), schema_(schema) {
  const auto counts = rows_of_values(tokenizer, schema);
  for (std::size_t c = 0; c < schema.columns.size(); ++c) {
    const ValueRanges& ranges = tokenizer.ranges[c];
    if (!is_coded(schema.columns[c].kind) && ranges.low == ranges.high) {
      schema_.columns[c] = spelled_out(schema.columns[c], ranges, counts[c]);
    }
  }
  codings_ = codings_of(schema_);
  for (const Source& source : tokenizer.sources) {
    Decoding decoding;
    decoding.source = &source;
    if (source.atoms() + 1 != source.leaf_atoms.size()) {
      decoding.word = static_cast<std::int32_t>(word_count_++);
    }
    for (std::size_t place = 0; place < source.columns.size(); ++place) {
      const std::uint32_t column = source.columns[place];
      add_column(column, tokenizer.ranges[column], decoding.cells, source, place);
    }
    decodings_.push_back(std::move(decoding));
  }
}

ColumnSchema TokenOutput::spelled_out(const ColumnSchema& column, const ValueRanges& ranges,
                                      std::vector<std::uint64_t> counts) const {
  ColumnSchema labels = column;
  labels.kind = ColumnKind::ordinal;
  for (const double value : ranges.low) labels.labels.push_back(spelled(column, value));
  labels.labels.emplace_back();
  labels.counts = std::move(counts);
  labels.minimum = 0;
  labels.maximum = static_cast<double>(labels.labels.size() - 1);
  return labels;
}

void TokenOutput::add_column(std::uint32_t column, const ValueRanges& ranges,
                             std::vector<Cell>& cells, const Source& source, std::size_t place) {
  Cell cell;
  cell.column = column;
  const std::size_t width = source.columns.size();
  const auto value_of = [&](std::size_t atom) { return source.values[atom * width + place]; };
  const ColumnSchema& schema = schema_.columns[column];
  if (is_coded(schema.kind)) {
    for (std::size_t atom = 0; atom < source.atoms(); ++atom) {
      cell.codes.push_back(value_of(atom));
    }
    cells.push_back(std::move(cell));
    return;
  }
  ColumnCoding& coding = codings_[column];
  coding.width = 4;
  coding.may_be_missing = schema.missing > 0;
  const auto ticks = ticks_of(schema);
  const double span = schema.maximum > schema.minimum ? schema.maximum - schema.minimum : 1.0;
  for (std::size_t atom = 0; atom < source.atoms(); ++atom) {
    const std::uint32_t value = value_of(atom);
    if (value == ranges.low.size()) {
      cell.codes.push_back(missing_code);
      cell.spans.push_back(0);
    } else if (ticks) {
      const std::int64_t low = ticks->tick_of(ranges.low[value]);
      const std::int64_t high = ticks->tick_of(ranges.high[value]);
      cell.codes.push_back(static_cast<std::uint32_t>(low - ticks->first));
      cell.spans.push_back(static_cast<std::uint32_t>(high - low));
    } else {
      const auto scaled = [&](double number) {
        return std::bit_cast<std::uint32_t>(static_cast<float>((number - schema.minimum) / span));
      };
      // Floats from 0 to 1 are in the order of their bits.
      cell.codes.push_back(scaled(ranges.low[value]));
      cell.spans.push_back(scaled(ranges.high[value]) - cell.codes.back());
    }
  }
  cell.word = word_count_++;
  cells.push_back(std::move(cell));
}

WantedTokens TokenOutput::wanted(const Conditions& conditions) const {
  std::vector<std::uint32_t> masks(tokenizer_.tokens.size(), ~std::uint32_t{0});
  std::vector<double> shares(masks.size(), 1.0);  // of the rows of the table that a token leaves
  for (const Decoding& decoding : decodings_) {
    const Source& source = *decoding.source;
    if (source.first_token < 0) continue;
    std::uint32_t mask = 0;
    std::uint64_t rows = 0;
    const auto groups = static_cast<std::uint32_t>(source.group_leaves.size() - 1);
    for (std::uint32_t g = 0; g < groups; ++g) {
      const std::uint32_t first = source.leaf_atoms[source.group_leaves[g]];
      const std::uint32_t last = source.leaf_atoms[source.group_leaves[g + 1]];
      const auto may_hold = [&](std::uint32_t atom) {
        return std::all_of(decoding.cells.begin(), decoding.cells.end(), [&](const Cell& cell) {
          const std::uint32_t span = cell.spans.empty() ? 0 : cell.spans[atom];
          return conditions.may_hold(cell.column, cell.codes[atom], cell.codes[atom] + span);
        });
      };
      bool any = false;
      for (std::uint32_t atom = first; atom < last && !any; ++atom) any = may_hold(atom);
      if (!any) continue;
      mask |= 1U << g;
      rows += source.edges[last] - source.edges[first];
    }
    if (mask == ~std::uint32_t{0} >> (32 - groups)) continue;
    masks[static_cast<std::size_t>(source.first_token)] = mask;
    shares[static_cast<std::size_t>(source.first_token)] =
        static_cast<double>(rows) / static_cast<double>(tokenizer_.rows);
  }
  // A row costs about as much as its tokens and two more; those that are left are drawn again.
  constexpr double start = 2;
  const double whole = start + static_cast<double>(masks.size());
  double least = 0.9 * whole;
  double left = 1;
  std::size_t tokens = 0;
  for (std::size_t q = 0; q < masks.size(); ++q) {
    left *= shares[q];
    const double cost = start + static_cast<double>(q + 1) + left * whole;
    if (cost >= least) continue;
    least = cost;
    tokens = q + 1;
  }
  masks.resize(tokens);
  return {std::move(masks)};
}

void TokenOutput::find_atoms(const Decoding& decoding, const DrawnRows& block,
                             std::uint32_t* atoms) const {
  const Source& source = *decoding.source;
  const auto line = [&](std::int32_t token) {
    return block.tokens + static_cast<std::size_t>(token) * block.stride;
  };
  for (std::uint32_t r = 0; r < block.rows; ++r) {
    std::uint32_t leaf = 0;
    if (source.first_token >= 0) {
      const std::uint32_t group = line(source.first_token)[r];
      leaf = source.group_leaves[group];
      if (source.second_token >= 0) {
        // A part that this group has not got is drawn once in 10^13 times.
        leaf = std::min<std::uint32_t>(leaf + line(source.second_token)[r],
                                       source.group_leaves[group + 1] - 1);
      }
    }
    atoms[r] = leaf;
  }
  if (decoding.word < 0) return;  // atoms are leaves
  const std::uint32_t* words = block.words + static_cast<std::size_t>(decoding.word) * block.stride;
  for (std::uint32_t r = 0; r < block.rows; ++r) {
    const std::uint32_t first = source.leaf_atoms[atoms[r]];
    const std::uint32_t last = source.leaf_atoms[atoms[r] + 1];
    const std::uint64_t* edges = source.edges.data();
    const std::uint64_t row = edges[first] + place_of(words[r], edges[last] - edges[first]);
    atoms[r] = static_cast<std::uint32_t>(std::upper_bound(edges + first + 1, edges + last, row) -
                                          edges - 1);
  }
}

void TokenOutput::decode(const DrawnRows& block, std::uint32_t at, void* const* columns) const {
  std::uint32_t atoms[group_rows];
  std::uint32_t cells[group_rows];
  for (std::uint32_t begin = 0; begin < block.rows; begin += group_rows) {
    // Where every cell is its leaf's, there are no words.
    const std::uint32_t* const drawn = block.words == nullptr ? nullptr : block.words + begin;
    const DrawnRows part{block.tokens + begin, drawn, block.stride,
                         std::min(group_rows, block.rows - begin)};
    for (const Decoding& decoding : decodings_) {
      find_atoms(decoding, part, atoms);
      for (const Cell& cell : decoding.cells) {
        for (std::uint32_t r = 0; r < part.rows; ++r) cells[r] = cell.codes[atoms[r]];
        if (!cell.spans.empty()) {
          const std::uint32_t* words = part.words + std::size_t{cell.word} * part.stride;
          for (std::uint32_t r = 0; r < part.rows; ++r) {
            cells[r] += static_cast<std::uint32_t>(
                place_of(words[r], std::uint64_t{cell.spans[atoms[r]]} + 1));
          }
        }
        const auto store = [&](auto* out) {
          using Code = std::remove_reference_t<decltype(*out)>;
          for (std::uint32_t r = 0; r < part.rows; ++r) {
            out[at + begin + r] = static_cast<Code>(cells[r]);
          }
        };
        void* const out = columns[cell.column];
        switch (codings_[cell.column].width) {
          case 1:
            store(static_cast<std::uint8_t*>(out));
            break;
          case 2:
            store(static_cast<std::uint16_t*>(out));
            break;
          default:
            store(static_cast<std::uint32_t*>(out));
        }
      }
    }
  }
}

}  // namespace cuvae
