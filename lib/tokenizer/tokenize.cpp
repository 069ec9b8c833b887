#include <algorithm>
#include <bit>
#include <cmath>
#include <fmt/format.h>
#include <memory>
#include <numeric>

#include <cuvae/error.hpp>
#include <cuvae/tokenizer.hpp>

#include "support/progress.hpp"
#include "support/threads.hpp"
#include "text/display.hpp"
#include "tokenizer/atoms.hpp"
#include "tokenizer/together.hpp"

namespace cuvae {
namespace {

constexpr std::uint64_t task_rows = 1 << 15;

using Groups = std::vector<std::vector<std::uint32_t>>;

// Columns that the caller wants joined, as column numbers.
Groups groups_by_hand(const Table& table, const std::vector<std::vector<std::string>>& together) {
  Groups groups;
  std::vector<bool> taken(table.columns.size(), false);
  for (const auto& names : together) {
    if (names.empty()) {
      throw Error(ErrorKind::usage, "an empty list of columns to join; name at least two");
    }
    groups.emplace_back();
    for (const std::string& name : names) {
      const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                      [&](const Column& column) { return column.name == name; });
      if (found == table.columns.end()) {
        throw Error(ErrorKind::usage,
                    fmt::format("there is no column '{}' to join with others", name));
      }
      const auto column = static_cast<std::uint32_t>(found - table.columns.begin());
      if (taken[column]) {
        throw Error(ErrorKind::usage, fmt::format("column '{}' is to be joined twice; name it "
                                                  "once",
                                                  name));
      }
      taken[column] = true;
      groups.back().push_back(column);
    }
    std::sort(groups.back().begin(), groups.back().end());
  }
  return groups;
}

// All columns in groups, joined ones together, by first column. A group made by hand keeps its
// columns: of what is found, only what touches none of them counts.
Groups all_groups(Groups by_hand, const Groups& found, std::uint32_t columns) {
  std::vector<bool> taken(columns, false);
  const auto take = [&](const std::vector<std::uint32_t>& group) {
    for (const std::uint32_t column : group) taken[column] = true;
  };
  Groups groups = std::move(by_hand);
  for (const auto& group : groups) take(group);
  for (const auto& group : found) {
    if (std::any_of(group.begin(), group.end(), [&](auto column) { return taken[column]; })) {
      continue;
    }
    take(group);
    groups.push_back(group);
  }
  for (std::uint32_t column = 0; column < columns; ++column) {
    if (!taken[column]) groups.push_back({column});
  }
  std::sort(groups.begin(), groups.end());
  return groups;
}

// A group that isn't joined, or in part only.
void tell_split(const std::vector<std::uint32_t>& group, const Table& table, Monitor& monitor) {
  constexpr std::size_t most_names = 8;
  std::string names;
  for (std::size_t i = 0; i < std::min(group.size(), most_names); ++i) {
    names += fmt::format("{}{}", i == 0 ? "" : ", ", in_quotes(table.columns[group[i]].name));
  }
  if (group.size() > most_names) names += fmt::format(" and {} more", group.size() - most_names);
  monitor.note(
      fmt::format("columns {} depend on each other, but nearly every row has values of its "
                  "own there; they are not joined as a whole, which would repeat rows, so "
                  "generated rows may combine them anew (`together` joins them all the "
                  "same)",
                  names));
}

// Puts the groups that hold these columns first.
void put_first(Groups& groups, const Table& table, const std::vector<std::string>& names) {
  auto next = groups.begin();
  for (const std::string& name : names) {
    const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                    [&](const Column& column) { return column.name == name; });
    if (found == table.columns.end()) {
      throw Error(ErrorKind::usage, fmt::format("there is no column '{}' to draw first", name));
    }
    const auto column = static_cast<std::uint32_t>(found - table.columns.begin());
    const auto group = std::find_if(next, groups.end(), [&](const auto& one) {
      return std::find(one.begin(), one.end(), column) != one.end();
    });
    if (group == groups.end()) continue;  // it goes together with one that is first already
    std::rotate(next, group, group + 1);
    ++next;
  }
}

// Tuples of values, numbered in the order in which they turn up.
class TupleNumbers {
 public:
  explicit TupleNumbers(std::size_t width) : width_(width), slots_(1024, 0) {}

  std::uint32_t number_of(const std::uint32_t* tuple) {
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < width_; ++i) {
      hash = (hash ^ tuple[i]) * 0x9E3779B97F4A7C15U;
      hash ^= hash >> 29;
    }
    for (std::size_t slot = hash;; ++slot) {
      std::uint32_t& at = slots_[slot & (slots_.size() - 1)];
      if (at == 0) return add(at, tuple);
      if (std::equal(tuple, tuple + width_, values_.data() + (at - 1) * width_)) return at - 1;
    }
  }

  std::vector<std::uint32_t>& values() { return values_; }
  std::size_t size() const { return values_.size() / width_; }

 private:
  std::size_t width_;
  std::vector<std::uint32_t> slots_;  // number + 1; 0 where empty
  std::vector<std::uint32_t> values_;

  std::uint32_t add(std::uint32_t& at, const std::uint32_t* tuple) {
    values_.insert(values_.end(), tuple, tuple + width_);
    at = static_cast<std::uint32_t>(size());
    const std::uint32_t number = at - 1;
    if (size() * 2 > slots_.size()) grow();
    return number;
  }

  void grow() {
    const std::vector<std::uint32_t> values = std::move(values_);
    slots_.assign(slots_.size() * 4, 0);
    values_.clear();
    for (std::size_t at = 0; at < values.size(); at += width_) number_of(values.data() + at);
  }
};

void count_atoms(AtomColumn& source, std::uint32_t atoms) {
  source.counts.assign(atoms, 0);
  source.codes->visit([&](auto codes) {
    for (const auto code : codes) ++source.counts[code];
  });
}

void make_single(AtomColumn& source, const ValueColumn& column) {
  source.codes = column.codes;
  source.ordered = column.ordered;
  count_atoms(source, column.count);
  source.values.resize(column.count);
  std::iota(source.values.begin(), source.values.end(), 0U);
}

void make_joined(AtomColumn& source, const std::vector<ValueColumn>& columns, std::uint64_t rows,
                 const Storage& storage) {
  const std::size_t width = source.columns.size();
  TupleNumbers numbers(width);
  LargeVector<std::uint32_t> atoms(rows, storage);
  std::vector<std::uint32_t> tuples(task_rows * width);
  for (std::uint64_t begin = 0; begin < rows; begin += task_rows) {
    const std::uint64_t count = std::min<std::uint64_t>(task_rows, rows - begin);
    for (std::size_t j = 0; j < width; ++j) {
      columns[source.columns[j]].codes->visit([&](auto codes) {
        for (std::uint64_t i = 0; i < count; ++i) tuples[i * width + j] = codes[begin + i];
      });
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      atoms[begin + i] = numbers.number_of(tuples.data() + i * width);
    }
  }
  source.values = std::move(numbers.values());
  const auto count = static_cast<std::uint32_t>(source.values.size() / width);
  source.own = CodeVector(rows, count, storage);
  source.own.visit([&](auto codes) {
    using Code = typename decltype(codes)::value_type;
    for (std::uint64_t i = 0; i < rows; ++i) codes[i] = static_cast<Code>(atoms[i]);
  });
  source.codes = &source.own;
  count_atoms(source, count);
}

// A source in its order, and the tokens of each of the AtomColumn's atoms.
struct Tokens {
  std::vector<std::uint8_t> first;
  std::vector<std::uint8_t> second;
};

Source make_source(const AtomColumn& atoms, const std::vector<std::uint32_t>& order,
                   bool second_tokens, Tokens& tokens) {
  Source source;
  source.columns = atoms.columns;
  const std::size_t width = source.columns.size();
  source.edges.push_back(0);
  std::vector<std::uint32_t> kept;  // labels may be known that no row has
  for (const std::uint32_t atom : order) {
    if (atoms.counts[atom] == 0) continue;
    kept.push_back(atom);
    source.edges.push_back(source.edges.back() + atoms.counts[atom]);
    for (std::size_t j = 0; j < width; ++j) {
      source.values.push_back(atoms.values[atom * width + j]);
    }
  }
  split_atoms(source, second_tokens);
  tokens.first.assign(atoms.counts.size(), 0);
  tokens.second.assign(atoms.counts.size(), 0);
  for (std::size_t g = 0; g + 1 < source.group_leaves.size(); ++g) {
    for (std::uint32_t leaf = source.group_leaves[g]; leaf < source.group_leaves[g + 1]; ++leaf) {
      for (std::uint32_t a = source.leaf_atoms[leaf]; a < source.leaf_atoms[leaf + 1]; ++a) {
        tokens.first[kept[a]] = static_cast<std::uint8_t>(g);
        tokens.second[kept[a]] = static_cast<std::uint8_t>(leaf - source.group_leaves[g]);
      }
    }
  }
  return source;
}

void number_tokens(Tokenizer& tokenizer, Source& source) {
  const auto groups = static_cast<std::uint32_t>(source.group_leaves.size() - 1);
  std::uint32_t parts = 1;
  for (std::uint32_t g = 0; g < groups; ++g) {
    parts = std::max(parts, source.group_leaves[g + 1] - source.group_leaves[g]);
  }
  if (groups < 2) return;
  source.first_token = static_cast<std::int32_t>(tokenizer.tokens.size());
  tokenizer.tokens.push_back({groups, -1});
  if (parts < 2) return;
  source.second_token = source.first_token + 1;
  tokenizer.tokens.push_back({parts, source.first_token});
}

void fill_tokens(const std::vector<AtomColumn>& atoms, const std::vector<Tokens>& tokens,
                 const Tokenizer& tokenizer, unsigned threads, TokenMatrix& data,
                 Progress& progress) {
  const std::uint64_t rows = data.rows();
  std::mutex progress_mutex;
  std::uint64_t done = 0;
  for_each_index(threads, (rows + task_rows - 1) / task_rows, [&](std::size_t task) {
    const std::uint64_t begin = task * task_rows;
    const std::uint64_t end = std::min(begin + task_rows, rows);
    for (std::size_t s = 0; s < tokenizer.sources.size(); ++s) {
      const Source& source = tokenizer.sources[s];
      if (source.first_token < 0) continue;
      const auto fill = [&](std::int32_t token, const std::vector<std::uint8_t>& of_atom) {
        atoms[s].codes->visit([&](auto codes) {
          std::uint8_t* out = data.row(begin) + token;
          for (std::uint64_t row = begin; row < end; ++row, out += data.stride()) {
            *out = of_atom[codes[row]];
          }
        });
      };
      fill(source.first_token, tokens[s].first);
      if (source.second_token >= 0) fill(source.second_token, tokens[s].second);
    }
    const std::lock_guard lock(progress_mutex);
    done += end - begin;
    progress.report(done);
  });
}

bool holds_several(const Column& column) {
  if (is_coded(column.kind)) {
    return std::count_if(column.counts.begin(), column.counts.end(),
                         [](std::uint64_t count) { return count > 0; }) > 1;
  }
  const auto differs = [&](double value) {
    return value != column.values.front() && !std::isnan(value + column.values.front());
  };
  return (column.missing > 0 && column.missing < column.values.size()) ||
         std::any_of(column.values.begin(), column.values.end(), differs);
}

// Columns are compared by pairs, to find those that go together: too many are refused first.
void check_columns(const Table& table) {
  const auto several = std::count_if(table.columns.begin(), table.columns.end(), holds_several);
  if (several <= std::ptrdiff_t{most_tokens}) return;
  throw Error(ErrorKind::data,
              fmt::format("{}: {} columns hold more than one value, and the recipes fast and best "
                          "take at most {}; leave some out with `drop`",
                          table.source, several, most_tokens));
}

}  // namespace

TokenizedTable tokenize(const Table& table, const TokenizerOptions& options, Monitor& monitor) {
  const unsigned threads = thread_count(options.threads);
  Progress progress(monitor, "encode", table.rows);
  TokenizedTable coded;
  Tokenizer& tokenizer = coded.tokenizer;
  tokenizer.rows = table.rows;
  check_columns(table);
  const Groups by_hand = groups_by_hand(table, options.together);
  std::vector<ValueColumn> columns(table.columns.size());
  tokenizer.ranges.resize(table.columns.size());
  for_each_index(threads, columns.size(), [&](std::size_t c) {
    monitor.check();
    tokenizer.ranges[c] = ranges_of(table.columns[c]);
    columns[c] = values_of(table.columns[c], tokenizer.ranges[c], 1);
    if (columns[c].codes == nullptr) columns[c].codes = &columns[c].own;
  });
  Groups split;
  const Groups found =
      options.find_together ? find_together(columns, table.rows, threads, &split) : Groups{};
  for (const auto& group : split) tell_split(group, table, monitor);
  Groups groups = all_groups(by_hand, found, static_cast<std::uint32_t>(table.columns.size()));
  put_first(groups, table, options.first);
  std::vector<AtomColumn> atoms(groups.size());
  for_each_index(threads, groups.size(), [&](std::size_t s) {
    monitor.check();
    atoms[s].columns = groups[s];
    if (groups[s].size() == 1) {
      make_single(atoms[s], columns[groups[s][0]]);
    } else {
      make_joined(atoms[s], columns, table.rows, table.storage);
    }
  });
  const auto orders = order_atoms(atoms, table.rows);
  monitor.check();
  std::vector<Tokens> tokens(groups.size());
  for (std::size_t s = 0; s < groups.size(); ++s) {
    Source source = make_source(atoms[s], orders[s], options.second_tokens, tokens[s]);
    number_tokens(tokenizer, source);
    tokenizer.sources.push_back(std::move(source));
  }
  if (tokenizer.tokens.size() > most_tokens) {
    throw Error(ErrorKind::data, fmt::format("{}: its columns need {} tokens, and at most {} are "
                                             "taken; leave some out with `drop`",
                                             table.source, tokenizer.tokens.size(), most_tokens));
  }
  coded.data =
      TokenMatrix(table.rows, static_cast<std::uint32_t>(tokenizer.tokens.size()), table.storage);
  fill_tokens(atoms, tokens, tokenizer, threads, coded.data, progress);
  progress.finish();
  return coded;
}

}  // namespace cuvae
