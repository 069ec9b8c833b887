// What evaluation counts, sorts and searches on the device, against the CPU's.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <random>

#include <cuvae/cuda_evaluate.hpp>
#include <cuvae/error.hpp>

#include "evaluate/column_metrics.hpp"
#include "runtime/cuda/device_copy.hpp"
#include "runtime/cuda/gpu_test.hpp"

namespace cuvae {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

class Evaluate : public GpuTest {};

template <class T>
std::vector<T> random_codes(std::size_t rows, std::uint32_t count, unsigned seed) {
  std::mt19937 engine(seed);
  std::vector<T> codes(rows);
  // Half of them small, as labels are that a few rows share and most have.
  for (T& code : codes) {
    code = static_cast<T>(engine() % (engine() % 2 == 0 ? count : count / 10 + 1));
  }
  return codes;
}

template <class T>
CudaCodes on_device(const cuda::DeviceArray<T>& array, std::uint32_t count) {
  return {array.get(), sizeof(T), count};
}

template <class T>
void expect_counts(std::size_t rows, std::uint32_t count, const cuda::Stream& stream) {
  const std::vector<T> codes = random_codes<T>(rows, count, 3);
  std::vector<std::uint64_t> wanted(count);
  for (const T code : codes) ++wanted[code];
  const auto uploaded = to_device(codes, stream);
  const auto counts = room_for<std::uint64_t>(count, stream);
  cuda_count_codes(on_device(uploaded, count), rows, counts.get(), stream.get());
  EXPECT_EQ(to_host(counts.get(), count, stream), wanted) << rows << " rows, " << count << " codes";
}

TEST_F(Evaluate, CountsCodes) {
  const cuda::Stream stream;
  for (const std::size_t rows : {0U, 1U, 31U, 257U, 3000U}) {
    expect_counts<std::uint8_t>(rows, 1, stream);
    expect_counts<std::uint8_t>(rows, 256, stream);
    expect_counts<std::uint16_t>(rows, 8192, stream);
    expect_counts<std::uint16_t>(rows, 8193, stream);
    expect_counts<std::uint32_t>(rows, 70'000, stream);
  }
}

// Cents, missing values, both zeros, outliers and infinities.
std::vector<double> random_values(std::size_t rows, unsigned seed, double shift) {
  std::mt19937_64 engine(seed);
  const double special[] = {nan,   -0.0, 0.0, 1e308, -std::numeric_limits<double>::infinity(),
                            5e-324};
  std::vector<double> values(rows);
  for (double& value : values) {
    value = engine() % 8 == 0 ? special[engine() % std::size(special)]
                              : static_cast<double>(engine() % 1000) / 100 + shift;
  }
  return values;
}

TEST_F(Evaluate, CountsAndFindsBins) {
  const cuda::Stream stream;
  for (const CudaBins bins : {CudaBins{0, 9.99, 50}, CudaBins{-3, 4.5, 10}, CudaBins{2, 2, 7},
                              CudaBins{0, 1, 255}, CudaBins{-1e300, 1e300, 1}}) {
    for (const std::size_t rows : {0U, 1U, 33U, 2000U}) {
      const std::vector<double> values = random_values(rows, 4, -1.5);
      const Bins plain(bins.low, bins.high, bins.count);
      std::vector<std::uint64_t> wanted(bins.count + 1);
      std::vector<std::uint8_t> wanted_bins;
      for (const double value : values) {
        const std::size_t bin = std::isnan(value) ? bins.count : plain(value);
        ++wanted[bin];
        wanted_bins.push_back(static_cast<std::uint8_t>(bin));
      }
      const auto uploaded = to_device(values, stream);
      const auto counts = room_for<std::uint64_t>(bins.count + 1, stream);
      const auto found = room_for<std::uint8_t>(rows, stream);
      cuda_histogram(uploaded.get(), rows, bins, counts.get(), stream.get());
      cuda_bin(uploaded.get(), rows, bins, found.get(), stream.get());
      EXPECT_EQ(to_host(counts.get(), bins.count + 1, stream), wanted);
      EXPECT_EQ(to_host(found.get(), rows, stream), wanted_bins);
    }
  }
}

double ks_on_cpu(const std::vector<double>& a, const std::vector<double>& b) {
  const auto aligned = [](Column& source, const std::vector<double>& values) {
    source.kind = ColumnKind::continuous;
    source.values.assign(values.begin(), values.end());
    AlignedColumn column;
    column.source = &source;
    for (const double value : values) column.present += std::isnan(value) ? 0 : 1;
    return column;
  };
  Column of_a;
  Column of_b;
  const AlignedColumn first = aligned(of_a, a);
  return ks_distance(first, aligned(of_b, b));
}

double ks_on_device(const std::vector<double>& a, const std::vector<double>& b,
                    const cuda::Stream& stream) {
  const auto first = to_device(a, stream);
  const auto second = to_device(b, stream);
  const std::size_t bytes = cuda_ks_distance_bytes(a.size(), b.size());
  const auto workspace = room_for<std::byte>(bytes, stream);
  const auto distance = room_for<double>(1, stream);
  cuda_ks_distance(first.get(), a.size(), second.get(), b.size(), workspace.get(), bytes,
                   distance.get(), stream.get());
  return to_host(distance.get(), 1, stream)[0];
}

TEST_F(Evaluate, KolmogorovSmirnov) {
  const cuda::Stream stream;
  const std::vector<double> missing(40, nan);
  for (const std::size_t a_rows : {1U, 33U, 499U, 2500U}) {
    for (const std::size_t b_rows : {1U, 64U, 777U}) {
      const auto a = random_values(a_rows, 6, 0);
      const auto b = random_values(b_rows, 7, static_cast<double>(a_rows % 4) * 0.37);
      EXPECT_EQ(ks_on_device(a, b, stream), ks_on_cpu(a, b)) << a_rows << ", " << b_rows;
      EXPECT_EQ(ks_on_device(b, a, stream), ks_on_cpu(b, a)) << b_rows << ", " << a_rows;
    }
    const auto a = random_values(a_rows, 6, 0);
    EXPECT_EQ(ks_on_device(a, a, stream), 0.0);
    EXPECT_EQ(ks_on_device(a, missing, stream), ks_on_cpu(a, missing));
    EXPECT_EQ(ks_on_device({}, a, stream), ks_on_cpu({}, a));
  }
  EXPECT_EQ(ks_on_device(missing, missing, stream), 0.0);
  EXPECT_EQ(ks_on_device({}, {}, stream), 0.0);
  EXPECT_EQ(ks_on_device({-0.0}, {0.0}, stream), 0.0);
  EXPECT_EQ(ks_on_device({1, 1, 2}, {3}, stream), 1.0);
}

template <class A, class B>
void expect_pairs(std::size_t rows, std::uint32_t a_count, std::uint32_t b_count,
                  const cuda::Stream& stream) {
  const std::vector<A> a = random_codes<A>(rows, a_count, 8);
  const std::vector<B> b = random_codes<B>(rows, b_count, 9);
  std::map<std::uint64_t, std::uint32_t> wanted;
  for (std::size_t r = 0; r < rows; ++r) ++wanted[std::uint64_t{a[r]} * b_count + b[r]];
  const auto first = to_device(a, stream);
  const auto second = to_device(b, stream);

  const std::size_t cells = std::size_t{a_count} * b_count;
  if (cells < 1'000'000) {
    const auto counts = room_for<std::uint32_t>(cells, stream);
    cuda_pair_table(on_device(first, a_count), on_device(second, b_count), rows, counts.get(),
                    stream.get());
    std::vector<std::uint32_t> table(cells);
    for (const auto& [cell, count] : wanted) table[cell] = count;
    EXPECT_EQ(to_host(counts.get(), cells, stream), table) << rows << " rows";
  }

  const std::size_t bytes = cuda_sparse_pair_table_bytes(rows);
  const auto workspace = room_for<std::byte>(bytes, stream);
  const auto keys = room_for<std::uint64_t>(rows, stream);
  const auto counts = room_for<std::uint32_t>(rows, stream);
  const auto number = room_for<std::uint32_t>(1, stream);
  cuda_sparse_pair_table(on_device(first, a_count), on_device(second, b_count), rows, keys.get(),
                         counts.get(), number.get(), workspace.get(), bytes, stream.get());
  ASSERT_EQ(to_host(number.get(), 1, stream)[0], wanted.size()) << rows << " rows";
  const auto found_keys = to_host(keys.get(), wanted.size(), stream);
  const auto found_counts = to_host(counts.get(), wanted.size(), stream);
  std::size_t i = 0;
  for (const auto& [cell, count] : wanted) {
    ASSERT_EQ(found_keys[i], cell);
    ASSERT_EQ(found_counts[i], count);
    ++i;
  }
}

TEST_F(Evaluate, CountsPairs) {
  const cuda::Stream stream;
  for (const std::size_t rows : {0U, 1U, 33U, 2000U}) {
    expect_pairs<std::uint8_t, std::uint8_t>(rows, 1, 1, stream);
    expect_pairs<std::uint8_t, std::uint8_t>(rows, 11, 2, stream);
    expect_pairs<std::uint16_t, std::uint8_t>(rows, 900, 200, stream);
    expect_pairs<std::uint32_t, std::uint16_t>(rows, 100'000, 13'400, stream);
    expect_pairs<std::uint32_t, std::uint32_t>(rows, 0xFFFFFFFFU, 0xFFFFFFFFU, stream);
  }
}

// Column by column, with room behind the rows up to the stride.
std::vector<float> random_places(std::uint32_t rows, std::uint32_t stride, std::uint32_t columns,
                                 unsigned seed) {
  std::mt19937 engine(seed);
  std::vector<float> places(std::size_t{stride} * columns, 0.5F);
  for (std::uint32_t c = 0; c < columns; ++c) {
    for (std::uint32_t r = 0; r < rows; ++r) {
      places[std::size_t{c} * stride + r] =
          engine() % 16 == 0 ? 1e30F
          : c % 3 == 0       ? static_cast<float>(engine() % 4)
                             : static_cast<float>(engine() % 4096) * 0x1.003p-12F;
    }
  }
  return places;
}

TEST_F(Evaluate, NearestDistances) {
  const cuda::Stream stream;
  for (const std::uint32_t columns : {1U, 15U, 33U}) {
    for (const std::uint32_t query_count : {1U, 129U}) {
      for (const std::uint32_t reference_count : {0U, 1U, 3U, 8U, 13U, 1300U}) {
        const std::uint32_t query_stride = (query_count + 3) / 4 * 4;
        const std::uint32_t reference_stride = (reference_count + 3) / 4 * 4;
        const auto queries = random_places(query_count, query_stride, columns, 1);
        const auto references = random_places(reference_count, reference_stride, columns, 2);
        std::vector<float> wanted(query_count, static_cast<float>(columns) + 1);
        for (std::uint32_t q = 0; q < query_count; ++q) {
          for (std::uint32_t r = 0; r < reference_count; ++r) {
            float sum = 0;
            for (std::size_t c = 0; c < columns; ++c) {
              const float difference =
                  std::abs(queries[c * query_stride + q] - references[c * reference_stride + r]);
              sum += difference < 1.0F ? difference : 1.0F;
            }
            wanted[q] = std::min(wanted[q], sum);
          }
        }
        const auto own = to_device(queries, stream);
        const auto others = to_device(references, stream);
        const auto distances = room_for<float>(query_count, stream);
        cuda_nearest_distances({own.get(), query_count, query_stride},
                               {others.get(), reference_count, reference_stride}, columns,
                               distances.get(), stream.get());
        ASSERT_EQ(to_host(distances.get(), query_count, stream), wanted)
            << query_count << " to " << reference_count << " in " << columns;
      }
    }
  }
}

TEST_F(Evaluate, CapturedInAGraph) {
  const cuda::Stream stream;
  const auto a = random_values(300, 10, 0);
  const auto b = random_values(200, 11, 0.5);
  const auto codes = random_codes<std::uint8_t>(300, 40, 12);
  const auto first = to_device(a, stream);
  const auto second = to_device(b, stream);
  const auto coded = to_device(codes, stream);
  const CudaCodes column = on_device(coded, 40);
  const std::size_t bytes =
      std::max(cuda_ks_distance_bytes(300, 200), cuda_sparse_pair_table_bytes(300));
  const auto workspace = room_for<std::byte>(bytes, stream);
  const auto distance = room_for<double>(1, stream);
  const auto counts = room_for<std::uint32_t>(1600, stream);
  const auto keys = room_for<std::uint64_t>(300, stream);
  const auto key_counts = room_for<std::uint32_t>(300, stream);
  const auto number = room_for<std::uint32_t>(1, stream);
  stream.synchronize();
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t replay = nullptr;
  CUVAE_CUDA(cudaStreamBeginCapture(stream.get(), cudaStreamCaptureModeGlobal));
  cuda_ks_distance(first.get(), 300, second.get(), 200, workspace.get(), bytes, distance.get(),
                   stream.get());
  cuda_pair_table(column, column, 300, counts.get(), stream.get());
  cuda_sparse_pair_table(column, column, 300, keys.get(), key_counts.get(), number.get(),
                         workspace.get(), bytes, stream.get());
  CUVAE_CUDA(cudaStreamEndCapture(stream.get(), &graph));
  CUVAE_CUDA(cudaGraphInstantiate(&replay, graph, 0));
  for (int times = 0; times < 2; ++times) {
    CUVAE_CUDA(cudaMemsetAsync(distance.get(), 0x5A, sizeof(double), stream.get()));
    CUVAE_CUDA(cudaGraphLaunch(replay, stream.get()));
    EXPECT_EQ(to_host(distance.get(), 1, stream)[0], ks_on_cpu(a, b));
    const auto table = to_host(counts.get(), 1600, stream);
    const auto on_diagonal = to_host(number.get(), 1, stream)[0];
    const auto found = to_host(key_counts.get(), on_diagonal, stream);
    const auto cells = to_host(keys.get(), on_diagonal, stream);
    for (std::uint32_t i = 0; i < on_diagonal; ++i) EXPECT_EQ(found[i], table[cells[i]]);
  }
  CUVAE_CUDA(cudaGraphExecDestroy(replay));
  CUVAE_CUDA(cudaGraphDestroy(graph));
}

TEST_F(Evaluate, RefusesWrongArguments) {
  const cuda::Stream stream;
  const CudaCodes codes{nullptr, 1, 10};
  const auto* none = static_cast<const double*>(nullptr);
  const auto memory = room_for<std::byte>(4096, stream);
  EXPECT_THROW(cuda_count_codes({nullptr, 3, 10}, 1, nullptr, stream.get()), Error);
  EXPECT_THROW(cuda_count_codes({nullptr, 1, 0}, 1, nullptr, stream.get()), Error);
  EXPECT_THROW(cuda_count_codes(codes, 0x80000000U, nullptr, stream.get()), Error);
  EXPECT_THROW(cuda_histogram(none, 1, {0, 1, 0}, nullptr, stream.get()), Error);
  EXPECT_THROW(cuda_histogram(none, 1, {0, 1, 256}, nullptr, stream.get()), Error);
  EXPECT_THROW(cuda_bin(none, 1, {0, nan, 5}, nullptr, stream.get()), Error);
  EXPECT_THROW(cuda_bin(none, 1, {-1e308, 1e308, 5}, nullptr, stream.get()), Error);
  EXPECT_THROW(
      cuda_pair_table({nullptr, 4, 70'000}, {nullptr, 4, 70'000}, 1, nullptr, stream.get()), Error);
  EXPECT_THROW(cuda_ks_distance(none, 100, none, 100, memory.get(), 0, nullptr, stream.get()),
               Error);
  EXPECT_THROW(cuda_ks_distance(none, 1, none, 1, memory.get() + 1, std::size_t{1} << 40, nullptr,
                                stream.get()),
               Error);
  const CudaPoints points{reinterpret_cast<const float*>(memory.get()), 5, 8};
  EXPECT_THROW(cuda_nearest_distances(points, points, 0, nullptr, stream.get()), Error);
  EXPECT_THROW(cuda_nearest_distances({points.places, 5, 7}, points, 1, nullptr, stream.get()),
               Error);
  EXPECT_THROW(cuda_nearest_distances(points, {points.places, 9, 8}, 1, nullptr, stream.get()),
               Error);
  EXPECT_THROW(cuda_nearest_distances(points, {points.places + 1, 5, 8}, 1, nullptr, stream.get()),
               Error);
  stream.synchronize();
}

}  // namespace
}  // namespace cuvae
