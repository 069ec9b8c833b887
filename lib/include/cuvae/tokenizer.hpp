/// @file
/// The tokenizer of the recipes `fast` and `best`: a table as tokens of at most 32 choices each.
///
/// A *source* is one column, or several that go together (a merchant with its city, state, zip and
/// category). Its *atoms* are its distinct values (tuples, for several columns) in an order:
/// numbers by value, labels so that neighbours resemble each other, the missing value among them.
/// An atom owns as much of [0, rows) as rows of the training table hold it. A source of more than
/// 32 atoms is split: its first token says which of at most 32 *groups* of neighbouring atoms, its
/// second which of at most 32 parts of that group; what is left is a *leaf*, within which atoms are
/// drawn by their frequency. So a column of 100,000 merchants costs what one of 1,000 does.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <cuvae/monitor.hpp>
#include <cuvae/schema.hpp>
#include <cuvae/storage.hpp>
#include <cuvae/table.hpp>

namespace cuvae {

/// Most choices of a token.
inline constexpr std::uint32_t most_choices = 32;

/// Most tokens of a row, and most columns that hold more than one value.
inline constexpr std::uint32_t most_tokens = 2048;

/// One symbol of a row.
struct Token {
  std::uint32_t choices = 0;  ///< 2 to most_choices
  std::int32_t parent = -1;   ///< the first token of the same source, for second tokens

  friend bool operator==(const Token&, const Token&) = default;
};

/// What a value column's numbers are: value i stands for [low[i], high[i]], equal where it is one
/// number; the missing cell is value low.size(). Coded columns: empty; value i is label i.
struct ValueRanges {
  std::vector<double> low;   ///< ascending
  std::vector<double> high;  ///< high[i] < low[i + 1]

  friend bool operator==(const ValueRanges&, const ValueRanges&) = default;
};

/// One column or several coded as one.
struct Source {
  std::vector<std::uint32_t> columns;     ///< of the schema, ascending
  std::vector<std::uint32_t> values;      ///< [atoms, columns] which value of each column
  std::vector<std::uint64_t> edges;       ///< [atoms + 1] rows of all atoms before; from 0 to rows
  std::vector<std::uint32_t> leaf_atoms;  ///< [leaves + 1] first atom of each leaf
  std::vector<std::uint32_t> group_leaves;  ///< [groups + 1] first leaf of each group
  std::int32_t first_token = -1;   ///< in Tokenizer::tokens; -1: one group only, nothing to choose
  std::int32_t second_token = -1;  ///< -1: every group is one leaf

  std::uint32_t atoms() const { return static_cast<std::uint32_t>(edges.size() - 1); }

  friend bool operator==(const Source&, const Source&) = default;
};

/// How a table becomes tokens and back.
struct Tokenizer {
  std::uint64_t rows = 0;           ///< of the training table
  std::vector<ValueRanges> ranges;  ///< [columns of the schema]
  std::vector<Source> sources;      ///< every column is in one of them; by first column, but for
                                    ///< TokenizerOptions::first
  std::vector<Token> tokens;        ///< in the order in which they are drawn; a parent before

  friend bool operator==(const Tokenizer&, const Tokenizer&) = default;
};

/// uint8 [rows, stride]: the tokens of each row, padded with zeros to a multiple of 16, at
/// least 16. Owns its memory (host, in a Storage).
class TokenMatrix {
 public:
  TokenMatrix() = default;

  /// Zeroed. @throws Error runtime: not enough memory or space, saying how much was asked
  TokenMatrix(std::uint64_t rows, std::uint32_t tokens, const Storage& storage = {})
      : tokens_(tokens),
        rows_(rows, tokens == 0 ? 16 : (tokens + 15) / 16 * 16, storage, "the coded table") {}

  std::uint64_t rows() const { return rows_.rows(); }
  std::uint32_t tokens() const { return tokens_; }
  std::uint32_t stride() const { return rows_.stride(); }
  const std::uint8_t* row(std::uint64_t index) const { return rows_.row(index); }
  std::uint8_t* row(std::uint64_t index) { return rows_.row(index); }

 private:
  std::uint32_t tokens_ = 0;
  RowArray<std::uint8_t> rows_;
};

/// How to make a tokenizer.
struct TokenizerOptions {
  /// Columns to join whatever they are, besides those that are found to go together.
  std::vector<std::vector<std::string>> together;

  /// Columns whose tokens come first, in this order, each with those that go together with it: rows
  /// under conditions on them are found soonest. The others follow as ever.
  std::vector<std::string> first;

  bool find_together = true;

  /// Split sources of more than 32 atoms into two tokens; else their atoms are drawn by frequency
  /// within at most 32 groups.
  bool second_tokens = true;

  unsigned threads = 0;  ///< 0: all hardware threads; the result is the same for any number
};

/// A tokenizer and the table it was made from, coded.
struct TokenizedTable {
  Tokenizer tokenizer;
  TokenMatrix data;
};

/// Makes the tokenizer of a table and codes the table by it. The tokens lie where the table does.
/// @param monitor  stage "encode", in rows
/// @throws Error   usage: a name in `together` or `first` is no column, or is in `together` twice;
/// data: a value is
///                 infinite, or there are more than most_tokens columns or tokens; runtime: not
///                 enough memory
TokenizedTable tokenize(const Table& table, const TokenizerOptions& options = {},
                        Monitor& monitor = silent_monitor());

}  // namespace cuvae
