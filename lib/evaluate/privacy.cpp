#include "evaluate/privacy.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "evaluate/features.hpp"
#include "evaluate/nearest_records.hpp"
#include "evaluate/radix_sort.hpp"
#include "support/threads.hpp"
#include "text/cell_format.hpp"

namespace cuvae {
namespace {

constexpr std::uint64_t most_references = 20'000;    // of each of training and holdout
constexpr std::uint64_t most_queries = 10'000;       // synthetic rows
constexpr std::uint64_t most_bound_queries = 2'000;  // rows to compare with

// Further from every number than any range, and not from itself.
constexpr float missing_place = 1e30F;
constexpr float no_number_place = 2e30F;

std::uint64_t mix(std::uint64_t x) {  // the finaliser of SplitMix64
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

// `count` of `rows` row numbers, ascending: one at random from each of `count` equal stretches.
std::vector<std::size_t> sample_rows(std::uint64_t rows, std::uint64_t count) {
  std::vector<std::size_t> sample;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t begin = rows * i / count;
    const std::uint64_t end = rows * (i + 1) / count;
    sample.push_back(begin + mix(i + 1) % (end - begin));
  }
  return sample;
}

// Number of a cell of a column that isn't compared as labels.
float place(double number, const Basis& basis) {
  if (std::isnan(number)) return missing_place;
  const double range = basis.high > basis.low ? basis.high - basis.low : 1.0;
  return static_cast<float>((number - basis.low) / range);
}

// Range and numbers of an ordinal that has too few values to be compared as numbers elsewhere.
struct OrdinalPlaces {
  std::vector<float> of_label;

  OrdinalPlaces(const Basis& basis, const AlignedColumn& real) {
    Basis range;
    bool first = true;
    for (std::size_t code = 0; code < basis.real_labels; ++code) {
      const auto number = number_in(basis.labels[code]);
      if (!number || real.category_counts[code] == 0) continue;
      range.low = first ? *number : std::min(range.low, *number);
      range.high = first ? *number : std::max(range.high, *number);
      first = false;
    }
    for (const std::string& label : basis.labels) {
      const auto number = number_in(label);
      of_label.push_back(label.empty() ? missing_place
                         : number      ? place(*number, range)
                                       : no_number_place);
    }
  }
};

std::vector<float> sample_column(const Alignment& alignment, std::size_t table, std::size_t index,
                                 const std::vector<std::size_t>& rows) {
  const Basis& basis = alignment.bases[index];
  const AlignedColumn& column = alignment.tables[table].columns[index];
  std::vector<float> sample(rows.size());
  if (basis.numeric) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      double number = 0;
      column.numbers(rows[i], 1, &number);
      sample[i] = place(number, basis);
    }
    return sample;
  }
  const CodeVector& codes = column.categories();
  if (basis.kind == ColumnKind::ordinal) {
    const OrdinalPlaces places(basis, alignment.tables[0].columns[index]);
    for (std::size_t i = 0; i < rows.size(); ++i) sample[i] = places.of_label[codes[rows[i]]];
  } else {
    for (std::size_t i = 0; i < rows.size(); ++i) sample[i] = static_cast<float>(codes[rows[i]]);
  }
  return sample;
}

ScaledRecords sample_table(const Alignment& alignment, std::size_t table, std::uint64_t count) {
  const std::vector<std::size_t> rows = sample_rows(alignment.tables[table].rows, count);
  ScaledRecords records(rows.size(), alignment.bases.size());
  for (std::size_t index = 0; index < alignment.bases.size(); ++index) {
    const std::vector<float> column = sample_column(alignment, table, index, rows);
    for (std::size_t i = 0; i < column.size(); ++i) records.at(i, index) = column[i];
  }
  return records;
}

// Share of the queries whose nearest reference is a training row; ties count half.
double nearer_share(const ScaledRecords& queries, const ScaledRecords& training,
                    const ScaledRecords& holdout, EvaluationDevice& device,
                    SharedProgress& progress) {
  const std::vector<float> to_training = device.nearest_distances(queries, training, progress);
  const std::vector<float> to_holdout = device.nearest_distances(queries, holdout, progress);
  std::uint64_t half_wins = 0;
  for (std::size_t i = 0; i < queries.rows(); ++i) {
    half_wins += to_training[i] < to_holdout[i] ? 2U : to_training[i] > to_holdout[i] ? 0U : 1U;
  }
  return static_cast<double>(half_wins) / 2 / static_cast<double>(queries.rows());
}

// The worst and the best that a table without copies could reach. Fewer rows are asked about: they
// are there to compare with.
void measure_bounds(const Alignment& alignment, Privacy& privacy, EvaluationDevice& device,
                    SharedProgress& progress) {
  const std::size_t columns = alignment.bases.size();
  const auto records = [&](std::size_t table, auto&& rows_of_column, std::uint64_t count) {
    ScaledRecords result(count, columns);
    for (std::size_t c = 0; c < columns; ++c) {
      const std::vector<float> places = sample_column(alignment, table, c, rows_of_column(c));
      for (std::size_t i = 0; i < count; ++i) result.at(i, c) = places[i];
    }
    return result;
  };
  const auto drawn = [](std::uint64_t rows, std::uint64_t count, std::uint32_t round) {
    const auto picked = shuffled_rows(rows, count, round);
    return std::vector<std::size_t>(picked.begin(), picked.end());
  };
  const std::uint64_t real_rows = alignment.tables[0].rows;
  const std::uint64_t holdout_rows = alignment.tables[2].rows;
  const std::uint64_t references = privacy.reference_rows;
  const std::uint64_t shuffled = std::min(most_bound_queries, real_rows);
  privacy.nearer_to_training_shuffled =
      nearer_share(records(
                       0,
                       [&](std::size_t c) {
                         return drawn(real_rows, shuffled, 3000 + static_cast<std::uint32_t>(c));
                       },
                       shuffled),
                   sample_table(alignment, 0, references), sample_table(alignment, 2, references),
                   device, progress);
  privacy.nearer_to_training_real = std::numeric_limits<double>::quiet_NaN();
  if (holdout_rows < 2) return;
  // Real rows that are neither: half of the holdout asks, the other half answers.
  const std::uint64_t half = holdout_rows / 2;
  const std::uint64_t asking = std::min(most_bound_queries, half);
  const std::uint64_t answering = std::min({references, half, real_rows});
  const auto order = drawn(holdout_rows, half + answering, 7);
  const std::vector<std::size_t> askers(order.begin(),
                                        order.begin() + static_cast<std::ptrdiff_t>(asking));
  const std::vector<std::size_t> answers(order.begin() + static_cast<std::ptrdiff_t>(half),
                                         order.end());
  privacy.nearer_to_training_real =
      nearer_share(records(
                       2, [&](std::size_t) -> const auto& { return askers; }, asking),
                   sample_table(alignment, 0, answering),
                   records(
                       2, [&](std::size_t) -> const auto& { return answers; }, answering),
                   device, progress);
}

void measure_nearness(const Alignment& alignment, Privacy& privacy, EvaluationDevice& device,
                      SharedProgress& progress) {
  const std::uint64_t references =
      std::min({alignment.tables[0].rows, alignment.tables[2].rows, most_references});
  const std::uint64_t queries = std::min(alignment.tables[1].rows, most_queries);
  const ScaledRecords training = sample_table(alignment, 0, references);
  const ScaledRecords holdout = sample_table(alignment, 2, references);
  const ScaledRecords synthetic = sample_table(alignment, 1, queries);
  privacy.nearer_to_training = nearer_share(synthetic, training, holdout, device, progress);
  privacy.rows_compared = queries;
  privacy.reference_rows = references;
  measure_bounds(alignment, privacy, device, progress);
}

// Hashes of whole rows: equal for rows whose cells are equal, numbers by value, labels by spelling.
std::vector<std::uint64_t> row_hashes(const Alignment& alignment, std::size_t table,
                                      unsigned threads, SharedProgress& progress) {
  const AlignedTable& source = alignment.tables[table];
  std::vector<std::uint64_t> hashes(source.rows);
  constexpr std::size_t stretch = std::size_t{1} << 16U;
  const auto number_hash = [](double number) {
    return std::isnan(number) ? 1 : mix(std::bit_cast<std::uint64_t>(number + 0.0));
  };
  std::vector<std::vector<std::uint64_t>> label_hashes;
  for (const AlignedColumn& column : source.columns) {
    auto& of_label = label_hashes.emplace_back();
    for (const double number : column.label_numbers) of_label.push_back(number_hash(number));
  }
  for_each_index(threads, (source.rows + stretch - 1) / stretch, [&](std::size_t part) {
    progress.check();
    const std::size_t begin = part * stretch;
    const std::size_t end = std::min<std::size_t>(source.rows, begin + stretch);
    for (std::size_t index = 0; index < source.columns.size(); ++index) {
      const AlignedColumn& column = source.columns[index];
      const auto add = [&](std::size_t row, std::uint64_t cell) {
        hashes[row] = mix(hashes[row] * 0x9E3779B97F4A7C15U + cell + index);
      };
      if (!alignment.bases[index].numeric) {
        column.categories().visit([&](auto codes) {
          for (std::size_t row = begin; row < end; ++row) add(row, mix(codes[row] + 1));
        });
      } else if (is_coded(column.source->kind)) {
        column.source->codes.visit([&](auto codes) {
          for (std::size_t row = begin; row < end; ++row) add(row, label_hashes[index][codes[row]]);
        });
      } else {
        const auto& values = column.source->values;
        for (std::size_t row = begin; row < end; ++row) add(row, number_hash(values[row]));
      }
    }
  });
  return hashes;
}

// Share of `rows` that are among `known`; both sorted.
double share_known(const std::vector<std::uint64_t>& rows,
                   const std::vector<std::uint64_t>& known) {
  std::uint64_t found = 0;
  std::size_t next = 0;
  for (const std::uint64_t hash : rows) {
    while (next < known.size() && known[next] < hash) ++next;
    found += next < known.size() && known[next] == hash ? 1 : 0;
  }
  return static_cast<double>(found) / static_cast<double>(rows.size());
}

}  // namespace

std::size_t privacy_steps(std::uint64_t real_rows, std::uint64_t synthetic_rows,
                          std::uint64_t holdout_rows) {
  // Each is searched for among training and among holdout rows.
  return 2 * (search_steps(std::min(synthetic_rows, most_queries)) +
              search_steps(std::min(real_rows, most_bound_queries)) +
              search_steps(std::min(holdout_rows / 2, most_bound_queries)));
}

Copies count_copies(const Alignment& alignment, unsigned threads, SharedProgress& progress) {
  std::vector<std::uint64_t> real;
  std::array<double, 3> shares{};
  for (std::size_t table = 0; table < alignment.tables.size(); ++table) {
    std::vector<std::uint64_t> hashes = row_hashes(alignment, table, threads, progress);
    radix_sort(hashes);
    if (table == 0) {
      real = std::move(hashes);
    } else {
      shares[table] = share_known(hashes, real);
    }
    progress.advance();
  }
  return {shares[1], shares[2]};
}

Privacy measure_privacy(const Alignment& alignment, EvaluationDevice& device,
                        SharedProgress& progress) {
  Privacy privacy;
  measure_nearness(alignment, privacy, device, progress);
  return privacy;
}

}  // namespace cuvae
