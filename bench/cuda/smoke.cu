// Does this machine's GPU do at all what cuvae's kernels ask of it? Uses nothing of cuvae, so that
// a failure here is the machine's: compiler, driver or card. Prints what it finds; ends with 1
// where something fails.
#include <cooperative_groups.h>
#include <cstdio>
#include <cuda_runtime.h>
#include <vector>

namespace {

int failures = 0;

bool passed(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return true;
  std::printf("FAILED %s: %s (%s)\n", what, cudaGetErrorString(status), cudaGetErrorName(status));
  static_cast<void>(cudaGetLastError());
  ++failures;
  return false;
}

void expect(bool right, const char* what) {
  std::printf("%s %s\n", right ? "passed" : "FAILED", what);
  if (!right) ++failures;
}

__global__ void write_squares(int* out, int count) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < count) out[i] = i % 1024 * (i % 1024);
}

// Each block adds 1 for each round; all meet between rounds, so that all see the sum of a round.
__global__ void meet_in_grid(int* sums, int rounds, int* mistakes) {
  const auto grid = cooperative_groups::this_grid();
  for (int round = 0; round < rounds; ++round) {
    if (threadIdx.x == 0) atomicAdd(&sums[round], 1);
    grid.sync();
    if (threadIdx.x == 0 && sums[round] != static_cast<int>(gridDim.x)) atomicAdd(mistakes, 1);
  }
}

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 900
// Each block reads the number of its neighbour in the cluster from its shared memory.
__global__ void read_neighbour(int* out) {
  __shared__ int number;
  const auto cluster = cooperative_groups::this_cluster();
  const unsigned rank = cluster.block_rank();
  if (threadIdx.x == 0) number = static_cast<int>(rank) * 10;
  cluster.sync();
  const unsigned next = (rank + 1) % cluster.num_blocks();
  if (threadIdx.x == 0) out[rank] = *cluster.map_shared_rank(&number, next);
  cluster.sync();
}
#else
__global__ void read_neighbour(int*) {}
#endif

// Milliseconds for one of many launches, by the device's clock.
float launch_milliseconds(int* out) {
  constexpr int launches = 1000;
  cudaEvent_t begin = nullptr;
  cudaEvent_t end = nullptr;
  float milliseconds = 0;
  if (!passed(cudaEventCreate(&begin), "an event") || !passed(cudaEventCreate(&end), "an event"))
    return 0;
  write_squares<<<1, 32>>>(out, 32);
  passed(cudaEventRecord(begin), "recording");
  for (int i = 0; i < launches; ++i) write_squares<<<1, 32>>>(out, 32);
  passed(cudaEventRecord(end), "recording");
  passed(cudaEventSynchronize(end), "waiting");
  passed(cudaEventElapsedTime(&milliseconds, begin, end), "elapsed time");
  cudaEventDestroy(begin);
  cudaEventDestroy(end);
  return milliseconds / launches;
}

void try_grid(const cudaDeviceProp& properties) {
  if (!properties.cooperativeLaunch) {
    std::printf("no cooperative launch\n");
    return;
  }
  constexpr int rounds = 100;
  int* memory = nullptr;
  if (!passed(cudaMalloc(&memory, (rounds + 1) * sizeof(int)), "memory")) return;
  passed(cudaMemset(memory, 0, (rounds + 1) * sizeof(int)), "memset");
  int* sums = memory;
  int* mistakes = memory + rounds;
  int how_many = rounds;
  void* arguments[] = {&sums, &how_many, &mistakes};
  passed(cudaLaunchCooperativeKernel(reinterpret_cast<const void*>(meet_in_grid),
                                     dim3(static_cast<unsigned>(properties.multiProcessorCount)),
                                     dim3(128), arguments, 0, nullptr),
         "cooperative launch");
  int wrong = -1;
  passed(cudaMemcpy(&wrong, mistakes, sizeof wrong, cudaMemcpyDeviceToHost), "copy");
  expect(wrong == 0, "blocks of a grid meet");
  cudaFree(memory);
}

void try_clusters(const cudaDeviceProp& properties, int* out) {
  if (properties.major < 9) {
    std::printf("no clusters: compute capability %d.%d\n", properties.major, properties.minor);
    return;
  }
  passed(cudaFuncSetAttribute(reinterpret_cast<const void*>(read_neighbour),
                              cudaFuncAttributeNonPortableClusterSizeAllowed, 1),
         "clusters of 16");
  for (const unsigned size : {2U, 4U, 8U, 16U}) {
    cudaLaunchAttribute attribute{};
    attribute.id = cudaLaunchAttributeClusterDimension;
    attribute.val.clusterDim.x = size;
    attribute.val.clusterDim.y = 1;
    attribute.val.clusterDim.z = 1;
    cudaLaunchConfig_t configuration{};
    configuration.gridDim = dim3(size);
    configuration.blockDim = dim3(128);
    configuration.attrs = &attribute;
    configuration.numAttrs = 1;
    int fitting = 0;
    if (cudaOccupancyMaxActiveClusters(&fitting, read_neighbour, &configuration) != cudaSuccess) {
      static_cast<void>(cudaGetLastError());
    }
    std::printf("clusters of %u: %d at a time\n", size, fitting);
    if (fitting == 0) continue;
    if (!passed(cudaLaunchKernelEx(&configuration, read_neighbour, out), "cluster launch"))
      continue;
    std::vector<int> numbers(size);
    passed(cudaMemcpy(numbers.data(), out, size * sizeof(int), cudaMemcpyDeviceToHost), "copy");
    bool right = true;
    for (unsigned rank = 0; rank < size; ++rank) {
      right = right && numbers[rank] == static_cast<int>((rank + 1) % size) * 10;
    }
    expect(right, "blocks of a cluster read each other's shared memory");
  }
}

}  // namespace

int main() {
  int driver = 0;
  int runtime = 0;
  int count = 0;
  cudaDriverGetVersion(&driver);
  cudaRuntimeGetVersion(&runtime);
  std::printf("driver runs CUDA %d, runtime %d\n", driver, runtime);
  if (!passed(cudaGetDeviceCount(&count), "counting devices") || count == 0) return 1;
  cudaDeviceProp properties{};
  if (!passed(cudaGetDeviceProperties(&properties, 0), "properties")) return 1;
  std::printf(
      "%s, compute capability %d.%d, %d multiprocessors, %.1f GiB, %zu bytes of shared memory a "
      "block\n",
      properties.name, properties.major, properties.minor, properties.multiProcessorCount,
      static_cast<double>(properties.totalGlobalMem) / 1073741824.0,
      properties.sharedMemPerBlockOptin);
  constexpr int numbers = 1 << 20;
  int* out = nullptr;
  if (!passed(cudaMalloc(&out, numbers * sizeof(int)), "memory")) return 1;
  write_squares<<<numbers / 256, 256>>>(out, numbers);
  std::vector<int> squares(numbers);
  passed(cudaMemcpy(squares.data(), out, numbers * sizeof(int), cudaMemcpyDeviceToHost), "copy");
  expect(squares[1000] == 1'000'000 && squares[numbers - 1] == 1023 * 1023, "a kernel computes");
  try_grid(properties);
  try_clusters(properties, out);
  std::printf("%.2f us a launch of a small kernel, one behind the other\n",
              1000.0 * static_cast<double>(launch_milliseconds(out)));
  cudaFree(out);
  return failures == 0 ? 0 : 1;
}
