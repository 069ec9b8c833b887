// Evaluation as a whole and its parts on the GPU: what the CPU makes of the same tables, bit for
// bit. One body for all tables.
#include "evaluate/cuda/evaluation_device.hpp"

#include <bit>
#include <fmt/format.h>
#include <map>
#include <random>

#include <cuvae/error.hpp>
#include <cuvae/evaluate.hpp>

#include "evaluate/column_metrics.hpp"
#include "evaluate/contingency.hpp"
#include "evaluate/tables.hpp"
#include "runtime/cuda/counting_allocator.hpp"
#include "runtime/cuda/gpu_test.hpp"

namespace cuvae {
namespace {

using testing::Cells;
using testing::make_column;
using testing::make_table;

class EvaluationOnGpu : public GpuTest {};

// Labels, ordinals compared as labels and as numbers, amounts and fractions, each with missing
// cells; `shift` makes tables that differ.
Table mixed_table(std::size_t rows, std::uint64_t seed, unsigned shift) {
  std::mt19937_64 random(seed);
  const auto cells = [&](unsigned missing_of_100, auto&& spell) {
    Cells made;
    for (std::size_t row = 0; row < rows; ++row) {
      made.push_back(random() % 100 < missing_of_100 ? "" : spell());
    }
    return made;
  };
  return make_table({
      make_column("city", ColumnKind::label,
                  cells(5, [&] { return fmt::format("c{}", random() % 40 * (random() % 3)); })),
      make_column("month", ColumnKind::ordinal,
                  cells(0, [&] { return fmt::format("{}", 1 + random() % (12 - shift)); })),
      make_column("zip", ColumnKind::ordinal,
                  cells(10, [&] { return fmt::format("{}", 10000 + random() % 700 + shift); })),
      make_column("amount", ColumnKind::currency,
                  cells(3, [&] { return fmt::format("${}.{:02}", random() % 90, random() % 99); })),
      make_column("level", ColumnKind::continuous,
                  cells(0, [&] { return fmt::format("-{}.5e-3", random() % (900 + shift)); })),
      make_column("fraud", ColumnKind::label,
                  cells(0, [&] { return random() % 5 == 0 ? "Yes" : "No"; })),
  });
}

std::vector<std::uint64_t> bits_of(const std::vector<double>& numbers) {
  std::vector<std::uint64_t> bits;
  for (const double number : numbers) bits.push_back(std::bit_cast<std::uint64_t>(number));
  return bits;
}

std::vector<std::uint64_t> bits_of(const std::vector<PairMetrics>& pairs) {
  std::vector<double> numbers;
  for (const PairMetrics& pair : pairs) {
    numbers.insert(numbers.end(), {pair.real, pair.other, pair.similarity});
  }
  return bits_of(numbers);
}

std::vector<std::uint32_t> codes_of(const CodeVector& vector) {
  return vector.visit(
      [](auto codes) { return std::vector<std::uint32_t>(codes.begin(), codes.end()); });
}

// All that evaluation asks of a device, about two tables.
void expect_same_parts(EvaluationDevice& gpu, const Table& real, const Table& other) {
  const std::unique_ptr<EvaluationDevice> cpu = make_cpu_evaluation(1);
  Monitor quiet;
  SharedProgress steps(quiet, 1000);
  const Alignment wanted = align({&real, &other}, *cpu, 2, steps);
  const Alignment found = align({&real, &other}, gpu, 2, steps);
  std::vector<ColumnPair> pairs;
  for (std::size_t c = 0; c < real.columns.size(); ++c) {
    for (std::size_t table = 0; table < 2; ++table) {
      const AlignedColumn& a = wanted.tables[table].columns[c];
      const AlignedColumn& b = found.tables[table].columns[c];
      ASSERT_EQ(a.bin_counts, b.bin_counts) << real.columns[c].name;
      ASSERT_EQ(a.category_counts, b.category_counts) << real.columns[c].name;
      ASSERT_EQ(codes_of(a.categories()), codes_of(b.categories())) << real.columns[c].name;
    }
    const AlignedColumn& a = found.tables[0].columns[c];
    const AlignedColumn& b = found.tables[1].columns[c];
    if (wanted.bases[c].numeric) {
      EXPECT_EQ(cpu->ks_distance(a, b), gpu.ks_distance(a, b));
    }
    for (std::size_t d = c + 1; d < real.columns.size(); ++d) pairs.push_back({c, d});
  }
  EXPECT_EQ(bits_of(cpu->compare_categories(wanted, 1, pairs, steps)),
            bits_of(gpu.compare_categories(found, 1, pairs, steps)));
}

void expect_same_histograms(const ColumnMetrics& a, const ColumnMetrics& b) {
  EXPECT_EQ(bits_of(a.histogram.edges), bits_of(b.histogram.edges));
  EXPECT_EQ(a.histogram.labels, b.histogram.labels);
  EXPECT_EQ(bits_of(a.histogram.real), bits_of(b.histogram.real));
  EXPECT_EQ(bits_of(a.histogram.synthetic), bits_of(b.histogram.synthetic));
}

// All of evaluate(): JSON spells numbers so that they read back the same.
void expect_same_evaluation(const Table& real, const Table& synthetic, const Table* holdout,
                            const std::string& target = {}) {
  Monitor quiet;
  DeviceChoice gpu = parse_device("cuda");
  gpu.threads = 2;
  const Evaluation a =
      evaluate(real, synthetic, {holdout, target}, {DeviceChoice::Kind::cpu, 0, 1}, quiet);
  const Evaluation b = evaluate(real, synthetic, {holdout, target}, gpu, quiet);
  EXPECT_EQ(to_json(a), to_json(b));
  EXPECT_EQ(bits_of(a.associations.real), bits_of(b.associations.real));
  EXPECT_EQ(bits_of(a.associations.synthetic), bits_of(b.associations.synthetic));
  EXPECT_EQ(bits_of(a.associations.similarity), bits_of(b.associations.similarity));
  for (std::size_t c = 0; c < a.columns.size(); ++c) {
    expect_same_histograms(a.columns[c], b.columns[c]);
    if (a.privacy)
      expect_same_histograms(a.privacy->holdout_columns[c], b.privacy->holdout_columns[c]);
  }
}

TEST_F(EvaluationOnGpu, PartsOfAnySize) {
  CudaEvaluationDevice gpu(0, 2);
  const Table other = mixed_table(501, 1, 3);
  for (const std::size_t rows : {1U, 31U, 33U, 499U, 513U}) {
    expect_same_parts(gpu, mixed_table(rows, 2, 0), other);
    expect_same_parts(gpu, other, mixed_table(rows, 2, 0));
    ASSERT_FALSE(HasFailure()) << rows << " rows";
  }
}

TEST_F(EvaluationOnGpu, TheWholeOfIt) {
  const Table real = mixed_table(300, 3, 0);
  const Table synthetic = mixed_table(333, 4, 2);
  expect_same_evaluation(real, synthetic, nullptr);
  const Table holdout = mixed_table(250, 5, 0);
  expect_same_evaluation(real, synthetic, &holdout, "fraud");
  expect_same_evaluation(real, mixed_table(1, 6, 0), &synthetic);
  expect_same_evaluation(mixed_table(1, 6, 0), real, nullptr);
}

// Three codes a cell are too many for a byte or two, and tables of pairs too large to be dense.
TEST_F(EvaluationOnGpu, ManyLabels) {
  const auto table = [](std::size_t rows, std::size_t first) {
    Cells names;
    Cells groups;
    Cells numbers;
    for (std::size_t row = 0; row < rows; ++row) {
      names.push_back(fmt::format("n{:06}", first + row * 7919 % rows));
      groups.push_back(fmt::format("g{}", row * row % 61));
      numbers.push_back(fmt::format("{}.25", row * 31 % 1000));
    }
    return make_table({make_column("name", ColumnKind::label, names),
                       make_column("group", ColumnKind::label, groups),
                       make_column("number", ColumnKind::continuous, numbers)});
  };
  const Table real = table(66'000, 0);
  const Table other = table(5'000, 65'000);
  ASSERT_GT(real.columns[0].labels.size(), 65'536U);
  ASSERT_GT(real.columns[0].labels.size() * 61, dense_cells);
  CudaEvaluationDevice gpu(0, 2);
  expect_same_parts(gpu, real, other);
  expect_same_parts(gpu, other, real);
}

TEST_F(EvaluationOnGpu, ColumnsWithoutNumbers) {
  const Cells none(40);
  Cells some(40);
  for (std::size_t row = 0; row < some.size(); row += 3) some[row] = fmt::format("{}.5", row);
  const auto table = [](const Cells& first, const Cells& second) {
    return make_table({make_column("a", ColumnKind::continuous, first),
                       make_column("b", ColumnKind::currency, second),
                       make_column("c", ColumnKind::label, first)});
  };
  const Table full = table(some, some);
  for (const Table& other : {table(none, some), table(some, none), table(none, none)}) {
    expect_same_evaluation(full, other, nullptr);
    expect_same_evaluation(other, full, &other);
  }
}

TEST_F(EvaluationOnGpu, NumbersBeyondWhatBinsCanTell) {
  const auto table = [](const Cells& cells) {
    return make_table({make_column("a", ColumnKind::continuous, cells),
                       make_column("b", ColumnKind::label, cells)});
  };
  const Table widest = table({"-1.7e308", "1.7e308", "0", "", "5"});
  const Table narrow = table({"0", "5e-324", "0", "", "0"});
  const Table constant = table({"3", "3", "3", "3", "3"});
  for (const Table& real : {widest, narrow, constant}) {
    for (const Table& other : {widest, narrow, constant}) {
      expect_same_evaluation(real, other, &widest);
    }
  }
}

// Cells that the reader took for another kind in one of the tables.
TEST_F(EvaluationOnGpu, KindsThatDiffer) {
  const Table values = make_table({make_column("a", ColumnKind::continuous, {"1", "2.5", "", "9"}),
                                   make_column("b", ColumnKind::label, {"1", "2", "2", "x"})});
  const Table coded =
      make_table({make_column("a", ColumnKind::ordinal, {"1", "2", "3", "3", ""}),
                  make_column("b", ColumnKind::continuous, {"1", "2", "7", "", "2"})});
  CudaEvaluationDevice gpu(0, 1);
  expect_same_parts(gpu, values, coded);
  expect_same_evaluation(values, coded, &values);
}

// Columns of categories stay on the device as far as they may.
TEST_F(EvaluationOnGpu, MemoryIsBoundedAndGivenBack) {
  const Table real = mixed_table(2000, 7, 0);
  const Table other = mixed_table(2000, 8, 1);
  const std::vector<ColumnPair> pairs{{0, 1}, {0, 5}, {1, 5}, {0, 2}, {1, 2}, {0, 1}};
  Monitor quiet;
  SharedProgress steps(quiet, 100);
  std::map<std::size_t, std::size_t> most_bytes;  // by what may stay
  std::size_t cells = 0;
  for (const std::size_t resident : {std::size_t{1}, CudaEvaluationDevice::resident_bytes}) {
    CountingAllocator allocator;
    CudaEvaluationDevice gpu(0, 2, allocator.hook(), resident);
    expect_same_parts(gpu, real, other);
    EXPECT_TRUE(allocator.out.empty());
    const Alignment alignment = align({&real, &other}, gpu, 1, steps);
    cells = categories_of(alignment, 0) * categories_of(alignment, 1);
    allocator.most_bytes = 0;
    gpu.compare_categories(alignment, 1, pairs, steps);
    EXPECT_TRUE(allocator.out.empty());
    most_bytes[resident] = allocator.most_bytes;
  }
  // All categories fit a byte, and the largest table of pairs is of cities and months.
  EXPECT_EQ(most_bytes[1], 2U * 2000 + 4 * cells);
  EXPECT_GE(most_bytes[CudaEvaluationDevice::resident_bytes], 2U * 4 * 2000);
}

TEST_F(EvaluationOnGpu, OutOfMemorySaysHowMuchAndWhatToLower) {
  const Table real = mixed_table(50, 9, 0);
  Monitor quiet;
  bool enough = false;
  for (std::size_t allowed = 0; !enough; allowed = allowed * 2 + 1) {
    CountingAllocator allocator;
    allocator.left = allowed;
    CudaEvaluationDevice gpu(0, 2, allocator.hook());
    try {
      evaluate_on(gpu, real, real, &real, 2, quiet, {});
      enough = true;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::runtime);
      EXPECT_NE(std::string(error.what()).find("bytes asked for"), std::string::npos);
      EXPECT_NE(std::string(error.what()).find("fewer rows or columns"), std::string::npos);
    }
    EXPECT_TRUE(allocator.out.empty()) << allowed;
    ASSERT_LT(allowed, 100'000U);
  }
}

TEST_F(EvaluationOnGpu, AutomaticTakesTheGpu) {
  EXPECT_NE(dynamic_cast<CudaEvaluationDevice*>(make_evaluation({}).get()), nullptr);
  EXPECT_THROW(make_evaluation(parse_device("cuda:99")), Error);
  EXPECT_EQ(dynamic_cast<CudaEvaluationDevice*>(make_evaluation(parse_device("cpu")).get()),
            nullptr);
}

}  // namespace
}  // namespace cuvae
