// Encoding on the device gives the bits of encode().
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include <cuvae/cuda_encode.hpp>
#include <cuvae/error.hpp>
#include <cuvae/matrix.hpp>

#include "kernels/arithmetic/scalar_ops.hpp"
#include "runtime/cuda/device_copy.hpp"
#include "runtime/cuda/gpu_test.hpp"

namespace cuvae {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

class Encode : public GpuTest {};

Column coded_column(const std::string& name, std::uint64_t rows, std::size_t labels) {
  std::mt19937 engine(static_cast<unsigned>(labels));
  Column column;
  column.name = name;
  column.kind = ColumnKind::label;
  for (std::size_t i = 0; i < labels; ++i) column.labels.push_back("label " + std::to_string(i));
  column.codes = CodeVector(rows, labels);
  column.counts.assign(labels, 0);
  column.codes.visit([&](auto codes) {
    for (auto& code : codes) {
      const auto number = static_cast<std::uint32_t>(engine() % labels);
      code = static_cast<std::remove_reference_t<decltype(code)>>(number);
      ++column.counts[number];
    }
  });
  return column;
}

Column value_column(const std::string& name, const std::vector<double>& values) {
  Column column;
  column.name = name;
  column.kind = ColumnKind::continuous;
  for (const double value : values) column.missing += std::isnan(value) ? 1 : 0;
  column.values.assign(values.begin(), values.end());
  return column;
}

// All widths of codes; cents, missing values, a single value, a range of all exponents.
Table mixed_table(std::uint64_t rows, std::size_t columns) {
  Table table;
  table.rows = rows;
  std::mt19937_64 engine(rows);
  const auto values = [&](auto draw) {
    std::vector<double> numbers(rows);
    for (double& number : numbers) number = draw();
    numbers[0] = 0.25;  // present in every column
    return numbers;
  };
  for (std::size_t c = 0; c < columns; ++c) {
    const std::string name = "column " + std::to_string(c);
    constexpr std::size_t label_counts[] = {3, 300, 70'000, 1};
    switch (c % 8) {
      case 4:
        table.columns.push_back(value_column(
            name, values([&] {
              return static_cast<double>(static_cast<std::int64_t>(engine() % 100'000) - 5000) /
                     100;
            })));
        break;
      case 5:
        table.columns.push_back(value_column(name, values([&] {
                                               return engine() % 3 == 0
                                                          ? nan
                                                          : static_cast<double>(engine()) * 0x1p-60;
                                             })));
        break;
      case 6:
        table.columns.push_back(value_column(name, std::vector<double>(rows, -7.5)));
        break;
      case 7:
        table.columns.push_back(value_column(
            name, values([&] {
              return std::ldexp(static_cast<double>(engine()), -static_cast<int>(engine() % 1100));
            })));
        break;
      default:
        table.columns.push_back(coded_column(name, rows, label_counts[c % 8]));
    }
  }
  return table;
}

// A table's cells and dictionaries on the device.
struct Uploaded {
  std::vector<cuda::DeviceArray<std::byte>> cells;
  std::vector<cuda::DeviceArray<float>> dictionaries;
  std::vector<CudaEncoding> encodings;

  Uploaded(const Table& table, const Schema& schema, const cuda::Stream& stream) {
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      const Column& column = table.columns[c];
      const ColumnSchema& by = schema.columns[c];
      CudaEncoding& encoding = encodings.emplace_back();
      const auto upload = [&](const auto* first, std::size_t count) {
        encoding.width = sizeof *first;
        std::vector<std::byte> bytes(count * sizeof *first);
        std::memcpy(bytes.data(), first, bytes.size());
        cells.push_back(to_device(bytes, stream));
        encoding.cells = cells.back().get();
      };
      if (is_coded(column.kind)) {
        column.codes.visit([&](auto codes) { upload(codes.data(), codes.size()); });
        dictionaries.push_back(to_device(encoded_labels(by), stream));
        encoding.of_code = dictionaries.back().get();
      } else {
        upload(column.values.data(), column.values.size());
        encoding.minimum = by.minimum;
        encoding.maximum = by.maximum;
        encoding.mean = by.mean;
      }
    }
  }
};

TEST_F(Encode, GivesTheBitsOfTheCpu) {
  const cuda::Stream stream;
  Monitor quiet;
  for (const std::size_t columns : {1U, 8U, 32U, 41U}) {
    for (const std::uint64_t rows : {1U, 31U, 32U, 33U, 257U}) {
      const Table table = mixed_table(rows, columns);
      const Schema schema = make_schema(table);
      const Matrix wanted = encode(table, schema, {1}, quiet);
      const Uploaded uploaded(table, schema, stream);
      const auto stride = static_cast<std::uint32_t>(columns + rows % 3);
      const auto out = room_for<float>(rows * stride, stream);
      const auto bad = room_for<std::uint64_t>(1, stream);
      cuda_encode(uploaded.encodings, rows, out.get(), stride, bad.get(), stream.get());
      EXPECT_EQ(to_host(bad.get(), 1, stream)[0], every_cell_encoded);
      float untouched;
      std::memset(&untouched, 0x5A, sizeof untouched);
      const std::vector<float> made = to_host(out.get(), rows * stride + 1, stream);
      for (std::uint64_t r = 0; r < rows; ++r) {
        for (std::uint32_t c = 0; c < stride; ++c) {
          ASSERT_EQ(ScalarOps::to_bits(made[r * stride + c]),
                    ScalarOps::to_bits(c < columns ? wanted.row(r)[c] : untouched))
              << "row " << r << " of " << rows << ", column " << c << " of " << columns;
        }
      }
      ASSERT_EQ(made.back(), untouched);
    }
  }
}

TEST_F(Encode, NamesTheFirstCellThatCannotBe) {
  const cuda::Stream stream;
  Monitor quiet;
  Table table = mixed_table(100, 6);
  Schema schema = make_schema(table);
  table.columns[4].values[70] = 1e300;
  table.columns[4].values[40] = -std::numeric_limits<double>::infinity();
  table.columns[5].values[40] = 1e300;
  EXPECT_THROW(encode(table, schema, {1}, quiet), Error);
  const Uploaded uploaded(table, schema, stream);
  const auto out = room_for<float>(600, stream);
  const auto bad = room_for<std::uint64_t>(1, stream);
  cuda_encode(uploaded.encodings, 100, out.get(), 6, bad.get(), stream.get());
  EXPECT_EQ(to_host(bad.get(), 1, stream)[0], 40U * 6 + 4);
  cuda_encode(uploaded.encodings, 40, out.get(), 6, bad.get(), stream.get());
  EXPECT_EQ(to_host(bad.get(), 1, stream)[0], every_cell_encoded);
}

TEST_F(Encode, CapturedInAGraph) {
  const cuda::Stream stream;
  Monitor quiet;
  const Table table = mixed_table(65, 8);
  const Schema schema = make_schema(table);
  const Matrix wanted = encode(table, schema, {1}, quiet);
  const Uploaded uploaded(table, schema, stream);
  const auto out = room_for<float>(65 * 8, stream);
  const auto bad = room_for<std::uint64_t>(1, stream);
  stream.synchronize();
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t replay = nullptr;
  CUVAE_CUDA(cudaStreamBeginCapture(stream.get(), cudaStreamCaptureModeGlobal));
  cuda_encode(uploaded.encodings, 65, out.get(), 8, bad.get(), stream.get());
  CUVAE_CUDA(cudaStreamEndCapture(stream.get(), &graph));
  CUVAE_CUDA(cudaGraphInstantiate(&replay, graph, 0));
  CUVAE_CUDA(cudaGraphLaunch(replay, stream.get()));
  const std::vector<float> made = to_host(out.get(), 65 * 8, stream);
  for (std::uint64_t r = 0; r < 65; ++r) {
    ASSERT_TRUE(std::equal(wanted.row(r), wanted.row(r) + 8, made.data() + r * 8)) << r;
  }
  CUVAE_CUDA(cudaGraphExecDestroy(replay));
  CUVAE_CUDA(cudaGraphDestroy(graph));
}

TEST_F(Encode, RefusesWrongArguments) {
  const cuda::Stream stream;
  const float dictionary = 0;
  std::vector<CudaEncoding> columns(2);
  columns[0] = {nullptr, 1, &dictionary, 0, 0, 0};
  columns[1] = {nullptr, 8, nullptr, 0, 1, 0};
  cuda_encode(columns, 0, nullptr, 2, nullptr, stream.get());  // nothing to do is no error
  EXPECT_THROW(cuda_encode(columns, 0, nullptr, 1, nullptr, stream.get()), Error);
  EXPECT_THROW(cuda_encode(columns, 0x80000001U, nullptr, 2, nullptr, stream.get()), Error);
  columns[0].of_code = nullptr;
  EXPECT_THROW(cuda_encode(columns, 0, nullptr, 2, nullptr, stream.get()), Error);
  columns[0] = {nullptr, 3, &dictionary, 0, 0, 0};
  EXPECT_THROW(cuda_encode(columns, 0, nullptr, 2, nullptr, stream.get()), Error);
  columns[0] = {nullptr, 8, nullptr, 0, std::numeric_limits<double>::infinity(), 0};
  EXPECT_THROW(cuda_encode(columns, 0, nullptr, 2, nullptr, stream.get()), Error);
}

}  // namespace
}  // namespace cuvae
