#include <algorithm>
#include <cmath>
#include <numeric>

#include "tokenizer/atoms.hpp"
#include "tokenizer/together.hpp"

namespace cuvae {
namespace {

constexpr int sweeps = 12;
constexpr double shrinkage_rows = 20;
constexpr double widest_logit = 12;
constexpr std::uint64_t most_sample_rows = 100'000;
constexpr std::uint64_t least_sample_rows = 2'000;
constexpr std::uint64_t sample_budget = 50'000'000;

double logit(double share) {
  if (share <= 0) return -widest_logit;
  if (share >= 1) return widest_logit;
  return std::clamp(std::log(share) - std::log1p(-share), -widest_logit, widest_logit);
}

class Scaling {
 public:
  Scaling(const std::vector<AtomColumn>& sources, std::uint64_t rows) : sources_(sources) {
    const std::uint64_t work = std::max<std::uint64_t>(1, sources.size() * sources.size());
    sample_ =
        sample_rows(rows, std::clamp(sample_budget / work, least_sample_rows, most_sample_rows));
    for (const AtomColumn& source : sources) {
      orders_.emplace_back(source.atoms());
      std::iota(orders_.back().begin(), orders_.back().end(), 0U);
      if (!source.ordered) {
        std::stable_sort(orders_.back().begin(), orders_.back().end(),
                         [&](auto a, auto b) { return source.counts[a] > source.counts[b]; });
      }
      codes_.emplace_back();
      for (const std::uint32_t row : sample_) codes_.back().push_back((*source.codes)[row]);
      scores_.emplace_back(sample_.size());
    }
  }

  std::vector<std::vector<std::uint32_t>> run() {
    if (std::none_of(sources_.begin(), sources_.end(), moves)) return orders_;
    for (std::size_t s = 0; s < sources_.size(); ++s) score(s);
    for (int sweep = 0; sweep < sweeps; ++sweep) {
      for (std::size_t s = 0; s < sources_.size(); ++s) {
        if (moves(sources_[s])) reorder(s);
      }
    }
    return orders_;
  }

 private:
  const std::vector<AtomColumn>& sources_;
  std::vector<std::uint32_t> sample_;
  std::vector<std::vector<std::uint32_t>> orders_;
  std::vector<std::vector<std::uint32_t>> codes_;  // [sources][sample]
  std::vector<std::vector<double>> scores_;        // [sources][sample], mean 0, deviation 1

  static bool moves(const AtomColumn& source) { return !source.ordered && source.atoms() >= 3; }

  // The logit of the middle of each atom's share, standardised over the sample.
  void score(std::size_t s) {
    const AtomColumn& source = sources_[s];
    std::vector<double> of_atom(source.atoms());
    const auto rows = static_cast<double>(
        std::accumulate(source.counts.begin(), source.counts.end(), std::uint64_t{0}));
    double before = 0;
    for (const std::uint32_t atom : orders_[s]) {
      const auto count = static_cast<double>(source.counts[atom]);
      of_atom[atom] = logit((before + 0.5 * count) / rows);
      before += count;
    }
    std::vector<double>& scores = scores_[s];
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      scores[i] = of_atom[codes_[s][i]];
      sum += scores[i];
    }
    const auto count = static_cast<double>(scores.size());
    for (double& one : scores) {
      one -= sum / count;
      squares += one * one;
    }
    const double deviation = std::sqrt(squares / count) + 1e-9;
    for (double& one : scores) one /= deviation;
  }

  void reorder(std::size_t s) {
    const std::size_t rows = sample_.size();
    std::vector<double> target(rows, 0.0);
    double whole = 0;
    for (std::size_t other = 0; other < sources_.size(); ++other) {
      if (other == s) continue;
      double correlation = 0;
      for (std::size_t i = 0; i < rows; ++i) correlation += scores_[s][i] * scores_[other][i];
      correlation /= static_cast<double>(rows);
      const double weight = correlation * std::abs(correlation);
      for (std::size_t i = 0; i < rows; ++i) target[i] += weight * scores_[other][i];
    }
    for (const double one : target) whole += one;
    const double mean = whole / static_cast<double>(rows);
    std::vector<double> sums(sources_[s].atoms(), 0.0);
    std::vector<double> counts(sources_[s].atoms(), 0.0);
    for (std::size_t i = 0; i < rows; ++i) {
      sums[codes_[s][i]] += target[i] - mean;
      counts[codes_[s][i]] += 1;
    }
    // Whole numbers, so that the last bits of a logarithm decide nothing.
    std::vector<std::int64_t> places(sums.size());
    for (std::size_t a = 0; a < sums.size(); ++a) {
      places[a] = std::llround(sums[a] / (counts[a] + shrinkage_rows) * 1e9);
    }
    std::iota(orders_[s].begin(), orders_[s].end(), 0U);
    std::stable_sort(orders_[s].begin(), orders_[s].end(),
                     [&](auto a, auto b) { return places[a] < places[b]; });
    score(s);
  }
};

}  // namespace

std::vector<std::vector<std::uint32_t>> order_atoms(const std::vector<AtomColumn>& sources,
                                                    std::uint64_t rows) {
  return Scaling(sources, rows).run();
}

}  // namespace cuvae
