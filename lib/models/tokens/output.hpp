// From tokens and random words to the codes of the original columns.
#pragma once

#include <cstdint>
#include <vector>

#include <cuvae/schema.hpp>
#include <cuvae/tokenizer.hpp>

#include "rows/conditions.hpp"
#include "rows/row_block.hpp"

namespace cuvae {

// Tokens and random words of some rows, line by line.
struct DrawnRows {
  const std::uint8_t* tokens;  // [tokens][stride]
  const std::uint32_t* words;  // [word_count()][stride]
  std::uint32_t stride;
  std::uint32_t rows;
};

// Which choices of the first tokens a wanted row can have made: bit g of masks[q] is set where
// choice g of token q may lead to one. Empty where looking is not worth it.
struct WantedTokens {
  std::vector<std::uint32_t> masks;
};

// What comes out of a model of tokens. Any number of threads may use one at a time.
class TokenOutput {
 public:
  // One column of a source.
  struct Cell {
    std::uint32_t column = 0;
    std::vector<std::uint32_t> codes;  // [atoms]
    // Columns of ranges: cells of an atom are codes[atom] + [0, spans[atom]] in ticks, or numbers
    // between floats for real ones.
    std::vector<std::uint32_t> spans;  // [atoms]; empty where every atom is one cell
    std::uint32_t word = 0;            // of the place in the range
  };
  struct Decoding {
    const Source* source = nullptr;
    std::int32_t word = -1;  // of the place in a leaf; -1 where every leaf is one atom
    std::vector<Cell> cells;
  };

  // `tokenizer` outlives it.
  TokenOutput(const Schema& schema, const Tokenizer& tokenizer);

  // For the formatter: value columns whose numbers are few are spelled out as labels.
  const Schema& schema() const { return schema_; }
  const std::vector<ColumnCoding>& codings() const { return codings_; }

  // Random words a row needs besides those of its tokens: one for each source of more than one
  // atom a leaf, one for each column of ranges.
  std::uint32_t word_count() const { return word_count_; }

  // For devices that decode by themselves. The sources are the tokenizer's.
  const std::vector<Decoding>& decodings() const { return decodings_; }

  // For rows under conditions: as many tokens as make the search cheapest.
  WantedTokens wanted(const Conditions& conditions) const;

  // Cells of the block's rows into columns[j] from cell `at` on, in the coding's width.
  void decode(const DrawnRows& block, std::uint32_t at, void* const* columns) const;

 private:
  void add_column(std::uint32_t column, const ValueRanges& ranges, std::vector<Cell>& cells,
                  const Source& source, std::size_t place);
  ColumnSchema spelled_out(const ColumnSchema& column, const ValueRanges& ranges,
                           std::vector<std::uint64_t> counts) const;
  void find_atoms(const Decoding& decoding, const DrawnRows& block, std::uint32_t* atoms) const;

  const Tokenizer& tokenizer_;
  Schema schema_;
  std::vector<ColumnCoding> codings_;
  std::vector<Decoding> decodings_;
  std::uint32_t word_count_ = 0;
};

}  // namespace cuvae
