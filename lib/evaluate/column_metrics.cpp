#include "evaluate/column_metrics.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "evaluate/evaluation_device.hpp"
#include "evaluate/radix_sort.hpp"

namespace cuvae {
namespace {

constexpr double smoothing = 1e-6;  // added to each bin's share
constexpr std::size_t top_labels = 20;

double total(const std::vector<std::uint64_t>& counts) {
  return static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
}

double share(std::uint64_t count, double rows) {
  return rows > 0 ? static_cast<double>(count) / rows : 0;
}

// Numbers of a column in order, each with the rows up to it: a cumulative distribution.
struct Cumulative {
  std::vector<std::uint64_t> keys;  // as key_of(), ascending
  std::vector<std::uint64_t> upto;  // [keys]; empty where each key is one row
  std::uint64_t rows_upto(std::size_t end) const {
    return end == 0 ? 0 : upto.empty() ? end : upto[end - 1];
  }
};

Cumulative cumulative_of(const AlignedColumn& column) {
  Cumulative cumulative;
  if (!is_coded(column.source->kind)) {
    cumulative.keys.reserve(column.present);
    for (const double number : column.source->values) {
      if (!std::isnan(number)) cumulative.keys.push_back(key_of(number));
    }
    radix_sort(cumulative.keys);
    return cumulative;
  }
  std::vector<std::size_t> codes;
  for (std::size_t code = 0; code < column.label_numbers.size(); ++code) {
    if (!std::isnan(column.label_numbers[code])) codes.push_back(code);
  }
  std::sort(codes.begin(), codes.end(), [&](std::size_t a, std::size_t b) {
    return column.label_numbers[a] < column.label_numbers[b];
  });
  std::uint64_t rows = 0;
  for (const std::size_t code : codes) {
    rows += column.source->counts[code];
    cumulative.keys.push_back(key_of(column.label_numbers[code]));
    cumulative.upto.push_back(rows);
  }
  return cumulative;
}

Histogram numeric_histogram(const Basis& basis, const AlignedColumn& real,
                            const AlignedColumn& other) {
  Histogram histogram;
  const Bins bins(basis.low, basis.high, histogram_bins);
  for (std::size_t bin = 0; bin <= histogram_bins; ++bin) histogram.edges.push_back(bins.edge(bin));
  for (const std::size_t bin : {std::size_t{0}, histogram_bins / 2, histogram_bins}) {
    histogram.ticks.push_back(spell_for_axis(basis, bins.edge(bin)));
  }
  const double real_rows = total(real.bin_counts);
  const double other_rows = total(other.bin_counts);
  for (std::size_t bin = 0; bin < histogram_bins; ++bin) {
    histogram.real.push_back(share(real.bin_counts[bin], real_rows));
    histogram.synthetic.push_back(share(other.bin_counts[bin], other_rows));
  }
  return histogram;
}

Histogram label_histogram(const Basis& basis, const AlignedColumn& real,
                          const AlignedColumn& other) {
  std::vector<std::size_t> codes;
  for (std::size_t code = 0; code < basis.real_labels; ++code) {
    if (real.category_counts[code] > 0) codes.push_back(code);
  }
  if (basis.kind == ColumnKind::label) {
    std::stable_sort(codes.begin(), codes.end(), [&](std::size_t a, std::size_t b) {
      return real.category_counts[a] > real.category_counts[b];
    });
    if (codes.size() > top_labels) codes.resize(top_labels);
  }
  const double real_rows = total(real.category_counts);
  const double other_rows = total(other.category_counts);
  Histogram histogram;
  std::uint64_t real_rest = 0;
  std::uint64_t other_rest = 0;
  for (const std::uint64_t count : real.category_counts) real_rest += count;
  for (const std::uint64_t count : other.category_counts) other_rest += count;
  for (const std::size_t code : codes) {
    histogram.labels.push_back(basis.labels[code]);
    histogram.real.push_back(share(real.category_counts[code], real_rows));
    histogram.synthetic.push_back(share(other.category_counts[code], other_rows));
    real_rest -= real.category_counts[code];
    other_rest -= other.category_counts[code];
  }
  if (real_rest > 0 || other_rest > 0) {
    histogram.rest = true;
    histogram.labels.push_back("other");
    histogram.real.push_back(share(real_rest, real_rows));
    histogram.synthetic.push_back(share(other_rest, other_rows));
  }
  return histogram;
}

// Shares plus the smoothing, renormalised.
std::vector<double> smoothed(const std::vector<std::uint64_t>& counts) {
  const double rows = total(counts);
  std::vector<double> shares;
  double sum = 0;
  for (const std::uint64_t count : counts) {
    shares.push_back(share(count, rows) + smoothing);
    sum += shares.back();
  }
  for (double& smooth : shares) smooth /= sum;
  return shares;
}

// Leaves out the bins that neither has: labels that only a third table knows.
void keep_used(std::vector<std::uint64_t>& p, std::vector<std::uint64_t>& q) {
  std::size_t used = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i] == 0 && q[i] == 0) continue;
    p[used] = p[i];
    q[used] = q[i];
    ++used;
  }
  p.resize(used);
  q.resize(used);
}

}  // namespace

double kl_divergence(const std::vector<std::uint64_t>& p, const std::vector<std::uint64_t>& q) {
  const std::vector<double> p_shares = smoothed(p);
  const std::vector<double> q_shares = smoothed(q);
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i)
    sum += p_shares[i] * std::log(p_shares[i] / q_shares[i]);
  return sum;
}

double js_divergence(const std::vector<std::uint64_t>& p, const std::vector<std::uint64_t>& q) {
  const double p_rows = total(p);
  const double q_rows = total(q);
  if (p_rows <= 0 || q_rows <= 0) return p_rows == q_rows ? 0 : std::numbers::ln2;
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double p_share = share(p[i], p_rows);
    const double q_share = share(q[i], q_rows);
    const double middle = (p_share + q_share) / 2;
    if (p_share > 0) sum += p_share * std::log(p_share / middle) / 2;
    if (q_share > 0) sum += q_share * std::log(q_share / middle) / 2;
  }
  return std::max(sum, 0.0);
}

double total_variation(const std::vector<std::uint64_t>& p, const std::vector<std::uint64_t>& q) {
  const double p_rows = total(p);
  const double q_rows = total(q);
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i)
    sum += std::abs(share(p[i], p_rows) - share(q[i], q_rows));
  return std::min(sum / 2, 1.0);
}

double ks_distance(const AlignedColumn& a, const AlignedColumn& b) {
  if (a.present == 0 || b.present == 0) return a.present == b.present ? 0 : 1;
  const Cumulative p = cumulative_of(a);
  const Cumulative q = cumulative_of(b);
  const auto p_rows = static_cast<double>(a.present);
  const auto q_rows = static_cast<double>(b.present);
  double furthest = 0;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < p.keys.size() || j < q.keys.size()) {
    const bool from_p = j == q.keys.size() || (i < p.keys.size() && p.keys[i] <= q.keys[j]);
    const std::uint64_t key = from_p ? p.keys[i] : q.keys[j];
    while (i < p.keys.size() && p.keys[i] == key) ++i;
    while (j < q.keys.size() && q.keys[j] == key) ++j;
    furthest = std::max(furthest, std::abs(static_cast<double>(p.rows_upto(i)) / p_rows -
                                           static_cast<double>(q.rows_upto(j)) / q_rows));
  }
  return furthest;
}

ColumnMetrics compare_columns(const Basis& basis, const AlignedTable& real,
                              const AlignedTable& other, std::size_t index,
                              EvaluationDevice& device) {
  const AlignedColumn& a = real.columns[index];
  const AlignedColumn& b = other.columns[index];
  ColumnMetrics metrics;
  metrics.name = basis.name;
  metrics.kind = basis.kind;
  metrics.numeric = basis.numeric;
  metrics.missing_real = share(a.source->missing, static_cast<double>(real.rows));
  metrics.missing_synthetic = share(b.source->missing, static_cast<double>(other.rows));
  std::vector<std::uint64_t> p = basis.numeric ? a.bin_counts : a.category_counts;
  std::vector<std::uint64_t> q = basis.numeric ? b.bin_counts : b.category_counts;
  if (!basis.numeric) keep_used(p, q);
  metrics.kl = kl_divergence(p, q);
  metrics.kl_reverse = kl_divergence(q, p);
  metrics.js = js_divergence(p, q);
  if (basis.numeric) {
    metrics.ks = device.ks_distance(a, b);
    metrics.histogram = numeric_histogram(basis, a, b);
  } else {
    metrics.tv = total_variation(p, q);
    metrics.histogram = label_histogram(basis, a, b);
  }
  return metrics;
}

}  // namespace cuvae
