#include "csv/row_plan.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "csv/quoting.hpp"
#include "rows/codings.hpp"

namespace cuvae {
namespace {

// Neighbouring cells share a table while it stays small beside the first-level cache.
constexpr std::size_t shared_table_bytes = 8 * 1024;
// Numbers with fewer values than this have a table of their own.
constexpr std::uint32_t small_span = 1024;
constexpr std::uint32_t most_whole_parts = 16 * 1024;
constexpr int most_fraction_digits_in_table = 3;
constexpr int most_fraction_digits = 9;
// A table of slots beyond this size must not be much larger than its texts.
constexpr std::size_t free_slot_bytes = 1024 * 1024;
constexpr std::size_t pool_padding = 64;
// Numbers of ticks up to this size are split at the point.
constexpr std::int64_t limit_of_split = std::numeric_limits<std::int32_t>::max();

std::size_t slot_bytes(std::size_t longest) {
  for (const std::size_t bytes : {8, 16, 32, 64}) {
    if (longest < bytes) return bytes;
  }
  return 0;
}

std::size_t longest_of(const std::vector<std::string>& texts) {
  std::size_t longest = 0;
  for (const std::string& text : texts) longest = std::max(longest, text.size());
  return longest;
}

void fill_slots(Segment& segment, const std::vector<std::string>& texts, std::size_t bytes) {
  segment.kind = bytes == 8    ? SegmentKind::slot8
                 : bytes == 16 ? SegmentKind::slot16
                 : bytes == 32 ? SegmentKind::slot32
                               : SegmentKind::slot64;
  segment.table.assign(texts.size() * bytes, '\0');
  char* slot = segment.table.data();
  for (const std::string& text : texts) {
    std::memcpy(slot, text.data(), text.size());
    slot[bytes - 1] = static_cast<char>(text.size());
    slot += bytes;
  }
}

void fill_pool(Segment& segment, const std::vector<std::string>& texts, std::size_t total) {
  segment.kind = SegmentKind::pool;
  segment.table.reserve(total + pool_padding);
  segment.offsets.reserve(texts.size() + 1);
  for (const std::string& text : texts) {
    segment.offsets.push_back(segment.table.size());
    segment.table.insert(segment.table.end(), text.begin(), text.end());
  }
  segment.offsets.push_back(segment.table.size());
  segment.table.resize(total + pool_padding);
}

Segment table_of(const std::vector<std::string>& texts) {
  Segment segment;
  segment.longest = longest_of(texts);
  std::size_t total = 0;
  for (const std::string& text : texts) total += text.size();
  const std::size_t slot = slot_bytes(segment.longest);
  const std::size_t pool_size = total + texts.size() * sizeof(std::uint64_t);
  const std::size_t slots_size = slot * texts.size();
  if (slot != 0 && (slots_size <= free_slot_bytes || slots_size <= 2 * pool_size)) {
    fill_slots(segment, texts, slot);
  } else {
    fill_pool(segment, texts, total);
  }
  return segment;
}

TickSplit split_of(const Ticks& ticks, std::uint32_t power) {
  TickSplit split;
  split.first = static_cast<std::int32_t>(ticks.first);
  split.power = power;
  // Granlund and Montgomery: exact for magnitudes below 2^31, and the product stays below 2^63.
  const auto power_bits = static_cast<std::uint32_t>(std::bit_width(power - 1));
  split.shift = 31 + power_bits;
  split.reciprocal = ((std::uint64_t{1} << split.shift) + power - 1) / power;
  return split;
}

class Planner {
 public:
  Planner(RowPlan& plan, const Schema& schema, const std::vector<ColumnCoding>& codings)
      : plan_(plan), schema_(schema), codings_(codings) {}

  void run() {
    const auto columns = static_cast<std::uint32_t>(schema_.columns.size());
    plan_.splits.resize(columns);
    for (std::uint32_t column = 0; column < columns; ++column) {
      end_ = column + 1 == columns ? row_end(schema_) : std::string(1, schema_.delimiter);
      source_ = IndexSource{};
      source_.column = column;
      source_.width = codings_[column].width;
      format_ = CellFormat::of(schema_.columns[column]);
      add_column(schema_.columns[column], codings_[column]);
    }
    close_table();
    for (const Segment& segment : plan_.segments) plan_.longest_row += segment.longest;
  }

 private:
  void add_column(const ColumnSchema& column, const ColumnCoding& coding) {
    const bool quoted = column.quoted && !coding.spelled && !is_coded(column.kind);
    if (quoted) {
      add_constant("\"");
      end_.insert(0, 1, '"');
    }
    if (coding.spelled) {
      add_spelled(column);
    } else if (is_coded(column.kind)) {
      add_labels(column);
    } else if (coding.real) {
      source_.kind = IndexSource::Kind::real;
      add_number(SegmentKind::real, CellFormat::most_bytes + 2);
      plan_.mean_row += 20;
      plan_.segments.back().may_be_missing = coding.may_be_missing;
    } else if (coding.may_be_missing) {
      add_number(SegmentKind::ticks, CellFormat::most_bytes + 2);
      plan_.segments.back().first_tick = ticks_of(column).value().first;
      plan_.mean_row += 10;
      plan_.segments.back().may_be_missing = true;
    } else {
      add_ticks(ticks_of(column).value());
    }
  }

  void add_spelled(const ColumnSchema& column) {
    source_.kind = IndexSource::Kind::place;
    std::size_t longest = column.spelling->most_bytes();
    for (const std::string& marker : column.markers) longest = std::max(longest, marker.size());
    add_number(SegmentKind::spelled, 2 * longest + 3);  // every character a quote, and two around
    plan_.segments.back().spelling = column.spelling;
    plan_.mean_row += 12;
  }

  void add_labels(const ColumnSchema& column) {
    std::vector<std::string> texts;
    texts.reserve(column.labels.size());
    double bytes = 0;
    double rows = 0;
    for (std::size_t code = 0; code < column.labels.size(); ++code) {
      const std::string& label = column.labels[code];
      texts.push_back(column.quoted && !label.empty()
                          ? in_csv_quotes(label)
                          : quoted_where_needed(label, schema_.delimiter));
      // A lone empty cell would be an empty line, which readers skip.
      if (texts.back().empty() && schema_.columns.size() == 1) texts.back() = "\"\"";
      texts.back() += end_;
      const double weight =
          code < column.counts.size() ? static_cast<double>(column.counts[code]) : 1.0;
      bytes += weight * static_cast<double>(texts.back().size());
      rows += weight;
    }
    plan_.mean_row += rows > 0 ? bytes / rows : 1;
    add_table(std::move(texts), source_);
  }

  void add_ticks(const Ticks& ticks) {
    char text[CellFormat::most_bytes];
    const auto spelled = [&](std::int64_t tick) {
      return std::string(text, format_.spell_ticks(text, tick)) + end_;
    };
    const std::int64_t last = ticks.last();
    plan_.mean_row += static_cast<double>(spelled(last).size());
    if (ticks.span < small_span) {
      std::vector<std::string> texts;
      for (std::int64_t value = ticks.first; value <= last; ++value)
        texts.push_back(spelled(value));
      add_table(std::move(texts), source_);
      return;
    }
    if (ticks.first < -limit_of_split || last > limit_of_split ||
        ticks.decimals > most_fraction_digits) {
      add_number(SegmentKind::ticks, std::max(spelled(ticks.first).size(), spelled(last).size()));
      plan_.segments.back().first_tick = ticks.first;
      return;
    }
    add_split(ticks);
  }

  void add_split(const Ticks& ticks) {
    const std::int64_t last = ticks.last();
    std::uint32_t power = 1;
    for (int i = 0; i < ticks.decimals; ++i) power *= 10;
    TickSplit& split = plan_.splits[source_.column];
    split = split_of(ticks, power);
    const auto whole_part = [&](std::int64_t value) {
      return static_cast<std::uint32_t>((value < 0 ? -value : value) / power);
    };
    // Whole parts from the greatest down to the least below zero, then up from the least above.
    const bool any_below = ticks.first < 0;
    const bool any_above = last >= 0;
    const std::uint32_t least_below = last < 0 ? whole_part(last) : 0;
    const std::uint32_t below = any_below ? whole_part(ticks.first) - least_below + 1 : 0;
    const std::uint32_t least_above = ticks.first > 0 ? whole_part(ticks.first) : 0;
    const std::uint32_t above = any_above ? whole_part(last) - least_above + 1 : 0;
    if (below + above <= most_whole_parts) {
      std::vector<std::string> texts;
      texts.reserve(below + above);
      for (std::uint32_t i = 0; i < below; ++i) {
        texts.push_back(format_.whole_part(true, least_below + i));
      }
      for (std::uint32_t i = 0; i < above; ++i) {
        texts.push_back(format_.whole_part(false, least_above + i));
      }
      if (ticks.decimals == 0) {
        for (std::string& text : texts) text += end_;
      }
      split.negative_zero = 0 - least_below;
      split.positive_zero = below - least_above;
      source_.kind = IndexSource::Kind::whole_in_table;
      add_table(std::move(texts), source_);
    } else {
      source_.kind = IndexSource::Kind::whole_and_sign;
      const auto greatest = static_cast<std::uint64_t>(limit_of_split);
      add_number(SegmentKind::whole, format_.whole_part(true, greatest).size() + 1,
                 ticks.decimals == 0);
    }
    if (ticks.decimals > 0) add_fraction(ticks.decimals, power);
  }

  void add_fraction(int decimals, std::uint32_t power) {
    source_.kind = IndexSource::Kind::fraction;
    if (decimals > most_fraction_digits_in_table) {
      add_number(SegmentKind::fraction, format_.fraction_part(0).size() + 1);
      return;
    }
    std::vector<std::string> texts;
    for (std::uint32_t digits = 0; digits < power; ++digits) {
      texts.push_back(format_.fraction_part(digits) + end_);
    }
    add_table(std::move(texts), source_);
  }

  // A text that all rows have.
  void add_constant(const std::string& text) {
    IndexSource source = source_;
    source.kind = IndexSource::Kind::constant;
    add_table({text}, source);
  }

  // `whole_cell`: what ends the cell follows.
  void add_number(SegmentKind kind, std::size_t longest, bool whole_cell = true) {
    close_table();
    Segment segment;
    segment.kind = kind;
    segment.longest = longest;
    segment.column = source_.column;
    segment.format = format_;
    if (whole_cell && end_.size() == 1) segment.end = end_.front();
    source_.segment = static_cast<std::uint32_t>(plan_.segments.size());
    plan_.sources.push_back(source_);
    plan_.segments.push_back(std::move(segment));
    if (whole_cell && end_.size() > 1) add_constant(end_);
  }

  // Joins the table that is open where the two together stay small: every pair of their texts.
  void add_table(std::vector<std::string> texts, IndexSource source) {
    if (!open_.empty() && can_join(texts)) {
      const auto count = static_cast<std::uint32_t>(texts.size());
      for (std::size_t i = first_open_source_; i < plan_.sources.size(); ++i) {
        plan_.sources[i].multiplier *= count;
      }
      std::vector<std::string> pairs;
      pairs.reserve(open_.size() * texts.size());
      for (const std::string& left : open_) {
        for (const std::string& right : texts) pairs.push_back(left + right);
      }
      open_ = std::move(pairs);
      source.add = true;
    } else {
      close_table();
      open_ = std::move(texts);
      first_open_source_ = plan_.sources.size();
    }
    source.segment = static_cast<std::uint32_t>(plan_.segments.size());
    plan_.sources.push_back(source);
  }

  bool can_join(const std::vector<std::string>& texts) const {
    const std::size_t slot = slot_bytes(longest_of(open_) + longest_of(texts));
    return slot != 0 && texts.size() <= shared_table_bytes && open_.size() <= shared_table_bytes &&
           open_.size() * texts.size() * slot <= shared_table_bytes;
  }

  void close_table() {
    if (open_.empty()) return;
    plan_.segments.push_back(table_of(open_));
    open_.clear();
  }

  RowPlan& plan_;
  const Schema& schema_;
  const std::vector<ColumnCoding>& codings_;
  std::string end_;
  CellFormat format_;
  IndexSource source_;
  std::vector<std::string> open_;
  std::size_t first_open_source_ = 0;
};

}  // namespace

RowPlan::RowPlan(const Schema& schema, const std::vector<ColumnCoding>& codings) {
  Planner(*this, schema, codings).run();
}

}  // namespace cuvae
