/// @file
/// Tables in memory, and reading them from CSV files.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <cuvae/code_vector.hpp>
#include <cuvae/monitor.hpp>
#include <cuvae/storage.hpp>

namespace cuvae {

/// How a column spells numbers, instants or keys; of the library's own.
class Spelling;
/// What columns have to do with each other in every row; of the library's own.
struct Rule;

/// What a column holds, decided by its cells that are not missing.
enum class ColumnKind {
  currency,    ///< `$` before numbers; kept as value
  continuous,  ///< finite numbers, some with a fraction; kept as value
  ordinal,     ///< whole numbers within 2^53 however written, times HH:MM[:SS], dates YYYY-MM-DD;
               ///< coded
  label,       ///< the rest, also whole numbers beyond 2^53; coded
  instant,     ///< dates and times that are not ordinal, with a spelling; kept as value
  key,         ///< texts that name one row each, with a spelling; coded
};

/// "currency", "continuous", "ordinal", "label", "instant" or "key".
std::string_view to_string(ColumnKind kind);

/// The inverse of to_string; throws Error(data) for any other text.
ColumnKind column_kind_from(std::string_view text);

/// Coded columns (ordinal, label, key) hold codes into a sorted list of texts; value columns
/// (currency, continuous, instant) hold numbers.
constexpr bool is_coded(ColumnKind kind) {
  return kind == ColumnKind::ordinal || kind == ColumnKind::label || kind == ColumnKind::key;
}

/// One column of a table. An empty cell is missing.
struct Column {
  std::string name;
  ColumnKind kind = ColumnKind::label;

  /// Why the column was taken for this kind, for people ("all 19,963 cells are whole numbers").
  std::string reason;

  /// Coded: distinct cells as spelled in the file (unquoted). Whole numbers stand by value, then
  /// spelling; everything else by UTF-8 code point (byte order); the missing one, "", last.
  /// Value columns: empty.
  std::vector<std::string> labels;

  /// Coded: [rows] indices into labels. Value columns: empty.
  CodeVector codes;

  /// Coded: [labels.size()] how many rows have each label.
  std::vector<std::uint64_t> counts;

  /// Value columns: [rows] numbers without the `$`, NaN where missing. Coded: empty.
  LargeVector<double> values;

  /// Value columns: the most digits behind the point that any cell has; -1 where a cell is written
  /// with an exponent. 0 for coded columns.
  int decimals = 0;

  /// Cells without a value: with nothing in them, or with one of `markers`.
  std::uint64_t missing = 0;

  /// How the cells are spelled where the kind does not say it; null where it does.
  std::shared_ptr<const Spelling> spelling;

  /// With a spelling: the texts of missing cells, "" among them where there are empty ones, most
  /// frequent first.
  std::vector<std::string> markers;

  /// Value columns with a spelling: [rows] which of its forms spells the cell; of a missing cell,
  /// its index in `markers`.
  CodeVector forms;
};

/// A whole table in memory, column by column.
struct Table {
  std::uint64_t rows = 0;
  std::vector<Column> columns;

  char delimiter = ',';
  bool carriage_returns = false;  ///< lines ended in CRLF
  std::uint64_t bytes = 0;        ///< size of the file
  std::string source;             ///< path it was read from, "-" for standard input

  /// Fingerprint of the file's bytes: the same file gives the same text at any thread count. It
  /// tells files apart by accident, not against an adversary.
  std::string fingerprint;

  /// Names of columns that were left out because not one row has a value there. Worth a warning.
  std::vector<std::string> empty_columns;

  /// What a person should know about how cells were taken: whole sentences, options as `field`.
  std::vector<std::string> notes;

  /// Rules that all rows keep, and generated ones will; null where there is none.
  std::shared_ptr<const std::vector<Rule>> rules;

  /// Where codes and values lie, and what is made from them.
  Storage storage;
};

/// How to read a CSV file.
struct ReadOptions {
  char delimiter = '\0';           ///< 0: sniffed among , ; tab |
  unsigned threads = 0;            ///< 0: all hardware threads
  std::vector<std::string> label;  ///< columns to take as label, whatever they hold
  std::vector<std::string>
      continuous;                 ///< columns to take as continuous: every cell must be a number
  std::vector<std::string> drop;  ///< columns to leave out
  std::vector<std::string> key;   ///< columns to take as keys: made anew, never learned
  std::vector<std::string>
      keep;  ///< columns whose cells may come out again though each has its own

  /// Columns of dates or times that are not taken for such by themselves, or differently: the
  /// column's name and its format as strftime writes it; "" to find it out; "epoch", "epoch-ms" or
  /// "epoch-us" for counts since 1970.
  std::vector<std::pair<std::string, std::string>> datetime;

  /// Cells that stand for no value, besides empty ones. Usual ones (NA, null, ?) are found in
  /// columns of numbers and dates, unless find_missing is false.
  std::vector<std::string> missing;
  bool find_missing = true;

  /// Rules that all rows keep: "low <= high", "total = qty * price", "cents = 100 * amount". Such
  /// rules are found too, unless find_rules is false.
  std::vector<std::string> rules;
  bool find_rules = true;

  /// Keep columns without any value, as label columns whose only label is the missing one. For
  /// tables that are compared with another one, where every column counts.
  bool keep_empty_columns = false;

  /// Where the large arrays are to lie.
  Storage storage;

  /// A table of fewer rows is an Error(data).
  std::uint64_t minimum_rows = 1;
};

/// Reads an RFC 4180 file (quotes, doubled quotes, newlines in quotes, LF or CRLF, optional BOM,
/// optional last newline); the header is required and its names must be unique and not empty.
///
/// @param path     file to read, "-" for standard input
/// @param options  see ReadOptions
/// @param monitor  stage "read", in bytes
/// @throws Error   data: names file, line, column and remedy (ragged row, stray quote, no header,
///                 no rows, override that can't be met); usage: an option names no column;
///                 runtime: reading fails midway; a file that is not there is data
Table read_csv(const std::string& path, const ReadOptions& options = {},
               Monitor& monitor = silent_monitor());

/// A table in two parts, both in the order of its rows.
struct SplitTable {
  Table kept;
  Table aside;
};

/// Sets a share of a table's rows aside, picked at random by the seed. Labels that only one part
/// has are unknown to the other.
/// @param share    between 0 and 1
/// @throws Error   usage: no such share; data: one part would have no row
SplitTable split_table(const Table& table, double share, std::uint64_t seed);

}  // namespace cuvae
