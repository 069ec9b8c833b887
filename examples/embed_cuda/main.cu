// cuvae inside a CUDA program: generate rows straight into device memory and go on with them there,
// all in one stream. Usage: embed_cuda MODEL.safetensors [ROWS]
//
// Here the "going on" is counting: for each column the most frequent label, or the mean of its
// numbers. No row ever reaches the host. Prints a line for each column: its name, how many rows
// were counted, and the label or the mean.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>
#include <vector>

#include <cuvae/cuda.hpp>
#include <cuvae/cuda_evaluate.hpp>
#include <cuvae/error.hpp>
#include <cuvae/model.hpp>

namespace {

constexpr unsigned threads = 256;
constexpr std::uint64_t seed = 37;

void require(cudaError_t status) {
  if (status == cudaSuccess) return;
  std::fprintf(stderr, "embed_cuda: %s\n", cudaGetErrorString(status));
  std::exit(EXIT_FAILURE);
}

struct Sum {
  unsigned long long cells;  // that are not missing
  unsigned long long codes;
  double fractions;  // of real columns
};

__device__ std::uint32_t cell_of(const cuvae::CudaColumn& column, std::size_t row) {
  switch (column.width) {
    case 1:
      return static_cast<const std::uint8_t*>(column.cells)[row];
    case 2:
      return static_cast<const std::uint16_t*>(column.cells)[row];
    default:
      return static_cast<const std::uint32_t*>(column.cells)[row];
  }
}

// One block adds up a column of numbers.
__global__ void add_column(cuvae::CudaColumn column, unsigned rows, Sum* sum) {
  Sum mine{};
  for (unsigned r = threadIdx.x; r < rows; r += threads) {
    const std::uint32_t cell = cell_of(column, r);
    if (column.may_be_missing && cell == cuvae::cuda_missing_cell) continue;
    ++mine.cells;
    if (column.real) {
      mine.fractions += static_cast<double>(__uint_as_float(cell));
    } else {
      mine.codes += cell;
    }
  }
  __shared__ Sum partial[threads];
  partial[threadIdx.x] = mine;
  for (unsigned half = threads / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x >= half) continue;
    const Sum& other = partial[threadIdx.x + half];
    partial[threadIdx.x].cells += other.cells;
    partial[threadIdx.x].codes += other.codes;
    partial[threadIdx.x].fractions += other.fractions;
  }
  if (threadIdx.x == 0) *sum = partial[0];
}

double mean_of(const Sum& sum, const cuvae::CudaColumn& column, const cuvae::ColumnSchema& schema) {
  const auto cells = static_cast<double>(sum.cells);
  if (column.real) {
    return schema.minimum + sum.fractions / cells * (schema.maximum - schema.minimum);
  }
  return (static_cast<double>(column.first) + static_cast<double>(sum.codes) / cells) *
         std::pow(10, -column.decimals);
}

void print_commonest(const cuvae::CudaColumn& column, const cuvae::ColumnSchema& schema,
                     unsigned rows, cudaStream_t stream) {
  std::vector<std::uint64_t> counts(schema.labels.size());
  const std::size_t bytes = counts.size() * sizeof(std::uint64_t);
  std::uint64_t* found = nullptr;
  require(cudaMallocAsync(&found, bytes, stream));
  cuvae::cuda_count_codes({column.cells, column.width, column.span + 1}, rows, found, stream);
  require(cudaMemcpyAsync(counts.data(), found, bytes, cudaMemcpyDeviceToHost, stream));
  require(cudaFreeAsync(found, stream));
  require(cudaStreamSynchronize(stream));
  const auto most = std::max_element(counts.begin(), counts.end());
  std::printf("%s\t%llu\t%s\n", schema.name.c_str(), static_cast<unsigned long long>(*most),
              schema.labels[static_cast<std::size_t>(most - counts.begin())].c_str());
}

void print_mean(const cuvae::CudaColumn& column, const cuvae::ColumnSchema& schema, unsigned rows,
                cudaStream_t stream) {
  Sum sum{};
  Sum* found = nullptr;
  require(cudaMallocAsync(&found, sizeof sum, stream));
  add_column<<<1, threads, 0, stream>>>(column, rows, found);
  require(cudaGetLastError());
  require(cudaMemcpyAsync(&sum, found, sizeof sum, cudaMemcpyDeviceToHost, stream));
  require(cudaFreeAsync(found, stream));
  require(cudaStreamSynchronize(stream));
  std::printf("%s\t%llu\t%.6f\n", schema.name.c_str(), sum.cells, mean_of(sum, column, schema));
}

int run(const char* path, unsigned rows) {
  // The GPU's context is being created while the model is read.
  const std::future<void> warm = cuvae::warm_up_cuda(0);
  const cuvae::CudaGenerator generator(cuvae::load_model(path), 0);
  std::vector<cuvae::CudaColumn> columns = generator.formats();

  cudaStream_t stream = nullptr;
  require(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  for (cuvae::CudaColumn& column : columns) {
    require(cudaMallocAsync(&column.cells, std::size_t{rows} * column.width, stream));
  }
  generator.codes(seed, /*first_row=*/0, rows, columns, stream);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const cuvae::ColumnSchema& schema = generator.schema().columns[c];
    const auto print = cuvae::is_coded(schema.kind) ? print_commonest : print_mean;
    print(columns[c], schema, rows, stream);
  }
  for (const cuvae::CudaColumn& column : columns) require(cudaFreeAsync(column.cells, stream));
  require(cudaStreamSynchronize(stream));
  require(cudaStreamDestroy(stream));
  return EXIT_SUCCESS;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: embed_cuda MODEL.safetensors [ROWS]\n");
    return 2;
  }
  try {
    return run(arguments[1], count > 2
                                 ? static_cast<unsigned>(std::strtoul(arguments[2], nullptr, 10))
                                 : 100'000);
  } catch (const cuvae::Error& error) {
    std::fprintf(stderr, "embed_cuda: %s\n", error.what());
    return static_cast<int>(error.kind());
  }
}
