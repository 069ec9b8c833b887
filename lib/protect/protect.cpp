#include "protect/protect.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fmt/core.h>
#include <utility>

#include <cuvae/error.hpp>

#include "kernels/arithmetic/philox.hpp"
#include "text/display.hpp"
#include "text/label_order.hpp"
#include "text/number.hpp"

namespace cuvae {
namespace {

// Columns are protected unasked where rare labels are many and a large share of the rows has one:
// names, notes, addresses.
constexpr double large_share = 0.2;
constexpr std::uint64_t many_labels = 50;

// Labels that begin like a rare one share so many bytes with it, at least.
constexpr std::size_t least_prefix = 3;

using Counts = std::vector<std::uint64_t>;

// Whose row it is: equal numbers, equal people.
std::vector<std::uint64_t> people_of(const Table& table, const std::string& name) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const Column& column) { return column.name == name; });
  if (found == table.columns.end()) {
    throw Error(ErrorKind::usage,
                fmt::format("`person` names {}, which is no column of the table", in_quotes(name)));
  }
  std::vector<std::uint64_t> people(table.rows);
  for (std::size_t row = 0; row < people.size(); ++row) {
    people[row] = is_coded(found->kind) ? found->codes[row]
                                        : std::bit_cast<std::uint64_t>(found->values[row] + 0.0);
  }
  return people;
}

// How many rows, or people, have each label.
Counts holders_of(const Column& column, const std::vector<std::uint64_t>& people) {
  if (people.empty()) return column.counts;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> pairs;
  pairs.reserve(people.size());
  for (std::size_t row = 0; row < people.size(); ++row) {
    pairs.emplace_back(column.codes[row], people[row]);
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  Counts holders(column.labels.size(), 0);
  for (const auto& [label, person] : pairs) ++holders[label];
  return holders;
}

std::size_t shared_prefix(std::string_view a, std::string_view b) {
  std::size_t size = 0;
  while (size < a.size() && size < b.size() && a[size] == b[size]) ++size;
  return size;
}

// Frequent labels in order, and how many rows those up to each have.
class Neighbours {
 public:
  Neighbours(const Column& column, const std::vector<bool>& rare) {
    for (std::uint32_t label = 0; label < rare.size(); ++label) {
      if (rare[label] || column.labels[label].empty()) continue;
      labels_.push_back(label);
      texts_.push_back(column.labels[label]);
    }
    std::sort(labels_.begin(), labels_.end(), [&](std::uint32_t a, std::uint32_t b) {
      return column.labels[a] < column.labels[b];
    });
    std::sort(texts_.begin(), texts_.end());
    sums_.push_back(0);
    for (const std::uint32_t label : labels_) sums_.push_back(sums_.back() + column.counts[label]);
  }

  bool empty() const { return labels_.empty(); }

  // Places of the labels that share the longest beginning with a text; all where it is short.
  std::pair<std::size_t, std::size_t> of(std::string_view text) const {
    const auto place = static_cast<std::size_t>(
        std::lower_bound(texts_.begin(), texts_.end(), text) - texts_.begin());
    std::size_t longest = 0;
    if (place < texts_.size()) longest = shared_prefix(texts_[place], text);
    if (place > 0) longest = std::max(longest, shared_prefix(texts_[place - 1], text));
    if (longest < least_prefix) return {0, texts_.size()};
    const std::string_view prefix = text.substr(0, longest);
    std::size_t begin = place;
    while (begin > 0 && texts_[begin - 1].starts_with(prefix)) --begin;
    std::size_t end = place;
    while (end < texts_.size() && texts_[end].starts_with(prefix)) ++end;
    return {begin, end};
  }

  // One of those places, by their rows.
  std::uint32_t draw(std::pair<std::size_t, std::size_t> among, std::uint64_t row,
                     std::uint32_t column) const {
    const PhiloxCounter words =
        philox4x32_10(noise_counter(row, column, Purpose::protection, 0), 0);
    const std::uint64_t bits = std::uint64_t{words.word[1]} << 32U | words.word[0];
    const std::uint64_t drawn =
        sums_[among.first] + bits % (sums_[among.second] - sums_[among.first]);
    const auto above = std::upper_bound(sums_.begin(), sums_.end(), drawn);
    return labels_[static_cast<std::size_t>(above - sums_.begin()) - 1];
  }

 private:
  std::vector<std::uint32_t> labels_;
  std::vector<std::string_view> texts_;
  Counts sums_;
};

// Takes labels for which `codes` has no row away and puts all in the order of a column's labels.
void rebuild(Column& column, std::vector<std::string> labels,
             const std::vector<std::uint32_t>& codes, const Storage& storage) {
  Counts counts(labels.size(), 0);
  for (const std::uint32_t code : codes) ++counts[code];
  const bool by_value = std::all_of(labels.begin(), labels.end(), [](const std::string& label) {
    return label.empty() || is_whole(label);
  });
  std::vector<std::pair<SortedLabel, std::uint32_t>> order;
  std::optional<std::uint32_t> missing;
  for (std::uint32_t label = 0; label < labels.size(); ++label) {
    if (counts[label] == 0) continue;
    if (labels[label].empty()) {
      missing = label;
    } else {
      order.push_back({{label_key(labels[label], by_value), labels[label]}, label});
    }
  }
  std::sort(order.begin(), order.end(),
            [&](const auto& a, const auto& b) { return label_less(a.first, b.first, by_value); });
  if (missing) order.push_back({{0, ""}, *missing});
  std::vector<std::uint32_t> places(labels.size(), 0);
  std::vector<std::string> sorted;
  column.counts.clear();
  for (const auto& [text, label] : order) {
    places[label] = static_cast<std::uint32_t>(sorted.size());
    sorted.push_back(labels[label]);
    column.counts.push_back(counts[label]);
  }
  column.labels = std::move(sorted);
  column.codes = CodeVector(codes.size(), column.labels.size(), storage);
  column.codes.visit([&](auto out) {
    using Code = typename decltype(out)::value_type;
    for (std::size_t row = 0; row < codes.size(); ++row) {
      out[row] = static_cast<Code>(places[codes[row]]);
    }
  });
}

class Protector {
 public:
  // Changes `change`, which is the table, or nothing.
  Protector(const Table& table, Table* change, const ProtectOptions& options)
      : table_(table), change_(change), options_(options) {
    protection_.rare = options.rare.value_or(usual_rare);
    if (!options.person.empty()) people_ = people_of(table, options.person);
  }

  Protection run() {
    for (std::uint32_t index = 0; index < table_.columns.size(); ++index) {
      const Column& column = table_.columns[index];
      if (column.kind == ColumnKind::key) continue;
      if (!options_.person.empty() && column.name == options_.person) {
        protection_.notes.push_back(
            fmt::format("column {} names people and is not protected: leave it out by `drop`, or "
                        "make its cells anew by `key`",
                        in_quotes(column.name)));
      } else if (column.kind == ColumnKind::label) {
        labels(column, index);
      } else if (options_.rare && change_ != nullptr && is_coded(column.kind)) {
        ordinal_ends(change_->columns[index]);
      } else if (options_.rare && change_ != nullptr) {
        value_ends(change_->columns[index]);
      }
    }
    return std::move(protection_);
  }

 private:
  void labels(const Column& column, std::uint32_t index) {
    const Counts holders = holders_of(column, people_);
    std::vector<bool> rare(holders.size());
    ProtectedColumn found{column.name, false, 0, 0};
    for (std::size_t label = 0; label < holders.size(); ++label) {
      rare[label] = holders[label] < protection_.rare && !column.labels[label].empty() &&
                    !(options_.star && column.labels[label] == "*");
      if (!rare[label]) continue;
      ++found.labels;
      found.rows += column.counts[label];
    }
    if (found.labels == 0) return;
    const std::uint64_t present = table_.rows - column.missing;
    const bool mostly =
        found.labels >= many_labels &&
        static_cast<double>(found.rows) > large_share * static_cast<double>(present);
    found.done = options_.rare.has_value() || mostly;
    if (found.done && change_ != nullptr) replace(change_->columns[index], index, rare);
    tell(found);
    protection_.columns.push_back(std::move(found));
  }

  void replace(Column& column, std::uint32_t index, const std::vector<bool>& rare) const {
    const Neighbours neighbours(column, rare);
    std::vector<std::string> names = column.labels;
    const auto star = static_cast<std::uint32_t>(
        std::find(names.begin(), names.end(), std::string("*")) - names.begin());
    if (star == names.size()) names.emplace_back("*");
    const bool to_star = options_.star || neighbours.empty();
    std::vector<std::pair<std::size_t, std::size_t>> among(rare.size());
    for (std::size_t label = 0; label < rare.size() && !to_star; ++label) {
      if (rare[label]) among[label] = neighbours.of(column.labels[label]);
    }
    std::vector<std::uint32_t> codes(table_.rows);
    for (std::size_t row = 0; row < codes.size(); ++row) {
      const std::uint32_t code = column.codes[row];
      codes[row] = !rare[code] ? code : to_star ? star : neighbours.draw(among[code], row, index);
    }
    rebuild(column, std::move(names), codes, table_.storage);
  }

  void tell(const ProtectedColumn& found) {
    const char* const whom = people_.empty() ? "rows" : "people";
    protection_.notes.push_back(
        found.done
            ? fmt::format("column {}: {} labels of fewer than {} {} are not learned; {} rows "
                          "got {}",
                          in_quotes(found.name), found.labels, protection_.rare, whom, found.rows,
                          options_.star ? "\"*\"" : "others")
            : fmt::format("column {}: {} labels have fewer than {} {} and will stand in synthetic "
                          "rows as they are; `protect_rare` takes them away",
                          in_quotes(found.name), found.labels, protection_.rare, whom));
  }

  // Numbers beyond the N-th from either end become that one. Of people, those that N of them reach.
  template <class Number>
  std::pair<Number, Number> ends_of(std::vector<std::pair<Number, std::uint64_t>> numbers) const {
    std::sort(numbers.begin(), numbers.end());
    const auto reached = [&](auto begin, auto end) {
      std::vector<std::uint64_t> who;
      for (auto i = begin; i != end; ++i) {
        if (people_.empty() || std::find(who.begin(), who.end(), i->second) == who.end()) {
          who.push_back(i->second);
        }
        if (who.size() == protection_.rare) return i->first;
      }
      return numbers[numbers.size() / 2].first;  // fewer than N have any
    };
    return {reached(numbers.begin(), numbers.end()), reached(numbers.rbegin(), numbers.rend())};
  }

  std::uint64_t person_of(std::size_t row) const { return people_.empty() ? row : people_[row]; }

  void value_ends(Column& column) {
    std::vector<std::pair<double, std::uint64_t>> numbers;
    for (std::size_t row = 0; row < table_.rows; ++row) {
      if (!std::isnan(column.values[row])) numbers.emplace_back(column.values[row], person_of(row));
    }
    if (numbers.empty() || protection_.rare < 2) return;
    auto [low, high] = ends_of(std::move(numbers));
    if (low > high) std::swap(low, high);
    ProtectedColumn found{column.name, true, 0, 0};
    for (double& value : column.values) {
      if (std::isnan(value) || (value >= low && value <= high)) continue;
      value = std::clamp(value, low, high);
      ++found.rows;
    }
    if (found.rows > 0) protection_.columns.push_back(std::move(found));
  }

  void ordinal_ends(Column& column) {
    std::vector<std::pair<std::uint32_t, std::uint64_t>> numbers;
    for (std::size_t row = 0; row < table_.rows; ++row) {
      const std::uint32_t code = column.codes[row];
      if (!column.labels[code].empty()) numbers.emplace_back(code, person_of(row));
    }
    if (numbers.empty() || protection_.rare < 2) return;
    auto [low, high] = ends_of(std::move(numbers));
    if (low > high) std::swap(low, high);
    ProtectedColumn found{column.name, true, 0, 0};
    std::vector<std::uint32_t> codes(table_.rows);
    for (std::size_t row = 0; row < codes.size(); ++row) {
      const std::uint32_t code = column.codes[row];
      const bool stays = column.labels[code].empty() || (code >= low && code <= high);
      codes[row] = stays ? code : std::clamp(code, low, high);
      found.rows += stays ? 0 : 1;
    }
    if (found.rows == 0) return;
    rebuild(column, column.labels, codes, table_.storage);
    found.labels = 0;
    protection_.columns.push_back(std::move(found));
  }

  const Table& table_;
  Table* change_;
  const ProtectOptions& options_;
  std::vector<std::uint64_t> people_;
  Protection protection_;
};

}  // namespace

Protection protect(Table& table, const ProtectOptions& options) {
  return Protector(table, &table, options).run();
}

Protection rare_labels(const Table& table, const ProtectOptions& options) {
  return Protector(table, nullptr, options).run();
}

}  // namespace cuvae
