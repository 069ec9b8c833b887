// Rows in the caller's device memory, in the caller's stream.
#include <memory>

#include <cuvae/error.hpp>

#include "published/wanted_rows.hpp"
#include "runtime/cuda/counting_allocator.hpp"
#include "runtime/cuda/gpu_test.hpp"
#include "runtime/cuda/handles.hpp"
#include "runtime/cuda/memory.hpp"

namespace cuvae {
namespace {

using cuda::DeviceArray;

constexpr std::uint64_t seed = 99;
constexpr std::size_t guard = 256;  // bytes in front of and behind what a kernel may write
constexpr int guard_value = 0x5a;

// Device memory between two guards, all of it filled with the guards' value.
class GuardedBytes {
 public:
  GuardedBytes(std::size_t bytes, cudaStream_t stream)
      : bytes_(bytes), memory_(bytes + 2 * guard, stream, {}, "a test") {
    CUVAE_CUDA(cudaMemsetAsync(memory_.get(), guard_value, memory_.size(), stream));
  }
  std::byte* get() const { return memory_.get() + guard; }

  // The bytes between the guards; fails where a guard was touched.
  std::vector<std::byte> take(cudaStream_t stream) const {
    std::vector<std::byte> all(memory_.size());
    CUVAE_CUDA(
        cudaMemcpyAsync(all.data(), memory_.get(), all.size(), cudaMemcpyDeviceToHost, stream));
    CUVAE_CUDA(cudaStreamSynchronize(stream));
    for (std::size_t i = 0; i < guard; ++i) {
      EXPECT_EQ(all[i], std::byte{guard_value}) << "byte " << i << " of the guard in front";
      EXPECT_EQ(all[all.size() - 1 - i], std::byte{guard_value})
          << "byte " << guard - 1 - i << " of the guard behind";
    }
    return {all.begin() + guard, all.begin() + static_cast<std::ptrdiff_t>(guard + bytes_)};
  }

 private:
  std::size_t bytes_;
  DeviceArray<std::byte> memory_;
};

class DeviceForm : public GpuTest {
 protected:
  static void expect_floats(const PublishedNetwork& network, std::uint64_t first_row,
                            std::uint32_t rows, std::uint32_t stride,
                            const std::vector<std::byte>& bytes) {
    std::vector<float> out(bytes.size() / sizeof(float));
    std::memcpy(out.data(), bytes.data(), bytes.size());
    float untouched;
    std::memset(&untouched, guard_value, sizeof untouched);
    for (std::uint32_t r = 0; r < rows; ++r) {
      const std::vector<float> wanted = plain::generate_row(network, seed, first_row + r);
      for (std::uint32_t c = 0; c < stride; ++c) {
        ASSERT_EQ(out[std::size_t{r} * stride + c], c < wanted.size() ? wanted[c] : untouched)
            << "row " << first_row + r << ", column " << c;
      }
    }
  }
};

TEST_F(DeviceForm, FloatRowsWriteNothingElse) {
  const cuda::Stream stream;
  for (const PublishedShape& shape :
       {PublishedShape{}, PublishedShape{3, {7, 5}, 2}, PublishedShape{33, {12, 10}, 4}}) {
    const PublishedNetwork network = random_network(shape);
    const CudaGenerator generator(network, 0);
    ASSERT_EQ(generator.columns(), shape.columns);
    for (const std::uint32_t rows : {1U, 31U, 33U, 64U, 257U}) {
      for (const std::uint32_t stride : {shape.columns, shape.columns + 1, shape.columns + 17}) {
        const GuardedBytes out(std::size_t{rows} * stride * sizeof(float), stream.get());
        generator.rows(seed, 7, rows, reinterpret_cast<float*>(out.get()), stride, stream.get());
        expect_floats(network, 7, rows, stride, out.take(stream.get()));
        ASSERT_FALSE(HasFailure()) << rows << " rows, stride " << stride;
      }
    }
  }
}

TEST_F(DeviceForm, CodesWriteNothingElse) {
  const cuda::Stream stream;
  for (const PublishedShape& shape : {PublishedShape{}, PublishedShape{17, {16, 64}, 6}}) {
    const PublishedNetwork network = random_network(shape);
    const std::vector<ColumnCoding> codings = mixed_codings(shape.columns);
    const CudaGenerator generator(network, 0);
    for (const std::uint32_t rows : {1U, 32U, 63U, 255U, 256U, 300U}) {
      std::vector<std::unique_ptr<GuardedBytes>> cells;
      std::vector<CudaColumn> columns;
      for (const ColumnCoding& coding : codings) {
        cells.push_back(
            std::make_unique<GuardedBytes>(std::size_t{rows} * coding.width, stream.get()));
        columns.push_back({cells.back()->get(), coding.span, coding.width, coding.real});
      }
      generator.codes(seed, 1000, rows, columns, stream.get());
      std::vector<std::vector<std::byte>> taken;
      for (const auto& column : cells) taken.push_back(column->take(stream.get()));
      ASSERT_FALSE(HasFailure()) << rows << " rows";
      for (std::uint32_t r = 0; r < rows; ++r) {
        const auto wanted = wanted_row(network, codings, seed, 1000 + r);
        for (std::size_t c = 0; c < wanted.size(); ++c) {
          ASSERT_EQ(cell_of(codings[c], taken[c].data(), r), wanted[c]) << r << ", " << c;
        }
      }
    }
  }
}

// A model's own codes, and what they stand for.
TEST_F(DeviceForm, ModelsSayHowTheirColumnsCome) {
  constexpr std::uint32_t rows = 70;
  Model model;
  const PublishedNetwork network = random_network({3, {7, 5}, 2});
  model.network = network;
  model.schema.columns.resize(3);
  ColumnSchema& place = model.schema.columns[0];
  for (int label = 0; label < 300; ++label) place.labels.push_back(std::to_string(label));
  place.counts.assign(300, 1);
  place.maximum = 299;
  ColumnSchema& amount = model.schema.columns[1];
  amount.kind = ColumnKind::currency;
  amount.minimum = -1.25;
  amount.maximum = 3.5;
  ColumnSchema& share = model.schema.columns[2];
  share.kind = ColumnKind::continuous;
  share.maximum = 1;
  share.decimals = 12;
  const CudaGenerator generator(model, 0);
  EXPECT_EQ(generator.schema(), model.schema);
  std::vector<CudaColumn> columns = generator.formats();
  ASSERT_EQ(columns.size(), 3U);
  EXPECT_EQ(columns[0].span, 299U);
  EXPECT_EQ(columns[0].width, 2U);
  EXPECT_EQ(columns[1].span, 475U);
  EXPECT_EQ(columns[1].first, -125);
  EXPECT_EQ(columns[1].decimals, 2);
  EXPECT_TRUE(columns[2].real);
  const cuda::Stream stream;
  std::vector<std::unique_ptr<GuardedBytes>> cells;
  std::vector<ColumnCoding> codings;
  for (CudaColumn& column : columns) {
    EXPECT_EQ(column.cells, nullptr);
    EXPECT_FALSE(column.may_be_missing);
    cells.push_back(std::make_unique<GuardedBytes>(std::size_t{rows} * column.width, stream.get()));
    column.cells = cells.back()->get();
    codings.push_back({column.real, column.span, column.width});
  }
  generator.codes(seed, 3, rows, columns, stream.get());
  std::vector<std::vector<std::byte>> taken;
  for (const auto& column : cells) taken.push_back(column->take(stream.get()));
  for (std::uint32_t r = 0; r < rows; ++r) {
    const auto wanted = wanted_row(network, codings, seed, 3 + r);
    for (std::size_t c = 0; c < wanted.size(); ++c) {
      ASSERT_EQ(cell_of(codings[c], taken[c].data(), r), wanted[c]) << r << ", " << c;
    }
  }
  model.schema.columns.pop_back();
  EXPECT_THROW(CudaGenerator(model, 0), Error);
}

TEST_F(DeviceForm, CapturedInAGraph) {
  const cuda::Stream stream;
  constexpr std::uint32_t rows = 100;
  for (const PublishedShape& shape : {PublishedShape{}, PublishedShape{5, {6, 7}, 3}}) {
    const PublishedNetwork network = random_network(shape);
    const CudaGenerator generator(network, 0);
    const GuardedBytes out(std::size_t{rows} * shape.columns * sizeof(float), stream.get());
    stream.synchronize();
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t replay = nullptr;
    CUVAE_CUDA(cudaStreamBeginCapture(stream.get(), cudaStreamCaptureModeGlobal));
    generator.rows(seed, 0, rows, reinterpret_cast<float*>(out.get()), shape.columns, stream.get());
    CUVAE_CUDA(cudaStreamEndCapture(stream.get(), &graph));
    CUVAE_CUDA(cudaGraphInstantiate(&replay, graph, 0));
    for (int times = 0; times < 2; ++times) {
      CUVAE_CUDA(cudaMemsetAsync(out.get(), 0, std::size_t{rows} * shape.columns * sizeof(float),
                                 stream.get()));
      CUVAE_CUDA(cudaGraphLaunch(replay, stream.get()));
      expect_floats(network, 0, rows, shape.columns, out.take(stream.get()));
    }
    CUVAE_CUDA(cudaGraphExecDestroy(replay));
    CUVAE_CUDA(cudaGraphDestroy(graph));
  }
}

TEST_F(DeviceForm, MemoryComesFromTheCaller) {
  CountingAllocator allocator;
  const PublishedNetwork network = random_network({9, {8, 7}, 3});
  {
    CudaGenerator generator(network, 0, allocator.hook());
    EXPECT_EQ(allocator.out.size(), 1U);
    CudaGenerator moved = std::move(generator);
    EXPECT_EQ(allocator.out.size(), 1U);
  }
  EXPECT_TRUE(allocator.out.empty());
  allocator.left = 0;
  try {
    const CudaGenerator generator(network, 0, allocator.hook());
    FAIL() << "there was no memory";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::runtime);
    EXPECT_NE(std::string(error.what()).find("bytes asked for the decoder"), std::string::npos)
        << error.what();
  }
  EXPECT_TRUE(allocator.out.empty());
}

TEST_F(DeviceForm, RefusesWrongArguments) {
  const PublishedNetwork network = random_network({});
  const CudaGenerator generator(network, 0);
  const cuda::Stream stream;
  EXPECT_THROW(generator.rows(seed, 0, 1, nullptr, 14, stream.get()), Error);
  EXPECT_THROW(generator.rows(seed, 0, 0x80000001U, nullptr, 15, stream.get()), Error);
  std::vector<CudaColumn> columns(14);
  EXPECT_THROW(generator.codes(seed, 0, 1, columns, stream.get()), Error);
  columns.resize(15);
  columns[3] = {nullptr, 256, 1, false};
  EXPECT_THROW(generator.codes(seed, 0, 1, columns, stream.get()), Error);
  columns[3] = {nullptr, 255, 3, false};
  EXPECT_THROW(generator.codes(seed, 0, 1, columns, stream.get()), Error);
  columns[3] = {nullptr, 1U << 29, 4, false};
  EXPECT_THROW(generator.codes(seed, 0, 1, columns, stream.get()), Error);
  PublishedNetwork cut = network;
  cut.parameters.pop_back();
  EXPECT_THROW(CudaGenerator(cut, 0), Error);
  EXPECT_EQ(generator.schema(), Schema{});
  for (const CudaColumn& column : generator.formats()) EXPECT_TRUE(column.real);
  // Nothing to do is not an error.
  generator.rows(seed, 0, 0, nullptr, 15, stream.get());
  stream.synchronize();
}

}  // namespace
}  // namespace cuvae
