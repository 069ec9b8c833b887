// Devices, errors and memory.
#include <string>

#include <cuvae/error.hpp>

#include "runtime/cuda/devices.hpp"
#include "runtime/cuda/gpu_test.hpp"
#include "runtime/cuda/handles.hpp"
#include "runtime/cuda/memory.hpp"

namespace cuvae {
namespace {

class Driver : public GpuTest {};

template <class F>
Error caught(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return {ErrorKind::runtime, ""};
}

bool says(const Error& error, const std::string& words) {
  return std::string(error.what()).find(words) != std::string::npos;
}

TEST_F(Driver, ListsDevices) {
  const std::vector<DeviceInfo> devices = list_cuda_devices();
  ASSERT_GE(devices.size(), 1U);
  EXPECT_EQ(devices[0].id, "cuda:0");
  EXPECT_FALSE(devices[0].name.empty());
  EXPECT_NE(devices[0].details.find("compute "), std::string::npos) << devices[0].details;
  EXPECT_EQ(cuda::usable_device(0).id, "cuda:0");
}

TEST_F(Driver, NamesTheDevicesThatThereAre) {
  for (const int index : {-1, 1000}) {
    const Error error = caught([&] { cuda::usable_device(index); });
    EXPECT_EQ(error.kind(), ErrorKind::device);
    EXPECT_TRUE(says(error, "no cuda:" + std::to_string(index))) << error.what();
    EXPECT_TRUE(says(error, "cuda:0")) << error.what();
    EXPECT_TRUE(says(error, "`device` cpu")) << error.what();
  }
}

// Runs everywhere: there is either a device, or one entry with the reason.
TEST(DriverAnywhere, MissingDeviceHasAReason) {
  const std::vector<DeviceInfo> devices = list_cuda_devices();
  ASSERT_GE(devices.size(), 1U);
  if (devices[0].usable) GTEST_SKIP() << "there is a device";
  EXPECT_FALSE(devices[0].problem.empty());
  const Error error = caught([] { cuda::usable_device(0); });
  EXPECT_EQ(error.kind(), ErrorKind::device);
  EXPECT_TRUE(says(error, devices[0].problem)) << error.what();
  EXPECT_TRUE(says(error, "`device` cpu")) << error.what();
}

TEST_F(Driver, ErrorsSayWhereWhatAndWhatToDo) {
  const Error error = caught([] { CUVAE_CUDA(cudaSetDevice(1000)); });
  EXPECT_EQ(error.kind(), ErrorKind::device);
  EXPECT_TRUE(says(error, "driver_test.cpp:")) << error.what();
  EXPECT_TRUE(says(error, "cudaSetDevice(1000)")) << error.what();
  EXPECT_TRUE(says(error, "cudaErrorInvalidDevice")) << error.what();
  EXPECT_TRUE(says(error, "cuvae devices")) << error.what();
  EXPECT_EQ(cudaGetLastError(), cudaSuccess) << "the error was left for the next check to meet";
}

TEST_F(Driver, OutOfMemorySaysHowMuchAndWhatToLower) {
  const cuda::Stream stream;
  const std::size_t bytes = std::size_t{1} << 50;
  const Error error = caught([&] {
    const cuda::DeviceArray<std::byte> memory(bytes, stream.get(), {}, "the encoded table");
  });
  EXPECT_EQ(error.kind(), ErrorKind::runtime);
  EXPECT_TRUE(says(error, std::to_string(bytes) + " bytes asked for the encoded table"))
      << error.what();
  EXPECT_TRUE(says(error, "MiB free of")) << error.what();
  EXPECT_TRUE(says(error, "fewer rows")) << error.what();
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
}

TEST_F(Driver, MovedMemoryIsReleasedOnce) {
  const cuda::Stream stream;
  cuda::DeviceArray<int> first(10, stream.get(), {}, "a test");
  int* const memory = first.get();
  cuda::DeviceArray<int> second = std::move(first);
  EXPECT_EQ(second.get(), memory);
  second = cuda::DeviceArray<int>();
  EXPECT_EQ(second.get(), nullptr);
  cuda::PinnedArray<int> pinned(10, "a test");
  EXPECT_EQ(pinned.size(), 10U);
  stream.synchronize();
}

TEST_F(Driver, StreamsWaitForEvents) {
  const cuda::Stream writer;
  const cuda::Stream reader;
  constexpr std::size_t count = 1000;
  cuda::DeviceArray<int> memory(count, writer.get(), {}, "a test");
  cuda::PinnedArray<int> host(count, "a test");
  CUVAE_CUDA(cudaMemsetAsync(memory.get(), 1, count * sizeof(int), writer.get()));
  cuda::Event written;
  written.record(writer);
  cuda::wait_for(reader, written);
  CUVAE_CUDA(cudaMemcpyAsync(host.get(), memory.get(), count * sizeof(int), cudaMemcpyDeviceToHost,
                             reader.get()));
  reader.synchronize();
  for (const int value : host.span()) ASSERT_EQ(value, 0x01010101);
}

TEST_F(Driver, WarmsUpOnAnotherThread) {
  warm_up_cuda(0).get();
  warm_up_cuda(1000).get();  // whoever uses it meets the error, not who warms it up
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
}

}  // namespace
}  // namespace cuvae
