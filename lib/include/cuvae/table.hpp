/// @file
/// Tables in memory, and reading them from CSV files.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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

  /// The header's cell where that is not the name: nothing above a column without a name, which is
  /// called "column 3" by its place; "total" above one that is called "total.2", because another
  /// one is called "total".
  std::optional<std::string> heading{};

  /// All its cells with something in them stood in quotes, needed or not.
  bool quoted = false;
};

/// How a file is written where RFC 4180 leaves a choice.
struct CsvStyle {
  bool quoted_header = false;            ///< every name stands in quotes
  bool delimiter_behind_header = false;  ///< one more delimiter at the end of the header
  bool delimiter_behind_rows = false;    ///< one more delimiter at the end of each row

  friend bool operator==(const CsvStyle&, const CsvStyle&) = default;
};

/// A whole table in memory, column by column.
struct Table {
  std::uint64_t rows = 0;
  std::vector<Column> columns;

  char delimiter = ',';
  bool carriage_returns = false;  ///< lines ended in CRLF
  CsvStyle style;
  std::uint64_t bytes = 0;  ///< size of the text, unpacked and in UTF-8
  std::string source;       ///< path it was read from, "-" for standard input

  /// Fingerprint of the text's bytes, unpacked and in UTF-8: the same file gives the same text at
  /// any thread count. It tells files apart by accident, not against an adversary.
  std::string fingerprint;

  /// Names of columns where not one row has a value.
  std::vector<std::string> empty_columns;

  /// What a person should know about how the file and its cells were taken: whole sentences, one
  /// line each, that name options as `field`.
  std::vector<std::string> notes;

  /// Rules that all rows keep, and generated ones will; null where there is none.
  std::shared_ptr<const std::vector<Rule>> rules;

  /// Where codes and values lie, and what is made from them.
  Storage storage;
};

/// What the bytes of a file mean. Tables in memory and files that are written are UTF-8.
enum class TextEncoding {
  automatic,  ///< UTF-16 with a byte order mark, else UTF-8; a file that is not UTF-8 and holds no
              ///< character of it is taken as Windows-1252, and Table::notes says so
  utf8,       ///< bytes as they are, those that are no UTF-8 included
  utf16,      ///< by its byte order mark; without one by where its zeros stand
  latin1,     ///< ISO 8859-1
  windows1252,  ///< the same with letters and the euro sign at 0x80 to 0x9F
};

/// The encoding of this name: "auto", "utf-8", "utf-16", "latin-1" or "windows-1252".
/// @throws Error usage: no such encoding, with those that there are
TextEncoding encoding_named(std::string_view name);

struct Table;

/// How to read a CSV file.
struct ReadOptions {
  char delimiter = '\0';           ///< 0: found out among , ; tab |
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

  TextEncoding encoding = TextEncoding::automatic;
  std::uint64_t skip = 0;       ///< lines above the header to leave out
  std::uint64_t skip_last = 0;  ///< lines at the end to leave out
  std::string comment;          ///< lines that start with this text are left out; "": none

  /// Other names for columns: {old, new}. The other options name columns by their new names.
  std::vector<std::pair<std::string, std::string>> rename;

  /// Keep columns without any value, as label columns whose only label is the missing one.
  bool keep_empty_columns = true;

  /// A table to compare this one with, which outlives the call. Columns of the same name take its
  /// columns' kinds, spellings and markers where every cell fits; where one does not, the column's
  /// cells are kept as labels, and nothing is an error that evaluate() can compare or name.
  const Table* like = nullptr;

  /// Where the large arrays are to lie.
  Storage storage;

  /// A table of fewer rows is an Error(data).
  std::uint64_t minimum_rows = 1;
};

/// Reads an RFC 4180 file (quotes, doubled quotes, newlines in quotes, LF, CRLF or CR, optional
/// BOM, optional last newline), also one that is packed with gzip or zstd, which its first bytes
/// tell. The header is required. What files have beside that is read too, and told in
/// Table::notes: blank lines, a first line "sep=;", a delimiter at the end of lines, columns
/// without a name, names that stand there twice (docs/reading.md).
///
/// @param path     file to read, "-" for standard input
/// @param options  see ReadOptions
/// @param monitor  stage "read", in bytes
/// @throws Error   data: names file, line, column and remedy (ragged row, stray quote, no header,
///                 text above the header, no rows, override that can't be met, bytes that are not
///                 what they are said to be, a packed file that is cut off or damaged); usage: an
///                 option names no column; runtime: reading fails midway, or the library was built
///                 without what unpacks the file; a file that is not there is data
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
