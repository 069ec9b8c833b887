#include <algorithm>
#include <bit>
#include <charconv>
#include <fmt/format.h>
#include <unordered_map>

#include "csv/parse.hpp"

namespace cuvae {
namespace {

constexpr std::size_t very_few_cells = 16;

// What the sampled cells of a column have in common.
class Sample {
 public:
  void add(std::string_view cell) {
    if (cell.empty()) return;
    ++cells_;
    ++texts_[std::string(cell)];
    double value = 0;
    numbers_ += parse_number(cell, value) == NumberForm::finite;
    currency_ += traits_of(ColumnKind::currency).format.parse(cell, value) == NumberForm::finite;
    whole_ += is_whole(cell);
    std::uint32_t minutes = 0;
    clock_times_ += clock_time(cell.data(), cell.size(), minutes);
    const bool point_zero = cell.ends_with(".0");
    point_zero_ += point_zero;
    if (point_zero) cell.remove_suffix(2);
    std::uint32_t integer = 0;
    const auto parsed = std::from_chars(cell.data(), cell.data() + cell.size(), integer);
    if (parsed.ec == std::errc() && fmt::format("{}", integer) == cell) {
      ++plain_;
      largest_ = std::max(largest_, integer);
      smallest_ = std::min(smallest_, integer);
    }
  }

  // Too narrow ids cost a second look at the whole file, too wide ones some memory.
  void plan(RawColumn& column, std::uint64_t rows) const {
    constexpr std::uint64_t safely_few = 4 * 0x10000;
    const bool few =
        (texts_.size() * 2 < cells_ || cells_ < very_few_cells) && new_texts(rows) < safely_few;
    const bool very_few = texts_.size() <= 32 && cells_ >= 256;
    column.id_bytes = very_few ? 1 : few ? 2 : 4;
    column.plan = Plan::text;
    if (column.kind == ColumnKind::continuous) {
      column.plan = Plan::numbers;
    } else if (column.kind.has_value() || cells_ == 0) {
      return;
    } else if (currency_ == cells_) {
      column.plan = Plan::currency;
    } else if (plain_ == cells_ && (point_zero_ == 0 || point_zero_ == cells_) &&
               largest_ < SmallIntegers::most / 2) {
      column.plan = Plan::small_integers;
      column.form = point_zero_ > 0 ? IntegerForm::point_zero : IntegerForm::plain;
      plan_integers(column);
    } else if (clock_times_ == cells_) {
      column.plan = Plan::small_integers;
      column.form = IntegerForm::clock_time;
      column.id_bytes = 2;
      column.limit = minutes_a_day;
    } else if (numbers_ == cells_ && whole_ < cells_) {
      column.plan = Plan::numbers;
    }
  }

 private:
  // Room for more numbers than the sample shows, but small tables: they are counted in.
  void plan_integers(RawColumn& column) const {
    constexpr std::uint32_t most_narrow = 0xFF;
    constexpr std::uint32_t most_medium = 0xFFFF;
    const std::uint32_t range = largest_ - smallest_ + 1;
    column.base = 0;
    if (range <= most_narrow / 2 && cells_ >= very_few_cells) {
      column.id_bytes = 1;
      column.limit = most_narrow;
      column.base = smallest_ - std::min(smallest_, (most_narrow - range) / 2);
      return;
    }
    const bool wide = largest_ >= most_medium / 4 * 3;
    column.id_bytes = wide ? 4 : 2;
    column.limit = std::min(std::bit_ceil(std::max(2 * largest_ + 1, 1024U)),
                            wide ? SmallIntegers::most : most_medium);
  }

  // A text of the sample that occurs once there stands for others that don't: so many rows would
  // be new if the rest of the table went on like the sample. It never does, labels come back.
  std::uint64_t new_texts(std::uint64_t rows) const {
    std::uint64_t once = 0;
    for (const auto& [text, count] : texts_) once += count == 1;
    return cells_ == 0 ? 0 : rows * once / cells_;
  }

  std::unordered_map<std::string, std::size_t> texts_;
  std::size_t cells_ = 0;
  std::size_t numbers_ = 0;
  std::size_t currency_ = 0;
  std::size_t whole_ = 0;
  std::size_t plain_ = 0;
  std::size_t point_zero_ = 0;
  std::size_t clock_times_ = 0;
  std::uint32_t largest_ = 0;
  std::uint32_t smallest_ = ~std::uint32_t{0};
};

}  // namespace

void plan_columns(const CsvSource& source, const ReadSettings& settings, RawTable& table) {
  std::vector<Sample> samples(table.columns.size());
  const std::size_t pieces = table.starts.size() - 1;
  const std::size_t places = std::min(pieces, settings.sampled_places);
  std::string scratch;
  for (std::size_t place = 0; place < places; ++place) {
    const char* at = source.text().begin + table.starts[place * pieces / places].offset;
    std::vector<Record> records;
    for (std::size_t i = 0; i < settings.rows_per_place && at != source.text().end; ++i) {
      Record record = read_record(source.text(), at, table.delimiter);
      // Malformed rows are reported when they are parsed.
      if (record.problem != RecordProblem::none || record.cells.size() != table.file_columns) break;
      at = record.next;
      records.push_back(std::move(record));
    }
    // A column at a time: the samples of thousands of columns don't fit into a cache.
    for (std::size_t c = 0; c < samples.size(); ++c) {
      for (const Record& record : records) {
        samples[c].add(unquoted(record.cells[table.columns[c].index], scratch));
      }
    }
  }
  for (std::size_t c = 0; c < samples.size(); ++c) samples[c].plan(table.columns[c], table.rows());
}

}  // namespace cuvae
