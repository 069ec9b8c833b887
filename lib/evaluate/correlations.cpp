#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "evaluate/pairs.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

// Rows are cut into the same stripes at any thread count, and their sums added in order.
constexpr std::size_t stripes = 64;
constexpr std::size_t block_rows = 1024;
constexpr std::size_t lanes = 8;  // independent sums, so that compilers can use vectors

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

// Sums over the rows that have both numbers.
struct PairSums {
  double rows = 0;
  double a = 0;
  double b = 0;
  double aa = 0;
  double bb = 0;
  double ab = 0;
  double a_low = infinity;
  double a_high = -infinity;
  double b_low = infinity;
  double b_high = -infinity;

  void add(const PairSums& more) {
    rows += more.rows;
    a += more.a;
    b += more.b;
    aa += more.aa;
    bb += more.bb;
    ab += more.ab;
    a_low = std::min(a_low, more.a_low);
    a_high = std::max(a_high, more.a_high);
    b_low = std::min(b_low, more.b_low);
    b_high = std::max(b_high, more.b_high);
  }
};

// Numbers of one column for some rows, less the column's mean, in units of its range; 0 where
// missing, which `present` (0 or 1) tells from a true 0.
struct Block {
  alignas(64) std::array<double, block_rows> number;
  alignas(64) std::array<double, block_rows> present;
};

void load(const AlignedColumn& column, std::size_t first, std::size_t count, Block& block) {
  column.numbers(first, count, block.number.data());
  const double scale = column.spread > 0 && std::isfinite(column.spread) ? column.spread : 1.0;
  for (std::size_t row = 0; row < count; ++row) {
    const bool present = !std::isnan(block.number[row]);
    block.number[row] = present ? (block.number[row] - column.mean) / scale : 0;
    block.present[row] = present ? 1 : 0;
  }
  std::fill(block.number.begin() + static_cast<std::ptrdiff_t>(count), block.number.end(), 0.0);
  std::fill(block.present.begin() + static_cast<std::ptrdiff_t>(count), block.present.end(), 0.0);
}

// Of the first `count` rows: those behind them would add zeros.
template <class Term>
double sum_of(std::size_t count, Term&& term) {
  std::array<double, lanes> sums{};
  for (std::size_t row = 0; row < count; row += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += term(row + lane);
  }
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

// Where nothing is missing, only the products are still unknown.
PairSums complete_sums(const Block& x, const Block& y, std::size_t count) {
  PairSums sums;
  sums.ab = sum_of(count, [&](std::size_t row) { return x.number[row] * y.number[row]; });
  return sums;
}

PairSums partial_sums(const Block& x, const Block& y, std::size_t count) {
  PairSums sums;
  const auto& a = x.number;
  const auto& b = y.number;
  sums.rows = sum_of(count, [&](std::size_t row) { return x.present[row] * y.present[row]; });
  sums.a = sum_of(count, [&](std::size_t row) { return a[row] * y.present[row]; });
  sums.b = sum_of(count, [&](std::size_t row) { return b[row] * x.present[row]; });
  sums.aa = sum_of(count, [&](std::size_t row) { return a[row] * a[row] * y.present[row]; });
  sums.bb = sum_of(count, [&](std::size_t row) { return b[row] * b[row] * x.present[row]; });
  sums.ab = sum_of(count, [&](std::size_t row) { return a[row] * b[row]; });
  std::array<PairSums, lanes> ranges;
  for (std::size_t row = 0; row < count; row += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      PairSums& range = ranges[lane];
      const bool both = x.present[row + lane] * y.present[row + lane] > 0;
      range.a_low = std::min(range.a_low, both ? a[row + lane] : infinity);
      range.a_high = std::max(range.a_high, both ? a[row + lane] : -infinity);
      range.b_low = std::min(range.b_low, both ? b[row + lane] : infinity);
      range.b_high = std::max(range.b_high, both ? b[row + lane] : -infinity);
    }
  }
  for (const PairSums& range : ranges) sums.add(range);
  return sums;
}

// Centred on the means of exactly the rows that count: for pairs whose sums above lost too many
// digits.
double two_pass_correlation(const AlignedColumn& x, const AlignedColumn& y, std::size_t rows) {
  std::vector<double> a(rows);
  std::vector<double> b(rows);
  x.numbers(0, rows, a.data());
  y.numbers(0, rows, b.data());
  std::size_t kept = 0;
  double a_mean = 0;
  double b_mean = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    if (std::isnan(a[row]) || std::isnan(b[row])) continue;
    a_mean += a[row];
    b_mean += b[row];
    a[kept] = a[row];
    b[kept] = b[row];
    ++kept;
  }
  a_mean /= static_cast<double>(kept);
  b_mean /= static_cast<double>(kept);
  double aa = 0;
  double bb = 0;
  double ab = 0;
  for (std::size_t row = 0; row < kept; ++row) {
    const double from_a = (a[row] - a_mean) / x.spread;
    const double from_b = (b[row] - b_mean) / y.spread;
    aa += from_a * from_a;
    bb += from_b * from_b;
    ab += from_a * from_b;
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa) / std::sqrt(bb) : undefined;
}

double correlation(const PairSums& sums, const AlignedColumn& x, const AlignedColumn& y,
                   std::size_t rows) {
  if (sums.rows < 2 || sums.a_low >= sums.a_high || sums.b_low >= sums.b_high) return undefined;
  const double aa = sums.aa - sums.a * sums.a / sums.rows;
  const double bb = sums.bb - sums.b * sums.b / sums.rows;
  const double ab = sums.ab - sums.a * sums.b / sums.rows;
  constexpr double lost_digits = 1e-4;
  const bool inexact = aa < lost_digits * sums.aa || bb < lost_digits * sums.bb;
  const double r = inexact ? two_pass_correlation(x, y, rows) : ab / std::sqrt(aa) / std::sqrt(bb);
  return std::clamp(r, -1.0, 1.0);
}

bool complete(const AlignedTable& table, std::size_t column) {
  return table.columns[column].present == table.rows;
}

// Blocks of all numeric columns over one stripe, and the sums of all their pairs.
class Stripe {
 public:
  Stripe(const AlignedTable& table, const std::vector<std::size_t>& numeric)
      : table_(table), numeric_(numeric), blocks_(numeric.size()) {}

  void add(std::size_t first, std::size_t end, std::vector<PairSums>& pairs,
           std::vector<PairSums>& own) {
    for (; first < end; first += block_rows) {
      const std::size_t count = std::min(block_rows, end - first);
      for (std::size_t i = 0; i < numeric_.size(); ++i) {
        load(table_.columns[numeric_[i]], first, count, blocks_[i]);
        own[i].add(partial_sums(blocks_[i], blocks_[i], count));
      }
      std::size_t pair = 0;
      for (std::size_t i = 0; i < numeric_.size(); ++i) {
        for (std::size_t j = i + 1; j < numeric_.size(); ++j, ++pair) {
          const bool all = complete(table_, numeric_[i]) && complete(table_, numeric_[j]);
          pairs[pair].add(all ? complete_sums(blocks_[i], blocks_[j], count)
                              : partial_sums(blocks_[i], blocks_[j], count));
        }
      }
    }
  }

 private:
  const AlignedTable& table_;
  const std::vector<std::size_t>& numeric_;
  std::vector<Block> blocks_;
};

}  // namespace

std::vector<double> correlations(const Alignment& alignment, std::size_t table, unsigned threads,
                                 SharedProgress& progress) {
  const AlignedTable& rows_of = alignment.tables[table];
  const std::size_t rows = rows_of.rows;
  const std::size_t columns = rows_of.columns.size();
  std::vector<std::size_t> numeric;
  for (std::size_t i = 0; i < columns; ++i) {
    if (alignment.bases[i].numeric) numeric.push_back(i);
  }
  std::vector<double> result(columns * (columns - 1) / 2, undefined);
  const std::size_t pairs = numeric.size() * (numeric.size() - (numeric.empty() ? 0 : 1)) / 2;
  if (pairs == 0) return result;

  // A few stripes at a time, added in their order: all of them would take kilobytes a pair.
  std::vector<PairSums> pair_sums(pairs);
  std::vector<PairSums> own_sums(numeric.size());
  const std::size_t wave = std::min<std::size_t>(threads, stripes);
  std::vector<std::vector<PairSums>> pair_parts(wave);
  std::vector<std::vector<PairSums>> own_parts(wave);
  for (std::size_t begin = 0; begin < stripes; begin += wave) {
    const std::size_t count = std::min(wave, stripes - begin);
    for_each_index(threads, count, [&](std::size_t part) {
      progress.check();
      const std::size_t stripe = begin + part;
      pair_parts[part].assign(pairs, {});
      own_parts[part].assign(numeric.size(), {});
      Stripe(rows_of, numeric)
          .add(rows * stripe / stripes, rows * (stripe + 1) / stripes, pair_parts[part],
               own_parts[part]);
    });
    for (std::size_t part = 0; part < count; ++part) {
      for (std::size_t i = 0; i < pairs; ++i) pair_sums[i].add(pair_parts[part][i]);
      for (std::size_t i = 0; i < numeric.size(); ++i) own_sums[i].add(own_parts[part][i]);
    }
  }
  std::vector<std::array<std::size_t, 2>> members;
  for (std::size_t i = 0; i < numeric.size(); ++i) {
    for (std::size_t j = i + 1; j < numeric.size(); ++j) members.push_back({i, j});
  }
  for_each_index(threads, pairs, [&](std::size_t pair) {
    const auto [i, j] = members[pair];
    PairSums sums = pair_sums[pair];
    if (complete(rows_of, numeric[i]) && complete(rows_of, numeric[j])) {
      const double products = sums.ab;
      sums = own_sums[i];
      sums.b = own_sums[j].a;
      sums.bb = own_sums[j].aa;
      sums.b_low = own_sums[j].a_low;
      sums.b_high = own_sums[j].a_high;
      sums.ab = products;
    }
    progress.check();
    result[pair_index(columns, numeric[i], numeric[j])] =
        correlation(sums, rows_of.columns[numeric[i]], rows_of.columns[numeric[j]], rows);
  });
  return result;
}

}  // namespace cuvae
