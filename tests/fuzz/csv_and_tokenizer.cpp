// A CSV file: the reader, against itself with other settings and against a plain one, then the
// tokenizer. Input: two choices, then the file.
#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

#include <cuvae/schema.hpp>
#include <cuvae/table.hpp>
#include <cuvae/tokenizer.hpp>

#include "csv/naive_csv.hpp"
#include "csv/quoting.hpp"
#include "csv/read_csv.hpp"
#include "target.hpp"
#include "tokenizer/tokenizer_json.hpp"

namespace cuvae::fuzz {
namespace {

constexpr std::size_t most_columns = 64;  // that are tokenized: columns are compared in pairs

struct Outcome {
  std::optional<Table> table;
  std::string message;
};

Outcome read(const std::string& path, const ReadSettings& settings, char delimiter = '\0') {
  ReadOptions options;
  options.encoding = cuvae::TextEncoding::utf8;
  options.delimiter = delimiter;
  try {
    return {read_csv_with(path, options, settings, silent_monitor()), {}};
  } catch (const Error& error) {
    return {std::nullopt, error.what()};
  }
}

// Tiny pieces and poor samples, so that all that joins and repeats them has to work.
ReadSettings odd_settings(unsigned first, unsigned second) {
  const std::vector<SimdLevel> levels = available_simd_levels();
  ReadSettings settings;
  settings.piece_bytes = std::size_t{1} << (first % 13);
  settings.simd = levels[first / 13 % levels.size()];
  settings.span_bytes = 1 + second % 200;
  settings.sampled_places = 1 + second % 2;
  settings.rows_per_place = 1 + second % 5;
  return settings;
}

bool same_number(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

void require_same(const Table& a, const Table& b) {
  require(a.rows == b.rows && a.columns.size() == b.columns.size(), "tables are of one size");
  require(a.fingerprint == b.fingerprint, "a file has one fingerprint");
  for (std::size_t c = 0; c < a.columns.size(); ++c) {
    const Column& one = a.columns[c];
    const Column& other = b.columns[c];
    require(one.name == other.name && one.kind == other.kind && one.labels == other.labels &&
                one.counts == other.counts && one.decimals == other.decimals &&
                one.missing == other.missing && one.reason == other.reason,
            "settings change no column");
    for (std::size_t row = 0; row < a.rows; ++row) {
      require(is_coded(one.kind) ? one.codes[row] == other.codes[row]
                                 : same_number(one.values[row], other.values[row]),
              "settings change no cell");
    }
  }
}

// Whether the file has nothing but what RFC 4180 says, which is all that the plain reader knows.
bool is_plain(const Table& table, std::string_view text) {
  const bool packed = text.starts_with("\x1F\x8B") || text.starts_with("\x28\xB5\x2F\xFD");
  const std::string_view start = text.substr(0, 12);
  const bool announces = start.find("sep=") != start.npos || start.find("SEP=") != start.npos;
  return !packed && !announces && table.notes.empty() && table.style == cuvae::CsvStyle{} &&
         std::none_of(table.columns.begin(), table.columns.end(),
                      [](const Column& column) { return column.heading.has_value(); });
}

void require_cells_of_plain_reader(const Table& table, std::string text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  naive::Rows rows = naive::parse(text, table.delimiter);
  // It takes empty cells in quotes at the end for blank lines.
  while (table.columns.size() == 1 && rows.size() <= table.rows) rows.push_back({""});
  require(rows.size() == table.rows + 1, "the plain reader finds as many rows");
  for (std::size_t row = 0; row < rows.size(); ++row) {
    require(rows[row].size() == table.columns.size(), "the plain reader finds as many cells");
  }
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const Column& column = table.columns[c];
    require(column.name == rows[0][c], "the plain reader finds the same names");
    for (std::size_t row = 0; row < table.rows; ++row) {
      const std::string& cell = rows[row + 1][c];
      if (is_coded(column.kind)) {
        require(column.labels[column.codes[row]] == cell, "the plain reader finds the same cells");
      } else {
        const double value = column.values[row];
        require(cell.empty() ? std::isnan(value)
                             : value == std::strtod(naive::without_dollars(cell).c_str(), nullptr),
                "the plain reader finds the same numbers");
      }
    }
  }
}

void append_quoted(std::string& text, const std::string& cell) {
  text += '"';
  for (const char c : cell) {
    text += c;
    if (c == '"') text += c;
  }
  text += '"';
}

// The coded columns, written and read again.
void require_same_when_written(const Table& table) {
  Table coded;
  coded.rows = table.rows;
  std::string text;
  for (const Column& column : table.columns) {
    if (!is_coded(column.kind)) continue;
    if (!coded.columns.empty()) text += table.delimiter;
    append_quoted(text, column.name);
    coded.columns.push_back(column);
  }
  if (coded.columns.empty()) return;
  for (std::size_t row = 0; row < table.rows; ++row) {
    for (std::size_t c = 0; c < coded.columns.size(); ++c) {
      const Column& column = coded.columns[c];
      text += c == 0 ? '\n' : table.delimiter;
      append_quoted(text, column.labels[column.codes[row]]);
    }
  }
  const MemoryFile file(text);
  const Outcome again = read(file.path(), {}, table.delimiter);
  require(again.table.has_value(), "what is written can be read");
  coded.fingerprint = again.table->fingerprint;
  require_same(coded, *again.table);
}

// The number of the value that a cell holds.
std::uint32_t value_of(const Column& column, const ValueRanges& ranges, std::size_t row) {
  if (is_coded(column.kind)) return column.codes[row];
  const double value = column.values[row];
  if (std::isnan(value)) return static_cast<std::uint32_t>(ranges.low.size());
  const auto at = std::upper_bound(ranges.low.begin(), ranges.low.end(), value);
  require(at != ranges.low.begin(), "a number is not below all ranges");
  const auto index = static_cast<std::size_t>(at - ranges.low.begin()) - 1;
  require(value <= ranges.high[index], "a number is in a range");
  return static_cast<std::uint32_t>(index);
}

// Every row's tokens lead to a leaf that holds the row's own cells.
void require_rows_found(const Table& table, const TokenizedTable& result) {
  for (const Source& source : result.tokenizer.sources) {
    const std::size_t width = source.columns.size();
    std::vector<std::uint32_t> cells(width);
    for (std::size_t row = 0; row < table.rows; ++row) {
      for (std::size_t i = 0; i < width; ++i) {
        const std::uint32_t c = source.columns[i];
        cells[i] = value_of(table.columns[c], result.tokenizer.ranges[c], row);
      }
      const std::uint8_t* const tokens = result.data.row(row);
      const std::uint32_t group = source.first_token < 0 ? 0 : tokens[source.first_token];
      require(group + 1 < source.group_leaves.size(), "a row's first token is a group");
      const std::uint32_t leaf =
          source.group_leaves[group] + (source.second_token < 0 ? 0 : tokens[source.second_token]);
      require(leaf < source.group_leaves[group + 1], "a row's second token is a leaf");
      bool found = false;
      for (std::size_t a = source.leaf_atoms[leaf]; a < source.leaf_atoms[leaf + 1]; ++a) {
        found = found || std::equal(cells.begin(), cells.end(), &source.values[a * width]);
      }
      require(found, "a row's leaf holds its cells");
    }
  }
}

void require_sound_tokenizer(const Table& table) {
  if (table.columns.size() > most_columns) return;
  TokenizerOptions options;
  options.threads = 1;
  std::optional<TokenizedTable> result;
  Schema schema;
  try {
    schema = make_schema(table);
    result = tokenize(table, options);
  } catch (const Error&) {
    return;
  }
  check_tokenizer(result->tokenizer, schema);
  require(schema_from_json(to_json(schema)) == schema, "a schema reads back as it was written");
  require(tokenizer_from_json(to_json(result->tokenizer)) == result->tokenizer,
          "a tokenizer reads back as it was written");
  require_rows_found(table, *result);
}

}  // namespace
}  // namespace cuvae::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cuvae::fuzz;
  if (size > most_input_bytes) return 0;
  Input input(data, size);
  const unsigned first = input.choice();
  const unsigned second = input.choice();
  const MemoryFile file(input.rest());
  cuvae::ReadSettings usual;
  usual.simd = cuvae::choose_simd_level();
  const Outcome outcome = read(file.path(), usual);
  const Outcome other = read(file.path(), odd_settings(first, second));
  require(outcome.message == other.message, "settings change no message");
  if (!outcome.table) return 0;
  require_same(*outcome.table, *other.table);
  if (is_plain(*outcome.table, input.rest())) {
    require_cells_of_plain_reader(*outcome.table, std::string(input.rest()));
  }
  require_same_when_written(*outcome.table);
  require_sound_tokenizer(*outcome.table);
  return 0;
}
