// cuvae inside a CUDA program: generate rows straight into device memory and go on with them there,
// all in one stream. Usage: embed_cuda MODEL.safetensors [ROWS]
//
// Here the "going on" is the mean of each encoded column. No row ever reaches the host.
#include <cstdio>
#include <cstdlib>
#include <cuda_runtime.h>
#include <vector>

#include <cuvae/cuda.hpp>
#include <cuvae/error.hpp>
#include <cuvae/model.hpp>

namespace {

constexpr unsigned threads = 256;

void require(cudaError_t status) {
  if (status == cudaSuccess) return;
  std::fprintf(stderr, "embed_cuda: %s\n", cudaGetErrorString(status));
  std::exit(EXIT_FAILURE);
}

// A block adds up one column of rows [rows, columns].
__global__ void add_columns(const float* rows, unsigned row_count, unsigned columns, float* sums) {
  __shared__ float partial[threads];
  float sum = 0;
  for (unsigned r = threadIdx.x; r < row_count; r += threads) {
    sum += rows[static_cast<std::size_t>(r) * columns + blockIdx.x];
  }
  partial[threadIdx.x] = sum;
  for (unsigned half = threads / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half) partial[threadIdx.x] += partial[threadIdx.x + half];
  }
  if (threadIdx.x == 0) sums[blockIdx.x] = partial[0];
}

int run(const char* path, unsigned row_count) {
  // The GPU's context is being created while the model is read.
  const std::future<void> warm = cuvae::warm_up_cuda(0);
  const cuvae::Model model = cuvae::load_model(path);
  const cuvae::CudaGenerator generator(model.network, 0);
  const unsigned columns = generator.columns();

  cudaStream_t stream = nullptr;
  float* rows = nullptr;
  float* sums = nullptr;
  std::vector<float> host_sums(columns);
  require(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  require(cudaMallocAsync(&rows, sizeof(float) * row_count * columns, stream));
  require(cudaMallocAsync(&sums, sizeof(float) * columns, stream));

  generator.rows(/*seed=*/37, /*first_row=*/0, row_count, rows, /*stride=*/columns, stream);
  add_columns<<<columns, threads, 0, stream>>>(rows, row_count, columns, sums);
  require(cudaGetLastError());
  require(cudaMemcpyAsync(host_sums.data(), sums, sizeof(float) * columns, cudaMemcpyDeviceToHost,
                          stream));
  require(cudaStreamSynchronize(stream));
  for (unsigned c = 0; c < columns; ++c) {
    std::printf("%s,%.4f\n", model.schema.columns[c].name.c_str(),
                static_cast<double>(host_sums[c]) / row_count);
  }

  require(cudaFreeAsync(sums, stream));
  require(cudaFreeAsync(rows, stream));
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
