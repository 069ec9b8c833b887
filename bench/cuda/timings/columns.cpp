// The machine's own transfers, encoding, and what evaluation does on the GPU.
#include <algorithm>
#include <fmt/format.h>
#include <random>

#include <cuvae/cuda_encode.hpp>
#include <cuvae/cuda_evaluate.hpp>

#include "runtime/cuda/memory.hpp"
#include "timer.hpp"

namespace cuvae::timings {
namespace {

using cuda::DeviceArray;

template <class T>
DeviceArray<T> random_column(std::uint32_t below, std::uint32_t rows, Timer& timer) {
  std::mt19937 engine(below);
  std::vector<T> cells(rows);
  for (T& cell : cells) cell = static_cast<T>(engine() % below);
  DeviceArray<T> column(rows, timer.stream(), {}, "a column");
  CUVAE_CUDA(cudaMemcpyAsync(column.get(), cells.data(), rows * sizeof(T), cudaMemcpyHostToDevice,
                             timer.stream()));
  timer.owned_stream().synchronize();
  return column;
}

template <class T>
DeviceArray<T> room_for(std::size_t count, Timer& timer) {
  return DeviceArray<T>(count, timer.stream(), {}, "results");
}

void time_transfers(Timer& timer) {
  timer.section("What the machine does: copies, by the device's clock (a row is a megabyte)");
  const std::size_t megabytes = timer.scale().rows(256, 1);
  const std::size_t bytes = megabytes << 20U;
  const StopWatch watch;
  const auto from = room_for<std::byte>(bytes, timer);
  const auto to = room_for<std::byte>(bytes, timer);
  const cuda::PinnedArray<std::byte> host(bytes, "a copy");
  const double setup = watch.milliseconds();
  CUVAE_CUDA(cudaMemsetAsync(from.get(), 0, bytes, timer.stream()));
  const auto copy = [&](const char* what, std::byte* target, const std::byte* source,
                        cudaMemcpyKind kind) {
    timer.line(fmt::format("{}, {} MiB", what, megabytes), setup, static_cast<double>(megabytes),
               [&] { CUVAE_CUDA(cudaMemcpyAsync(target, source, bytes, kind, timer.stream())); });
  };
  copy("device to device", to.get(), from.get(), cudaMemcpyDeviceToDevice);
  copy("pinned host to device", to.get(), host.get(), cudaMemcpyHostToDevice);
  copy("device to pinned host", host.get(), from.get(), cudaMemcpyDeviceToHost);
}

// Nine columns of a byte, four of two, two of float64, as the card table has them about.
void time_encoding(Timer& timer, std::uint32_t rows) {
  const StopWatch watch;
  const auto bytes = random_column<std::uint8_t>(200, rows, timer);
  const auto words = random_column<std::uint16_t>(13'430, rows, timer);
  const auto values = random_column<double>(99'999, rows, timer);
  const auto dictionary = room_for<float>(13'430, timer);
  CUVAE_CUDA(cudaMemsetAsync(dictionary.get(), 0, 13'430 * sizeof(float), timer.stream()));
  std::vector<CudaEncoding> columns(15);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    columns[c] = c < 9    ? CudaEncoding{bytes.get(), 1, dictionary.get(), 0, 0, 0}
                 : c < 13 ? CudaEncoding{words.get(), 2, dictionary.get(), 0, 0, 0}
                          : CudaEncoding{values.get(), 8, nullptr, 0, 99'998, 50'000};
  }
  const auto out = room_for<float>(std::size_t{rows} * 16, timer);
  timer.line("encoding 15 columns", watch.milliseconds(), rows,
             [&] { cuda_encode(columns, rows, out.get(), 16, nullptr, timer.stream()); });
}

void time_evaluation(Timer& timer, std::uint32_t rows) {
  const StopWatch watch;
  const auto bytes = random_column<std::uint8_t>(200, rows, timer);
  const auto words = random_column<std::uint16_t>(13'430, rows, timer);
  const auto a = random_column<double>(99'999, rows, timer);
  const auto b = random_column<double>(90'001, rows, timer);
  const CudaCodes few{bytes.get(), 1, 200};
  const CudaCodes many{words.get(), 2, 13'430};
  const auto counts = room_for<std::uint64_t>(std::max<std::size_t>(13'430, rows), timer);
  const auto keys = room_for<std::uint64_t>(rows, timer);
  const auto number = room_for<std::uint32_t>(1, timer);
  const auto distance = room_for<double>(1, timer);
  const auto bins = room_for<std::uint8_t>(rows, timer);
  const std::size_t workspace_bytes =
      std::max(cuda_ks_distance_bytes(rows, rows), cuda_sparse_pair_table_bytes(rows));
  const auto workspace = room_for<std::byte>(workspace_bytes, timer);
  auto* const pair_counts = reinterpret_cast<std::uint32_t*>(counts.get());
  const double setup = watch.milliseconds();
  timer.line("counting 200 codes of a byte", setup, rows,
             [&] { cuda_count_codes(few, rows, counts.get(), timer.stream()); });
  timer.line("a histogram of 50 bins", setup, rows, [&] {
    cuda_histogram(a.get(), rows, {0, 99'998, 50}, counts.get(), timer.stream());
  });
  timer.line("the bin of each row", setup, rows, [&] {
    cuda_bin(a.get(), rows, {0, 99'998, 50}, bins.get(), timer.stream());
  });
  timer.line("a table of 200 by 200 pairs", setup, rows,
             [&] { cuda_pair_table(few, few, rows, pair_counts, timer.stream()); });
  timer.line("a table of 13,430 by 200 pairs, sparse", setup, rows, [&] {
    cuda_sparse_pair_table(many, few, rows, keys.get(), pair_counts, number.get(), workspace.get(),
                           workspace_bytes, timer.stream());
  });
  timer.line("a Kolmogorov-Smirnov distance", setup, rows, [&] {
    cuda_ks_distance(a.get(), rows, b.get(), rows, workspace.get(), workspace_bytes, distance.get(),
                     timer.stream());
  });
}

void time_nearest(Timer& timer, std::uint32_t rows) {
  constexpr std::uint32_t point_columns = 15;
  const StopWatch watch;
  const auto places = room_for<float>(std::size_t{rows} * point_columns, timer);
  CUVAE_CUDA(cudaMemsetAsync(places.get(), 0, std::size_t{rows} * point_columns * sizeof(float),
                             timer.stream()));
  const auto distances = room_for<float>(rows, timer);
  timer.line(fmt::format("{} queries to {} references in 15 columns", rows, rows),
             watch.milliseconds(), rows, [&] {
               cuda_nearest_distances({places.get(), rows, rows}, {places.get(), rows, rows},
                                      point_columns, distances.get(), timer.stream());
             });
}

}  // namespace

void time_columns(Timer& timer) {
  time_transfers(timer);
  timer.section("Encoding and evaluation");
  const std::uint32_t rows = timer.scale().rows(2'000'000, 512);
  timer.part("encoding", [&] { time_encoding(timer, rows); });
  timer.part("evaluation", [&] { time_evaluation(timer, rows); });
  timer.part("nearest records", [&] { time_nearest(timer, timer.scale().rows(20'000, 64)); });
}

}  // namespace cuvae::timings
