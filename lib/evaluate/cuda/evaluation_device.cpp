#include "evaluate/cuda/evaluation_device.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <cuvae/cuda_evaluate.hpp>

#include "evaluate/column_metrics.hpp"
#include "evaluate/contingency.hpp"
#include "runtime/cuda/devices.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

using cuda::DeviceArray;

constexpr std::uint64_t most_rows = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t most_columns = 1024;

// Whether bins of that range can be told by dividing, which cuda_histogram() asks for.
bool can_be_binned(const Basis& basis) {
  const double range = basis.high - basis.low;
  const auto divides = [](double width) { return std::isfinite(width) && width > 0; };
  const bool constant = basis.high <= basis.low;
  return std::isfinite(basis.low) && std::isfinite(basis.high) &&
         (constant || (divides(range / histogram_bins) && divides(range / pair_bins)));
}

}  // namespace

// The GPU for one call. At the end, all that was put into the stream is done: host memory of the
// call may go.
class CudaEvaluationDevice::Turn {
 public:
  explicit Turn(CudaEvaluationDevice& evaluation)
      : lock_(evaluation.mutex_),
        scope_(evaluation.index_),
        stream_(*evaluation.stream_),
        allocator_(evaluation.allocator_),
        drain_(stream_) {}

  cudaStream_t stream() const { return stream_.get(); }

  template <class T>
  DeviceArray<T> room(std::size_t count, const char* what_for) const {
    return DeviceArray<T>(count, stream(), allocator_, what_for);
  }

  template <class T>
  DeviceArray<T> upload(const T* data, std::size_t count, const char* what_for) const {
    DeviceArray<T> array = room<T>(count, what_for);
    CUVAE_CUDA(
        cudaMemcpyAsync(array.get(), data, count * sizeof(T), cudaMemcpyHostToDevice, stream()));
    return array;
  }

  // An array of at least that size, what it was before if that is enough.
  template <class T>
  T* at_least(std::size_t count, DeviceArray<T>& array, const char* what_for) const {
    if (array.size() < count) {
      array = DeviceArray<T>();  // first, so that not both take room
      array = room<T>(count, what_for);
    }
    return array.get();
  }

  // Waits, so that the numbers are there.
  template <class T>
  void download(const T* data, std::size_t count, T* out) const {
    CUVAE_CUDA(cudaMemcpyAsync(out, data, count * sizeof(T), cudaMemcpyDeviceToHost, stream()));
    stream_.synchronize();
  }

 private:
  std::lock_guard<std::mutex> lock_;
  cuda::DeviceScope scope_;
  const cuda::Stream& stream_;
  const CudaAllocator& allocator_;
  cuda::DrainAtEnd drain_;
};

// Columns of categories in device memory, kept until others need the room.
class CudaEvaluationDevice::ResidentColumns {
 public:
  ResidentColumns(const Alignment& alignment, std::size_t most_bytes)
      : alignment_(alignment), most_bytes_(most_bytes) {}
  ResidentColumns(const ResidentColumns&) = delete;
  ResidentColumns& operator=(const ResidentColumns&) = delete;

  // Valid within the turn.
  std::pair<CudaCodes, CudaCodes> both(std::size_t table, const ColumnPair& pair,
                                       const Turn& turn) {
    ++now_;
    const CudaCodes first = one(table, pair.first, turn);
    return {first, one(table, pair.second, turn)};
  }

 private:
  struct Resident {
    DeviceArray<std::byte> cells;
    std::uint64_t used = 0;  // last by the pair of this number
  };
  using Key = std::pair<std::size_t, std::size_t>;  // table, column

  CudaCodes one(std::size_t table, std::size_t column, const Turn& turn) {
    const CodeVector& codes = alignment_.tables[table].columns[column].categories();
    const auto count = static_cast<std::uint32_t>(categories_of(alignment_, column));
    return codes.visit([&](auto cells) {
      Resident& resident = columns_[{table, column}];
      resident.used = now_;
      if (resident.cells.get() == nullptr) {
        const auto bytes = std::as_bytes(cells);
        make_room(bytes.size());
        resident.cells = turn.upload(bytes.data(), bytes.size(), "a column of categories");
        bytes_ += bytes.size();
      }
      return CudaCodes{resident.cells.get(), sizeof(cells[0]), count};
    });
  }

  // The longest unused go first; what the pair of now needs stays.
  void make_room(std::size_t bytes) {
    while (bytes_ > 0 && bytes_ + bytes > most_bytes_) {
      auto oldest = columns_.end();
      for (auto it = columns_.begin(); it != columns_.end(); ++it) {
        const bool in_use = it->second.used == now_;
        const bool older = oldest == columns_.end() || it->second.used < oldest->second.used;
        if (!in_use && older) oldest = it;
      }
      if (oldest == columns_.end()) return;
      bytes_ -= oldest->second.cells.size();
      columns_.erase(oldest);
    }
  }

  const Alignment& alignment_;
  std::size_t most_bytes_;
  std::map<Key, Resident> columns_;
  std::size_t bytes_ = 0;
  std::uint64_t now_ = 0;
};

// What pairs of columns have on the device, one pair at a time.
struct CudaEvaluationDevice::PairWork {
  ResidentColumns columns;
  DeviceArray<std::uint32_t> table;  // dense
  DeviceArray<std::uint64_t> keys;   // sparse: combinations, the rows of each, how many there are
  DeviceArray<std::uint32_t> counts;
  DeviceArray<std::uint32_t> number;
  DeviceArray<std::byte> sorting;
};

// Combinations of two columns' categories in one table: first * categories of the second + second,
// ascending, and the rows of each.
struct CudaEvaluationDevice::Combinations {
  std::vector<std::uint64_t> keys;
  std::vector<std::uint32_t> rows;
};

CudaEvaluationDevice::CudaEvaluationDevice(int index, unsigned threads,
                                           const CudaAllocator& allocator, std::size_t resident)
    : index_(index),
      threads_(thread_count(threads)),
      allocator_(allocator),
      resident_bytes_(resident) {
  cuda::usable_device(index);
  const cuda::DeviceScope scope(index);
  stream_.emplace();
}

void CudaEvaluationDevice::bin_values(const Basis& basis, AlignedColumn& column) {
  const auto& values = column.source->values;
  const std::size_t rows = values.size();
  if (rows > most_rows || !can_be_binned(basis)) return cuvae::bin_values(basis, column);
  constexpr std::size_t fine = histogram_bins + 1;  // one of missing numbers
  constexpr std::size_t coarse = pair_bins + 1;
  std::vector<std::uint64_t> counts(fine + coarse);
  column.mapped = CodeVector(rows, coarse);
  {
    const Turn turn(*this);
    const auto numbers = turn.upload(values.data(), rows, "a column of numbers");
    const auto bins = turn.room<std::uint8_t>(rows, "the bins of a column");
    const auto found = turn.room<std::uint64_t>(counts.size(), "the counts of a column");
    cuda_histogram(numbers.get(), rows, {basis.low, basis.high, histogram_bins}, found.get(),
                   turn.stream());
    cuda_bin(numbers.get(), rows, {basis.low, basis.high, pair_bins}, bins.get(), turn.stream());
    cuda_count_codes({bins.get(), 1, coarse}, rows, found.get() + fine, turn.stream());
    column.mapped.visit([&](auto out) {
      if constexpr (sizeof(out[0]) == 1) turn.download(bins.get(), rows, out.data());
    });
    turn.download(found.get(), counts.size(), counts.data());
  }
  const auto begin = counts.begin();
  column.bin_counts.assign(begin, begin + histogram_bins);
  column.category_counts.assign(begin + fine, counts.end());
}

double CudaEvaluationDevice::ks_distance(const AlignedColumn& a, const AlignedColumn& b) {
  const auto& a_values = a.source->values;
  const auto& b_values = b.source->values;
  // Coded numbers are few: sorting their labels takes no device.
  const bool values = !is_coded(a.source->kind) && !is_coded(b.source->kind);
  if (!values || a_values.size() > most_rows || b_values.size() > most_rows) {
    return cuvae::ks_distance(a, b);
  }
  double distance = 0;
  const Turn turn(*this);
  const auto first = turn.upload(a_values.data(), a_values.size(), "a column of numbers");
  const auto second = turn.upload(b_values.data(), b_values.size(), "a column of numbers");
  const std::size_t bytes = cuda_ks_distance_bytes(a_values.size(), b_values.size());
  const auto workspace = turn.room<std::byte>(bytes, "sorting two columns of numbers");
  const auto found = turn.room<double>(1, "a distance");
  cuda_ks_distance(first.get(), a_values.size(), second.get(), b_values.size(), workspace.get(),
                   bytes, found.get(), turn.stream());
  turn.download(found.get(), 1, &distance);
  return distance;
}

PairMetrics CudaEvaluationDevice::compare_densely(const Alignment& alignment, std::size_t other,
                                                  const ColumnPair& pair, PairWork& work) {
  const std::size_t height = categories_of(alignment, pair.first);
  const std::size_t width = categories_of(alignment, pair.second);
  std::vector<std::uint32_t> real_counts(height * width);
  std::vector<std::uint32_t> other_counts(height * width);
  {
    const Turn turn(*this);
    std::uint32_t* const counts = turn.at_least(height * width, work.table, "a table of pairs");
    const auto count = [&](std::size_t table, std::vector<std::uint32_t>& out) {
      const auto [first, second] = work.columns.both(table, pair, turn);
      cuda_pair_table(first, second, alignment.tables[table].rows, counts, turn.stream());
      turn.download(counts, out.size(), out.data());
    };
    count(0, real_counts);
    count(other, other_counts);
  }
  return metrics_of_tables(alignment, other, pair, real_counts, other_counts);
}

CudaEvaluationDevice::Combinations CudaEvaluationDevice::combinations(const Alignment& alignment,
                                                                      std::size_t table,
                                                                      const ColumnPair& pair,
                                                                      PairWork& work) {
  constexpr const char* what_for = "the combinations of two columns";
  const std::uint64_t rows = alignment.tables[table].rows;
  const Turn turn(*this);
  const std::size_t bytes = cuda_sparse_pair_table_bytes(rows);
  const auto [first, second] = work.columns.both(table, pair, turn);
  std::uint64_t* const keys = turn.at_least(rows, work.keys, what_for);
  std::uint32_t* const counts = turn.at_least(rows, work.counts, what_for);
  std::uint32_t* const number = turn.at_least(1, work.number, what_for);
  std::byte* const sorting = turn.at_least(bytes, work.sorting, what_for);
  cuda_sparse_pair_table(first, second, rows, keys, counts, number, sorting, bytes, turn.stream());
  std::uint32_t found = 0;
  turn.download(number, 1, &found);
  Combinations combinations{std::vector<std::uint64_t>(found), std::vector<std::uint32_t>(found)};
  turn.download(keys, found, combinations.keys.data());
  turn.download(counts, found, combinations.rows.data());
  return combinations;
}

PairMetrics CudaEvaluationDevice::compare_sparsely(const Alignment& alignment, std::size_t other,
                                                   const ColumnPair& pair, PairWork& work) {
  const Combinations real = combinations(alignment, 0, pair, work);
  const Combinations others = combinations(alignment, other, pair, work);
  const std::size_t width = categories_of(alignment, pair.second);
  PairSum sum(alignment, other, pair);
  constexpr std::uint64_t end = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t i = 0, j = 0; i < real.keys.size() || j < others.keys.size();) {
    const std::uint64_t real_key = i < real.keys.size() ? real.keys[i] : end;
    const std::uint64_t other_key = j < others.keys.size() ? others.keys[j] : end;
    const std::uint64_t key = std::min(real_key, other_key);
    const std::uint32_t real_rows = real_key == key ? real.rows[i++] : 0;
    const std::uint32_t other_rows = other_key == key ? others.rows[j++] : 0;
    sum.add(key / width, key % width, real_rows, other_rows);
  }
  return sum.metrics();
}

std::vector<PairMetrics> CudaEvaluationDevice::compare_categories(const Alignment& alignment,
                                                                  std::size_t other,
                                                                  std::span<const ColumnPair> pairs,
                                                                  SharedProgress& progress) {
  if (alignment.tables[0].rows > most_rows || alignment.tables[other].rows > most_rows) {
    return cuvae::compare_categories(alignment, other, pairs, threads_, progress);
  }
  std::vector<PairMetrics> metrics(pairs.size());
  const cuda::DeviceScope scope(index_);
  PairWork work{{alignment, resident_bytes_}, {}, {}, {}, {}, {}};
  for_each_index(threads_, pairs.size(), [&](std::size_t index) {
    const ColumnPair& pair = pairs[index];
    const std::size_t cells =
        categories_of(alignment, pair.first) * categories_of(alignment, pair.second);
    metrics[index] = cells <= dense_cells ? compare_densely(alignment, other, pair, work)
                                          : compare_sparsely(alignment, other, pair, work);
    progress.advance();
  });
  return metrics;
}

std::vector<float> CudaEvaluationDevice::nearest_distances(const ScaledRecords& queries,
                                                           const ScaledRecords& references,
                                                           SharedProgress& progress) {
  if (queries.columns() > most_columns) {
    return cuvae::nearest_distances(queries, references, threads_, progress);
  }
  std::vector<float> distances(queries.rows());
  const std::vector<float> query_places = queries.by_column();
  const std::vector<float> reference_places = references.by_column();
  {
    const Turn turn(*this);
    const auto upload = [&](const std::vector<float>& places) {
      return turn.upload(places.data(), places.size(), "rows to search among");
    };
    const auto points = [](const DeviceArray<float>& places, const ScaledRecords& of) {
      return CudaPoints{places.get(), static_cast<std::uint32_t>(of.rows()),
                        static_cast<std::uint32_t>(of.tiles() * ScaledRecords::tile_rows)};
    };
    const auto asking = upload(query_places);
    const auto answering = upload(reference_places);
    const auto found = turn.room<float>(distances.size(), "distances");
    cuda_nearest_distances(points(asking, queries), points(answering, references),
                           static_cast<std::uint32_t>(queries.columns()), found.get(),
                           turn.stream());
    turn.download(found.get(), distances.size(), distances.data());
  }
  for (std::size_t step = 0; step < search_steps(queries.rows()); ++step) progress.advance();
  return distances;
}

std::unique_ptr<EvaluationDevice> make_cuda_evaluation(int index, unsigned threads) {
  return std::make_unique<CudaEvaluationDevice>(index, threads);
}

}  // namespace cuvae
