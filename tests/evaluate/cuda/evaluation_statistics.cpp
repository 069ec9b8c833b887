// Launches encoding and each evaluation once, for scripts/gpu/statistics.sh to count what they
// execute.
#include <algorithm>
#include <cstdio>
#include <random>

#include <cuvae/cuda_encode.hpp>
#include <cuvae/cuda_evaluate.hpp>
#include <cuvae/error.hpp>

#include "runtime/cuda/device_copy.hpp"

namespace cuvae {
namespace {

constexpr std::uint32_t rows = 65'536;
constexpr std::uint32_t queries = 1024;
constexpr std::uint32_t references = 4096;
constexpr std::uint32_t point_columns = 15;

void announce(const char* what) {
  std::printf("%s\n", what);
  std::fflush(stdout);
}

template <class T>
cuda::DeviceArray<T> random_column(std::uint32_t below, const cuda::Stream& stream) {
  std::mt19937 engine(below);
  std::vector<T> cells(rows);
  for (T& cell : cells) cell = static_cast<T>(engine() % below);
  return to_device(cells, stream);
}

// Nine columns of a byte, four of two, two of float64, as the card table has them about.
void encode_cards(const cuda::Stream& stream) {
  const auto bytes = random_column<std::uint8_t>(200, stream);
  const auto words = random_column<std::uint16_t>(13'430, stream);
  const auto values = random_column<double>(99'999, stream);
  const auto dictionary = to_device(std::vector<float>(13'430, 0.5F), stream);
  std::vector<CudaEncoding> columns(15);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    columns[c] = c < 9    ? CudaEncoding{bytes.get(), 1, dictionary.get(), 0, 0, 0}
                 : c < 13 ? CudaEncoding{words.get(), 2, dictionary.get(), 0, 0, 0}
                          : CudaEncoding{values.get(), 8, nullptr, 0, 99'998, 50'000};
  }
  const auto out = room_for<float>(std::size_t{rows} * 16, stream);
  announce("encoding 15 columns, 33 bytes a row");
  cuda_encode(columns, rows, out.get(), 16, nullptr, stream.get());
  stream.synchronize();
}

void evaluate_columns(const cuda::Stream& stream) {
  const auto bytes = random_column<std::uint8_t>(200, stream);
  const auto words = random_column<std::uint16_t>(13'430, stream);
  const auto a = random_column<double>(99'999, stream);
  const auto b = random_column<double>(90'001, stream);
  const CudaCodes few{bytes.get(), 1, 200};
  const CudaCodes many{words.get(), 2, 13'430};
  const auto counts = room_for<std::uint64_t>(13'430 * 200, stream);
  const auto keys = room_for<std::uint64_t>(rows, stream);
  const auto number = room_for<std::uint32_t>(1, stream);
  const auto distance = room_for<double>(1, stream);
  const std::size_t bytes_needed =
      std::max(cuda_ks_distance_bytes(rows, rows), cuda_sparse_pair_table_bytes(rows));
  const auto workspace = room_for<std::byte>(bytes_needed, stream);

  announce("counting 200 codes of a byte");
  cuda_count_codes(few, rows, counts.get(), stream.get());
  stream.synchronize();
  announce("a histogram of 50 bins");
  cuda_histogram(a.get(), rows, {0, 99'998, 50}, counts.get(), stream.get());
  stream.synchronize();
  announce("a table of 200 by 200 pairs");
  auto* const pair_counts = reinterpret_cast<std::uint32_t*>(counts.get());
  cuda_pair_table(few, few, rows, pair_counts, stream.get());
  stream.synchronize();
  announce("a table of 13,430 by 200 pairs, sparse");
  cuda_sparse_pair_table(many, few, rows, keys.get(), pair_counts, number.get(), workspace.get(),
                         bytes_needed, stream.get());
  stream.synchronize();
  announce("a Kolmogorov-Smirnov distance");
  cuda_ks_distance(a.get(), rows, b.get(), rows, workspace.get(), bytes_needed, distance.get(),
                   stream.get());
  stream.synchronize();
}

void search_nearest(const cuda::Stream& stream) {
  std::mt19937 engine(1);
  std::vector<float> places(std::size_t{references} * point_columns);
  for (float& place : places) place = static_cast<float>(engine() % 1000) * 1e-3F;
  const auto uploaded = to_device(places, stream);
  const auto distances = room_for<float>(queries, stream);
  announce("1,024 queries to 4,096 references in 15 columns");
  cuda_nearest_distances({uploaded.get(), queries, references},
                         {uploaded.get(), references, references}, point_columns, distances.get(),
                         stream.get());
  stream.synchronize();
}

}  // namespace
}  // namespace cuvae

int main() {
  try {
    const cuvae::cuda::Stream stream;
    cuvae::encode_cards(stream);
    cuvae::evaluate_columns(stream);
    cuvae::search_nearest(stream);
  } catch (const cuvae::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(error.kind());
  }
}
