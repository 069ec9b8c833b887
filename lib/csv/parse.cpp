#include "csv/parse.hpp"

#include <algorithm>
#include <charconv>
#include <exception>
#include <fmt/format.h>
#include <memory>
#include <mutex>
#include <span>

#include <cuvae/error.hpp>

#include "csv/vector_parsers.hpp"
#include "support/threads.hpp"
#include "text/display.hpp"
#include "text/separators.hpp"

namespace cuvae {
namespace {

constexpr std::size_t most_row_bytes = std::size_t{1} << 30;

std::string in_delimiter(char delimiter) {
  return delimiter == '\t' ? "tab" : fmt::format("'{}'", delimiter);
}

// Finds out what is wrong in [from, to), where something is.
[[noreturn]] void fail_structure(const CsvSource& source, const RawTable& table, std::size_t from,
                                 std::size_t to) {
  const CsvText& text = source.text();
  const char* at = text.begin + from;
  while (at < text.begin + to) {
    const Record record = read_record(text, at, table.delimiter);
    if (record.problem != RecordProblem::none) {
      const std::string where =
          fmt::format("{}: line {}, column {}: ", source.name(), source.line_of(record.problem_at),
                      record.cells.size() + 1);
      switch (record.problem) {
        case RecordProblem::text_after_quote:
          throw Error(ErrorKind::data,
                      where +
                          "the quoted cell that opens here goes on behind its closing quote; "
                          "double the quotes that belong to the text, or close the cell's "
                          "quote");
        case RecordProblem::quote_in_text:
          throw Error(ErrorKind::data,
                      where +
                          "a quote stands inside of a cell that does not start with one; put "
                          "the whole cell in quotes and double the inner ones");
        default:
          throw Error(ErrorKind::data, where +
                                           "the quote that opens here is never closed; close "
                                           "it, or double it if it belongs to the text");
      }
    }
    const bool blank = record.cells.size() == 1 && record.cells.front().empty();
    if (blank && table.file_columns > 1) throw BlankLine();
    if (record.cells.size() != table.file_columns) {
      throw Error(ErrorKind::data,
                  fmt::format("{}: line {}: expected {} cells as in the header, found {}; complete "
                              "the line, or put cells that hold {} or a newline in quotes",
                              source.name(), source.line_of(at), table.file_columns,
                              record.cells.size(), in_delimiter(table.delimiter)));
    }
    at = record.next;
  }
  throw Error(ErrorKind::data,
              fmt::format("{}: line {}: quotes don't match up from here on; check them",
                          source.name(), source.line_of(text.begin + from)));
}

// Where each column's cells went wrong first, shared by the threads.
class Misfits {
 public:
  explicit Misfits(std::size_t columns) : first_(columns) {
    for (auto& offset : first_) offset = no_misfit;
  }
  std::size_t first(std::size_t column) const {
    return first_[column].load(std::memory_order_relaxed);
  }
  void add(std::size_t column, std::size_t offset) {
    std::size_t known = first(column);
    while (offset < known && !first_[column].compare_exchange_weak(known, offset)) {
    }
  }

 private:
  std::vector<std::atomic<std::size_t>> first_;
};

class PieceParser {
 public:
  PieceParser(const CsvSource& source, const ReadSettings& settings, RawTable& table,
              const std::vector<std::size_t>& active, Misfits& misfits, unsigned thread)
      : source_(source),
        table_(table),
        active_(active),
        misfits_(misfits),
        thread_(thread),
        kernels_(scan_kernels(settings.simd)),
        vectors_(vector_parsers(settings.simd)),
        span_(settings.span_bytes) {}

  void parse(const RowStart& start, const RowStart& stop) {
    const std::size_t bytes = stop.offset - start.offset;
    if (bytes > most_row_bytes) fail_long(start);
    const char* base = source_.text().begin + start.offset;
    IndexState state;
    state.delimiter = table_.delimiter;
    const std::size_t columns = table_.file_columns;
    std::uint64_t row = start.row;
    std::size_t have = 0;
    bool sound = true;
    reserve(0);
    separators_[0] = static_cast<std::uint32_t>(0) - 1;
    for (std::size_t at = 0; sound && at < bytes;) {
      const std::size_t to = std::min(at + span_, bytes);
      reserve(have + to - at);
      std::uint32_t* const first = separators_.get() + 1;
      have = static_cast<std::size_t>(kernels_.index(state, base, static_cast<std::uint32_t>(at),
                                                     static_cast<std::uint32_t>(to), first + have) -
                                      first);
      at = to;
      Batch batch{base, first, have / columns, columns};
      sound = !state.stray && row + batch.rows <= stop.row && rows_end_in_newlines(batch);
      if (!sound) break;
      if (vectors_ != nullptr && batch.rows >= VectorParsers::rows_at_once) turn(batch);
      for (const std::size_t column : active_) parse_column(batch, column, row, start.offset);
      row += batch.rows;
      const std::size_t done = batch.rows * columns;
      std::copy(first + done - 1, first + have, separators_.get());
      have -= done;
    }
    if (!sound || have != 0 || row != stop.row || state.inside != 0) {
      fail_structure(source_, table_, start.offset, stop.offset);
    }
  }

 private:
  void turn(Batch& batch) {
    constexpr std::size_t block = VectorParsers::rows_at_once;
    batch.turned_stride = (batch.rows + block - 1) / block * block;
    const std::size_t wanted = (batch.columns + 1) * batch.turned_stride;
    if (turned_.size() < wanted) turned_.resize(wanted);
    vectors_->turn(batch, turned_.data());
    batch.turned = turned_.data();
  }

  [[noreturn]] void fail_long(const RowStart& start) const {
    throw Error(ErrorKind::data,
                fmt::format("{}: line {}: a row of more than 1 GiB starts near here; is a quote "
                            "not closed?",
                            source_.name(), source_.line_of(source_.text().begin + start.offset)));
  }

  void reserve(std::size_t count) {
    const std::size_t wanted = 1 + count + 64;
    if (wanted <= room_) return;
    const std::size_t grown = std::max(wanted, 2 * room_);
    auto larger = std::make_unique<std::uint32_t[]>(grown);
    std::copy_n(separators_.get(), room_, larger.get());
    separators_ = std::move(larger);
    room_ = grown;
  }

  static bool rows_end_in_newlines(const Batch& batch) {
    const std::uint32_t* last = batch.separators + batch.columns - 1;
    bool sound = true;
    for (std::size_t row = 0; row < batch.rows; ++row, last += batch.columns) {
      sound &= batch.text[*last] == '\n';
    }
    return sound;
  }

  void parse_column(const Batch& batch, std::size_t number, std::uint64_t row,
                    std::size_t base_offset) {
    RawColumn& column = table_.columns[number];
    if (misfits_.first(number) < base_offset) return;  // it will be parsed again anyway
    const std::size_t misfit = parse_cells(batch, column, row);
    if (misfit == all_fit) return;
    const std::uint32_t cell = batch.separators[misfit * batch.columns + column.index - 1] + 1;
    misfits_.add(number, base_offset + cell);
  }

  std::size_t parse_cells(const Batch& batch, RawColumn& column, std::uint64_t row) const {
    const std::size_t index = column.index;
    const bool vectors = batch.turned != nullptr;
    switch (column.plan) {
      case Plan::small_integers:
        return column.ids.visit([&](auto ids) {
          return parse_integers(batch, column, column.integers[thread_], ids.data() + row);
        });
      case Plan::numbers: {
        const auto parse = vectors ? vectors_->parse_numbers : parse_numbers<false>;
        return parse(batch, index, column.numbers[thread_], column.values.data() + row);
      }
      case Plan::currency: {
        const auto parse = vectors ? vectors_->parse_currency : parse_numbers<true>;
        return parse(batch, index, column.numbers[thread_], column.values.data() + row);
      }
      case Plan::text:
        break;
    }
    return column.ids.visit([&]<class Id>(std::span<Id> ids) {
      Dictionary& into = column.dictionaries[thread_];
      return vectors ? vectors_->parse_texts(batch, index, into, ids.data() + row, sizeof(Id))
                     : parse_texts(batch, index, into, ids.data() + row);
    });
  }

  template <class Id>
  std::size_t parse_integers(const Batch& batch, const RawColumn& column, SmallIntegers& into,
                             Id* ids) const {
    const std::size_t index = column.index;
    const bool vectors = batch.turned != nullptr;
    switch (column.form) {
      case IntegerForm::point_zero:
        return vectors ? vectors_->parse_with_point(batch, index, into, ids, sizeof(Id))
                       : parse_small_integers<2>(batch, index, into, ids);
      case IntegerForm::clock_time:
        return vectors ? vectors_->parse_clock_times(batch, index, into, ids, sizeof(Id))
                       : parse_clock_times(batch, index, into, ids);
      case IntegerForm::plain:
        break;
    }
    return vectors ? vectors_->parse_whole(batch, index, into, ids, sizeof(Id))
                   : parse_small_integers<0>(batch, index, into, ids);
  }

  const CsvSource& source_;
  RawTable& table_;
  const std::vector<std::size_t>& active_;
  Misfits& misfits_;
  unsigned thread_;
  const ScanKernels& kernels_;
  const VectorParsers* vectors_;
  std::size_t span_;
  std::vector<std::uint32_t> turned_;
  std::unique_ptr<std::uint32_t[]> separators_;
  std::size_t room_ = 0;
};

void prepare(RawColumn& column, std::uint64_t rows, const ReadSettings& settings) {
  const unsigned threads = settings.threads;
  column.first_misfit = no_misfit;
  column.ids = CodeVector();
  column.integers.clear();
  column.numbers.clear();
  column.dictionaries.clear();
  if (column.plan == Plan::numbers || column.plan == Plan::currency) {
    column.values = LargeVector<double>(rows, settings.storage);
    column.numbers.resize(threads);
    return;
  }
  column.ids = CodeVector(rows, std::size_t{1} << (8 * column.id_bytes), settings.storage);
  if (column.plan == Plan::small_integers) {
    column.integers.resize(threads);
    for (SmallIntegers& part : column.integers) {
      part.base = column.base;
      part.counts.resize(column.limit + 1);
    }
  } else {
    column.dictionaries.resize(threads);
  }
}

// One pass over all pieces for the active columns. Pieces are handed out in order, so the problem
// of the lowest piece is the first one of the file.
void parse_pass(const CsvSource& source, const ReadSettings& settings, RawTable& table,
                const std::vector<std::size_t>& active, ByteProgress& progress) {
  const std::size_t pieces = table.starts.size() - 1;
  Misfits misfits(table.columns.size());
  std::vector<unsigned> threads(pieces);
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> failed_piece{no_misfit};
  std::mutex failure_mutex;
  std::exception_ptr failure;
  run_on_threads(settings.threads, [&](unsigned thread) {
    PieceParser parser(source, settings, table, active, misfits, thread);
    for (std::size_t piece; (piece = next.fetch_add(1)) < pieces && piece < failed_piece;) {
      const RowStart& start = table.starts[piece];
      const RowStart& stop = table.starts[piece + 1];
      threads[piece] = thread;
      try {
        if (start.offset != stop.offset) parser.parse(start, stop);
        progress.add(stop.offset - start.offset);
      } catch (...) {
        const std::lock_guard lock(failure_mutex);
        if (piece < failed_piece) {
          failed_piece = piece;
          failure = std::current_exception();
        }
      }
    }
  });
  if (failure) std::rethrow_exception(failure);
  for (const std::size_t column : active) {
    table.columns[column].first_misfit = misfits.first(column);
    table.columns[column].threads = threads;
  }
}

// Small integers beyond a narrow range may still be small.
bool take_more_integers(RawColumn& column, std::string_view text) {
  if (column.base == 0 && column.limit == SmallIntegers::most) return false;
  if (column.form == IntegerForm::clock_time) return false;
  const bool point_zero = column.form == IntegerForm::point_zero;
  if (text.ends_with(".0") != point_zero) return false;
  if (point_zero) text.remove_suffix(2);
  std::uint32_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || value >= SmallIntegers::most) return false;
  if (fmt::format("{}", value) != text) return false;
  column.base = 0;
  column.limit = SmallIntegers::most;
  return true;
}

// The plan that can take the cell that did not fit.
void widen(const CsvSource& source, char delimiter, const MarkerOptions& markers,
           RawColumn& column) {
  const char* at = source.text().begin + column.first_misfit;
  std::string_view cell(at, 0);
  // Its end is where the row's next separator stands; re-reading from the cell is safe, for it
  // starts outside of quotes.
  const Record rest = read_record(source.text(), at, delimiter);
  if (!rest.cells.empty()) cell = rest.cells.front();
  std::string scratch;
  const std::string_view text = unquoted(cell, scratch);
  if (text.size() > most_cell_bytes) {
    fail_at_cell(source, at, column.index, column.name,
                 fmt::format("a cell of {} bytes; at most {} are taken: is a quote not closed? "
                             "Shorten the cell or leave the column out with `drop`",
                             with_separators(text.size()), with_separators(most_cell_bytes)));
  }
  if (column.kind == ColumnKind::continuous && column.like != nullptr) {
    column.kind = ColumnKind::label;
    column.plan = Plan::text;
    column.id_bytes = 4;
    return;
  }
  if (column.kind == ColumnKind::continuous && !may_be_marker(text, markers)) {
    fail_at_cell(source, at, column.index, column.name,
                 fmt::format("{} is not a finite number, which `continuous` asks for; correct or "
                             "empty the cell, name it with `missing` where it stands for no "
                             "value, or don't take the column as continuous",
                             in_quotes(text)));
  }
  double value = 0;
  if (column.plan == Plan::text) {
    column.id_bytes *= 2;
  } else if (column.plan == Plan::small_integers && take_more_integers(column, text)) {
    column.id_bytes = 4;
  } else if (column.plan == Plan::small_integers && column.form != IntegerForm::clock_time &&
             !is_whole(text) && parse_number(text, value) == NumberForm::finite) {
    column.plan = Plan::numbers;
  } else {
    column.plan = Plan::text;
    column.id_bytes = 4;
  }
}

// Whether one number of decimals spells all cells of a column of numbers.
bool is_spelled_by_kind(const RawColumn& column) {
  int most = 0;
  int least = std::numeric_limits<int>::max();
  bool exponents = false;
  for (const Numbers& part : column.numbers) {
    if (part.otherwise) return false;
    most = std::max(most, part.decimals);
    least = std::min(least, part.least_decimals);
    exponents |= part.exponents;
  }
  const bool without_exponents = least <= most;
  return exponents ? !without_exponents : least >= most;
}

}  // namespace

bool parse_unusual(std::string_view cell, ColumnKind kind, double& value, Numbers& into) {
  const CellFormat& format = traits_of(kind).format;
  if (format.parse(cell, value) != NumberForm::finite) return false;
  const int decimals = format.decimals_in(cell);
  if (decimals < 0) {
    into.exponents = true;
  } else {
    into.decimals = std::max(into.decimals, decimals);
    into.least_decimals = std::min(into.least_decimals, decimals);
  }
  into.otherwise |= CellFormat::of(kind, decimals).spell(value) != cell;
  into.whole += is_whole(cell);
  return true;
}

void fail_at_cell(const CsvSource& source, const char* cell, std::size_t column,
                  const std::string& name, const std::string& problem) {
  throw Error(ErrorKind::data,
              fmt::format("{}: line {}, column {} {}: {}", source.name(), source.line_of(cell),
                          column + 1, in_quotes(name), problem));
}

std::string_view raw_cell(const CsvSource& source, const RawTable& table, std::uint64_t row,
                          std::size_t column) {
  const auto above = std::upper_bound(
      table.starts.begin(), table.starts.end(), row,
      [](std::uint64_t wanted, const RowStart& start) { return wanted < start.row; });
  const RowStart& start = *(above - 1);
  const char* at = source.text().begin + start.offset;
  for (std::uint64_t passed = start.row; passed < row; ++passed) {
    at = read_record(source.text(), at, table.delimiter).next;
  }
  return read_record(source.text(), at, table.delimiter).cells[column];
}

void parse_columns(const CsvSource& source, const ReadSettings& settings, RawTable& table,
                   Monitor& monitor) {
  std::vector<std::size_t> active(table.columns.size());
  for (std::size_t c = 0; c < active.size(); ++c) active[c] = c;
  ByteProgress progress(monitor, source.file_bytes(), source.file_bytes());
  do {
    for (const std::size_t c : active) prepare(table.columns[c], table.rows(), settings);
    parse_pass(source, settings, table, active, progress);
    std::erase_if(active,
                  [&](std::size_t c) { return table.columns[c].first_misfit == no_misfit; });
    for (const std::size_t c : active)
      widen(source, table.delimiter, table.markers, table.columns[c]);
    // Columns that spell numbers in more than one way are read again for their texts.
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      RawColumn& column = table.columns[c];
      if (column.numbers.empty() || column.first_misfit != no_misfit) continue;
      if (is_spelled_by_kind(column)) continue;
      column.plan = Plan::text;
      column.id_bytes = 4;
      active.push_back(c);
    }
    std::sort(active.begin(), active.end());
  } while (!active.empty());
}

}  // namespace cuvae
