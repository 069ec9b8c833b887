#include "generate/table_rows.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <numeric>
#include <span>
#include <utility>

#include "support/threads.hpp"
#include "text/cell_format.hpp"
#include "text/kind_vote.hpp"
#include "text/label_order.hpp"
#include "text/number.hpp"

namespace cuvae {
namespace {

// The labels that occur, sorted as the reader sorts them, and where each of the model's went.
struct SortedLabels {
  std::vector<std::string> labels;
  std::vector<std::uint64_t> counts;
  std::vector<std::uint32_t> code_of;  // [labels of the model]
  KindVote vote;
  std::uint64_t missing = 0;
};

SortedLabels sorted_labels(const std::vector<std::string>& all,
                           const std::vector<std::uint64_t>& counts) {
  SortedLabels sorted;
  struct Occurring : SortedLabel {
    std::uint32_t code = 0;
  };
  std::vector<Occurring> occurring;
  for (std::uint32_t code = 0; code < all.size(); ++code) {
    if (all[code].empty()) {
      sorted.missing += counts[code];
    } else if (counts[code] > 0) {
      occurring.push_back({{0, all[code]}, code});
      sorted.vote.add(all[code], counts[code]);
    }
  }
  const bool by_value = sorted.vote.all_whole();
  for (Occurring& label : occurring) label.key = label_key(label.text, by_value);
  std::sort(occurring.begin(), occurring.end(), [by_value](const Occurring& a, const Occurring& b) {
    return label_less(a, b, by_value);
  });
  sorted.code_of.assign(all.size(), static_cast<std::uint32_t>(occurring.size()));
  for (const Occurring& label : occurring) {
    sorted.code_of[label.code] = static_cast<std::uint32_t>(sorted.labels.size());
    sorted.labels.emplace_back(label.text);
    sorted.counts.push_back(counts[label.code]);
  }
  if (sorted.missing > 0) {
    sorted.labels.emplace_back();
    sorted.counts.push_back(sorted.missing);
  }
  return sorted;
}

std::vector<std::uint64_t> counts_of(const CodeVector& codes, std::size_t labels) {
  std::vector<std::uint64_t> counts(labels);
  codes.visit([&](auto all) {
    for (const auto code : all) ++counts[code];
  });
  return counts;
}

CodeVector mapped(const CodeVector& codes, const std::vector<std::uint32_t>& to, std::size_t labels,
                  const Storage& storage) {
  CodeVector result(codes.size(), labels, storage);
  result.visit([&](auto out) {
    using Code = typename decltype(out)::value_type;
    codes.visit([&](auto in) {
      for (std::size_t row = 0; row < in.size(); ++row) out[row] = static_cast<Code>(to[in[row]]);
    });
  });
  return result;
}

// Digits behind the point of numbers that are written with as many as they need.
int decimals_in(const LargeVector<double>& values) {
  int most = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    char text[64];
    const char* const end = std::to_chars(text, text + sizeof text, value).ptr;
    const int decimals = decimals_of({text, static_cast<std::size_t>(end - text)});
    if (decimals < 0) return -1;
    most = std::max(most, decimals);
  }
  return most;
}

}  // namespace

// Writes the rows of each piece to their place in the table, several pieces at a time.
class TableRows::Filler final : public RowConsumer::Worker {
 public:
  explicit Filler(TableRows& rows) : rows_(rows) {}

  void take(const RowBlock& block) override { block_ = &block; }
  void place() override {
    at_ = rows_.placed_;
    rows_.placed_ += block_->rows;
  }
  void complete() override {
    for (std::size_t c = 0; c < rows_.typed_.size(); ++c) {
      Column& column = rows_.table_.columns[c];
      if (column.kind == ColumnKind::key) {
        rows_.put_keys(c, spelled_cells(*block_, static_cast<std::uint32_t>(c)), at_, block_->rows);
        continue;
      }
      if (column.spelling) {
        const SpelledCell* const cells = spelled_cells(*block_, static_cast<std::uint32_t>(c));
        column.forms.visit([&]<class T>(std::span<T> forms) {
          for (std::uint32_t row = 0; row < block_->rows; ++row) {
            forms[at_ + row] = static_cast<T>(cells[row].form);
          }
        });
      }
      if (!is_coded(column.kind)) {
        rows_.typed_[c].numbers(block_->columns[c], block_->rows, column.values.data() + at_);
        continue;
      }
      // Codes of the model's labels are as wide here as there.
      column.codes.visit([&](auto codes) {
        std::memcpy(codes.data() + at_, block_->columns[c],
                    block_->rows * sizeof(typename decltype(codes)::value_type));
      });
    }
  }

 private:
  TableRows& rows_;
  const RowBlock* block_ = nullptr;
  std::uint64_t at_ = 0;
};

TableRows::TableRows(const Schema& schema, const RowSource& source, std::uint64_t total,
                     const Storage& storage)
    : schema_(schema), spelled_(source.schema()), typed_(typed_columns(schema, source)) {
  table_.rows = total;
  table_.delimiter = schema.delimiter;
  table_.storage = storage;
  for (const ColumnSchema& from : schema.columns) {
    Column& column = table_.columns.emplace_back();
    column.name = from.name;
    column.kind = from.kind;
    column.spelling = from.spelling;
    column.markers = from.markers;
    keys_.emplace_back(from.kind == ColumnKind::key ? total : 0);
    if (from.kind == ColumnKind::key) continue;
    if (from.spelling) {
      const std::size_t forms = std::max<std::size_t>(from.spelling->forms(), from.markers.size());
      column.forms = CodeVector(total, forms, storage);
    }
    if (is_coded(from.kind)) {
      column.codes = CodeVector(total, from.labels.size(), storage);
    } else {
      column.values = LargeVector<double>(total, storage);
    }
  }
}

void TableRows::put_keys(std::size_t column, const SpelledCell* cells, std::uint64_t at,
                         std::uint32_t rows) {
  const Spelling& spelling = *spelled_.columns[column].spelling;
  std::string text(spelling.most_bytes(), '\0');
  for (std::uint32_t row = 0; row < rows; ++row) {
    if (marker_of(ColumnKind::key, cells[row])) continue;  // stays empty
    keys_[column][at + row].assign(text.data(), spelling.spell(text.data(), cells[row]));
  }
}

void TableRows::finish_keys(std::size_t index) {
  Column& column = table_.columns[index];
  std::vector<std::string>& keys = keys_[index];
  std::vector<std::uint32_t> order(keys.size());
  std::iota(order.begin(), order.end(), 0U);
  // The missing one is the last label.
  const auto missing_then_text = [&](std::uint32_t row) {
    return std::make_pair(keys[row].empty(), std::string_view(keys[row]));
  };
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return missing_then_text(a) < missing_then_text(b);
  });
  std::vector<std::uint32_t> codes(keys.size());
  for (const std::uint32_t row : order) {
    if (column.labels.empty() || column.labels.back() != keys[row]) {
      column.labels.push_back(keys[row]);
      column.counts.push_back(0);
    }
    ++column.counts.back();
    codes[row] = static_cast<std::uint32_t>(column.labels.size() - 1);
  }
  if (!column.labels.empty() && column.labels.back().empty()) column.missing = column.counts.back();
  column.codes = CodeVector(table_.rows, column.labels.size(), table_.storage);
  column.codes.visit([&]<class Code>(std::span<Code> out) {
    for (std::size_t row = 0; row < out.size(); ++row) out[row] = static_cast<Code>(codes[row]);
  });
  column.reason = column.spelling->description();
  keys.clear();
}

std::unique_ptr<RowConsumer::Worker> TableRows::make_worker() {
  return std::make_unique<Filler>(*this);
}

void TableRows::finish_codes(std::size_t index) {
  Column& column = table_.columns[index];
  const std::vector<std::string>& all = schema_.columns[index].labels;
  SortedLabels sorted = sorted_labels(all, counts_of(column.codes, all.size()));
  if (column.kind == ColumnKind::ordinal) column.kind = sorted.vote.kind();
  column.reason = sorted.vote.reason(column.kind, sorted.missing);
  column.missing = sorted.missing;
  if (sorted.labels != all) {
    column.codes = mapped(column.codes, sorted.code_of, sorted.labels.size(), table_.storage);
  }
  column.labels = std::move(sorted.labels);
  column.counts = std::move(sorted.counts);
}

void TableRows::finish_values(std::size_t index) {
  Column& column = table_.columns[index];
  std::uint64_t whole = 0;
  for (const double value : column.values) {
    column.missing += std::isnan(value) ? 1 : 0;
    whole += value == std::floor(value) ? 1 : 0;
  }
  const std::uint64_t present = table_.rows - column.missing;
  KindVote vote;
  vote.add_numbers(column.kind, present, whole);
  column.reason = vote.reason(column.kind, column.missing);
  if (column.spelling) {
    column.reason = column.spelling->description();
    column.decimals = schema_.columns[index].decimals;
    return;
  }
  const int written = CellFormat::of(schema_.columns[index]).decimals;
  if (present > 0) column.decimals = written >= 0 ? written : decimals_in(column.values);
  if (present > 0 || column.kind == ColumnKind::continuous) return;
  // Nothing shows that these cells were amounts.
  column.kind = ColumnKind::label;
  column.labels = {""};
  column.counts = {column.missing};
  column.codes = CodeVector(table_.rows, 1, table_.storage);
  column.values = LargeVector<double>();
}

Table TableRows::table(unsigned threads) && {
  for_each_index(threads, table_.columns.size(), [&](std::size_t index) {
    if (table_.columns[index].kind == ColumnKind::key) {
      finish_keys(index);
    } else if (is_coded(table_.columns[index].kind)) {
      finish_codes(index);
    } else {
      finish_values(index);
    }
  });
  return std::move(table_);
}

}  // namespace cuvae
