// Rows of the recipes of tokens from the GPU: the cells that the CPU makes, whatever is asked.
#include <algorithm>
#include <atomic>

#include "kernels/tokens/reference.hpp"
#include "models/tokens/backend.hpp"
#include "models/tokens/cuda/decoder.hpp"
#include "published/wanted_rows.hpp"
#include "runtime/cuda/device_copy.hpp"
#include "runtime/cuda/gpu_test.hpp"
#include "support/threads.hpp"
#include "tokenizer/tables.hpp"

namespace cuvae {
namespace {

constexpr std::uint64_t seed = 0x1234567890abcdefULL;

// A network that nobody trained, with numbers everywhere, so that its tokens depend on each other;
// second tokens fall on parts that a group has not got, too.
TokenNetwork random_tokens(const TokenShape& shape, const Tokenizer& tokenizer) {
  TokenNetwork network{shape, plain::initial_parameters(shape, tokenizer, 7), {}};
  for (const ParameterBlock& block : blocks_of(shape)) {
    for (std::uint32_t row = 0; row < block.rows; ++row) {
      for (std::uint32_t column = 0; column < block.columns; ++column) {
        const std::size_t p = block.offset + std::size_t{row} * block.stride + column;
        network.parameters[p] = std::max(-3.0F, 0.7F * network.parameters[p]) +
                                0.4F * std::sin(static_cast<float>(p % 1009));
      }
    }
  }
  return network;
}

struct Job {
  Schema schema;
  Tokenizer tokenizer;
  TokenNetwork network;
  TokenOutput output;

  Job(const Table& table, const std::string& recipe, std::uint32_t latent,
      const std::function<void(TokenShape&)>& change = {})
      : schema(make_schema(table)),
        tokenizer(tokenizer_of(table, recipe)),
        network(network_of(tokenizer, recipe, latent, change)),
        output(schema, tokenizer) {}
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

 private:
  static Tokenizer tokenizer_of(const Table& table, const std::string& recipe) {
    TokenizerOptions options;
    options.second_tokens = recipe == "best";
    Monitor quiet;
    return tokenize(table, options, quiet).tokenizer;
  }
  static TokenNetwork network_of(const Tokenizer& tokenizer, const std::string& recipe,
                                 std::uint32_t latent,
                                 const std::function<void(TokenShape&)>& change) {
    TrainSettings options = recipe_settings(recipe_named(recipe), 0);
    options.latent = latent;
    TokenShape shape = token_shape(tokenizer, options);
    if (change) change(shape);
    check_shape(shape);
    return random_tokens(shape, tokenizer);
  }
};

// Two tokens, joined columns, missing cells, ranges in ticks and of real numbers.
Table test_table() {
  Table table = test::mixed_table(10'000, 600, 12);
  std::mt19937_64 random(4);
  std::vector<double> wide, fine;
  for (std::uint64_t r = 0; r < table.rows; ++r) {
    const double u = static_cast<double>(random() >> 11) * 0x1p-53;
    wide.push_back(std::exp(40 * u - 20));
    fine.push_back(r % 11 == 0 ? std::numeric_limits<double>::quiet_NaN() : std::round(u * 5e6));
  }
  table.columns.push_back(test::number_column("wide", wide, 12));
  table.columns.push_back(test::number_column("fine", fine, 0));
  return table;
}

void expect_same(const Job& job, const RowBlock& got, const RowBlock& wanted) {
  ASSERT_EQ(got.first_row, wanted.first_row);
  ASSERT_EQ(got.rows, wanted.rows);
  for (std::size_t c = 0; c < job.output.codings().size(); ++c) {
    for (std::uint32_t r = 0; r < got.rows; ++r) {
      ASSERT_EQ(cell_of(job.output.codings()[c], got.columns[c], r),
                cell_of(job.output.codings()[c], wanted.columns[c], r))
          << "row " << got.first_row + r << ", column " << c;
    }
  }
}

std::unique_ptr<RowGenerator> on_cpu(const Job& job, unsigned workers, std::uint32_t block_rows) {
  return make_cpu_token_backend(1)->generator(job.network, job.output,
                                              {seed, 0, block_rows, workers, block_rows});
}

// All rows, block by block.
void expect_rows(const Job& job, RowGenerator& generator, std::uint64_t first_row,
                 std::uint32_t rows, std::uint32_t block_rows) {
  const std::unique_ptr<RowGenerator> cpu = on_cpu(job, 1, block_rows);
  for (std::uint32_t done = 0; done < rows; done += block_rows) {
    const std::uint32_t count = std::min(block_rows, rows - done);
    expect_same(job, generator.codes(0, first_row + done, count),
                cpu->codes(0, first_row + done, count));
    if (::testing::Test::HasFatalFailure()) return;
  }
}

void expect_rows(const Job& job, std::uint64_t first_row, std::uint32_t rows,
                 std::uint32_t block_rows) {
  const auto generator = cuda::make_cuda_token_generator(
      0, job.network, job.output, seed, 1, block_rows, first_row, rows, cuda::WorkAhead{20'000, 3});
  expect_rows(job, *generator, first_row, rows, block_rows);
}

class TokenGenerationOnGpu : public GpuTest {};

TEST_F(TokenGenerationOnGpu, AnyNumberOfRows) {
  const Table table = test_table();
  const Job job(table, "best", 4);
  ASSERT_TRUE(std::any_of(job.tokenizer.tokens.begin(), job.tokenizer.tokens.end(),
                          [](const Token& token) { return token.parent >= 0; }));
  ASSERT_TRUE(std::any_of(job.output.codings().begin(), job.output.codings().end(),
                          [](const ColumnCoding& coding) { return coding.real; }));
  for (const std::uint32_t rows : {1U, 31U, 33U, 64U, 65U, 501U}) {
    SCOPED_TRACE(rows);
    expect_rows(job, 0, rows, rows);
    expect_rows(job, (std::uint64_t{1} << 32) - 40, rows, 47);
    if (HasFatalFailure()) return;
  }
  expect_rows(job, (std::uint64_t{1} << 45) + 3, 130, 130);
  expect_rows(job, ~std::uint64_t{0} - 99, 100, 30);
}

// More than run at a time, so that blocks go on to other rows.
TEST_F(TokenGenerationOnGpu, MoreRowsThanTheDeviceHolds) {
  int processors = 0;
  ASSERT_EQ(cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, 0), cudaSuccess);
  constexpr std::uint32_t rows_of_processor = 4 * cuda::most_token_warps * 32;
  const std::uint32_t rows = static_cast<std::uint32_t>(processors) * rows_of_processor + 200;
  const Table table = test::mixed_table(2000, 50, 3);
  for (const char* recipe : {"best", "fast"}) {
    const Job job(table, recipe, 4);
    expect_rows(job, 6, rows, rows);
    if (HasFatalFailure()) return;
  }
}

TEST_F(TokenGenerationOnGpu, RecipesAndLatents) {
  const Table table = test_table();
  for (const auto& [recipe, latent] : {std::pair{"fast", 4U},
                                       {"fast", 7U},
                                       {"best", 0U},
                                       {"best", 1U},
                                       {"best", 5U},
                                       {"best", 16U}}) {
    SCOPED_TRACE(std::string(recipe) + ", latent " + std::to_string(latent));
    const Job job(table, recipe, latent);
    expect_rows(job, 77, 150, 150);
    if (HasFatalFailure()) return;
  }
}

TEST_F(TokenGenerationOnGpu, OtherWidths) {
  const Table table = test_table();
  for (const std::uint32_t hidden : {1U, 7U, 16U, 17U, 30U}) {
    SCOPED_TRACE(hidden);
    const Job job(table, "best", 3, [&](TokenShape& shape) { shape.decoder = {hidden}; });
    expect_rows(job, 9, 100, 100);
    if (HasFatalFailure()) return;
  }
  for (const std::vector<std::uint32_t>& widths :
       {std::vector<std::uint32_t>{32}, {9, 32}, {32, 17}, {32, 32, 32}}) {
    const Job job(table, "fast", 16, [&](TokenShape& shape) { shape.decoder = widths; });
    expect_rows(job, 10, 100, 100);
    if (HasFatalFailure()) return;
  }
}

// 140 tokens, and blocks as small as on devices of little shared memory.
TEST_F(TokenGenerationOnGpu, ManyTokensAndSmallBlocks) {
  Table table;
  table.rows = 500;
  std::mt19937_64 random(9);
  for (std::uint32_t c = 0; c < 70; ++c) {
    std::vector<std::uint32_t> codes;
    const std::uint32_t labels = c % 3 == 0 ? 2 + c : 40 + 3 * c;
    for (std::uint32_t r = 0; r < table.rows; ++r) {
      codes.push_back(static_cast<std::uint32_t>(random() % labels));
    }
    table.columns.push_back(test::label_column(std::to_string(c), codes, labels));
  }
  const Job job(table, "best", 4);
  EXPECT_GT(job.tokenizer.tokens.size(), 100U);
  for (const std::uint32_t warps : {4U, 2U, 1U}) {
    SCOPED_TRACE(warps);
    cuda::RowPrefetcher generator(
        0, std::make_unique<cuda::TokenDecoder>(job.network, job.output, 0, CudaAllocator{}, warps),
        job.output.codings(), seed, 1, 90, 5, 190);
    expect_rows(job, generator, 5, 190, 90);
    if (HasFatalFailure()) return;
  }
}

// Rows in the caller's memory and stream, through the public header.
TEST_F(TokenGenerationOnGpu, InTheCallersMemory) {
  constexpr std::uint32_t rows = 300;
  const Job job(test_table(), "best", 4);
  Model model;
  model.schema = job.schema;
  model.network = TokenModel{job.tokenizer, job.network};
  const CudaGenerator generator(model, 0);
  EXPECT_EQ(generator.schema(), job.output.schema());
  std::vector<CudaColumn> columns = generator.formats();
  ASSERT_EQ(columns.size(), job.output.codings().size());
  ASSERT_EQ(columns.size(), generator.columns());
  const cuda::Stream stream;
  std::vector<cuda::DeviceArray<std::byte>> cells;
  for (CudaColumn& column : columns) {
    cells.push_back(room_for<std::byte>(std::size_t{rows} * column.width, stream));
    column.cells = cells.back().get();
  }
  generator.codes(seed, 40, rows, columns, stream.get());
  const auto cpu = on_cpu(job, 1, rows);
  const RowBlock& wanted = cpu->codes(0, 40, rows);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const ColumnCoding& coding = job.output.codings()[c];
    EXPECT_EQ(columns[c].may_be_missing, coding.may_be_missing);
    const auto got = to_host(cells[c].get(), std::size_t{rows} * columns[c].width + 1, stream);
    EXPECT_EQ(got.back(), std::byte{0x5A}) << "behind column " << c;
    for (std::uint32_t r = 0; r < rows; ++r) {
      ASSERT_EQ(cell_of(coding, got.data(), r), cell_of(coding, wanted.columns[c], r))
          << "row " << r << ", column " << c;
    }
  }
  EXPECT_THROW(generator.rows(seed, 0, 1, nullptr, 1000, stream.get()), Error);
  for (const auto& change : std::vector<std::function<void(CudaColumn&)>>{
           [](CudaColumn& column) { ++column.span; },
           [](CudaColumn& column) { column.real = !column.real; },
           [](CudaColumn& column) { column.width = 8; }}) {
    std::vector<CudaColumn> changed = columns;
    change(changed[2]);
    EXPECT_THROW(generator.codes(seed, 0, 1, changed, stream.get()), Error);
  }
  model.schema.columns.pop_back();
  EXPECT_THROW(CudaGenerator(model, 0), Error);
}

TEST_F(TokenGenerationOnGpu, NothingToChoose) {
  Table table;
  table.rows = 40;
  table.columns = {test::label_column("constant", std::vector<std::uint32_t>(40, 0), 1)};
  const Job job(table, "best", 4);
  ASSERT_TRUE(job.tokenizer.tokens.empty());
  expect_rows(job, 0, 70, 70);
}

TEST_F(TokenGenerationOnGpu, SeveralWorkersInAnyOrder) {
  const Table table = test_table();
  const Job job(table, "best", 4);
  constexpr std::uint32_t block_rows = 97;
  constexpr std::uint32_t blocks = 18;
  constexpr unsigned workers = 3;
  const std::unique_ptr<RowGenerator> cpu = on_cpu(job, 1, block_rows * blocks);
  const RowBlock& wanted = cpu->codes(0, 11, block_rows * blocks);
  for (const std::uint32_t pieces : {1U, 3U}) {
    const auto generator = cuda::make_cuda_token_generator(
        0, job.network, job.output, seed, workers, block_rows, 11,
        std::uint64_t{block_rows} * blocks, cuda::WorkAhead{10'000, pieces});
    std::atomic<std::uint32_t> next{0};
    std::atomic<int> wrong{0};
    run_on_threads(workers, [&](unsigned worker) {
      for (std::uint32_t b; (b = next.fetch_add(1)) < blocks;) {
        const RowBlock& block =
            generator->codes(worker, 11 + std::uint64_t{b} * block_rows, block_rows);
        for (std::size_t c = 0; c < block.columns.size(); ++c) {
          const ColumnCoding& coding = job.output.codings()[c];
          for (std::uint32_t r = 0; r < block_rows; ++r) {
            if (cell_of(coding, block.columns[c], r) !=
                cell_of(coding, wanted.columns[c], b * block_rows + r)) {
              ++wrong;
            }
          }
        }
      }
    });
    EXPECT_EQ(wrong, 0) << pieces << " pieces";
  }
}

TEST_F(TokenGenerationOnGpu, RefusesWhatItCannotDo) {
  const Table table = test_table();
  const Job job(table, "best", 4);
  const auto generator =
      cuda::make_cuda_token_generator(0, job.network, job.output, seed, 1, 10, 0, 100);
  EXPECT_THROW(generator->codes(0, 0, 11), Error);
  const Job wide(table, "best", 4, [](TokenShape& shape) { shape.decoder = {33}; });
  EXPECT_EQ(cuda::beyond_device(job.network.shape, job.output), "");
  const std::string problem = cuda::beyond_device(wide.network.shape, wide.output);
  EXPECT_NE(problem.find("33"), std::string::npos) << problem;
  try {
    cuda::make_cuda_token_generator(0, wide.network, wide.output, seed, 1, 10, 0, 100);
    FAIL() << "a width of 33 was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_EQ(error.what(), problem);
  }
  Table broad;
  broad.rows = 3;
  for (std::uint32_t c = 0; c <= cuda::most_token_columns; ++c) {
    broad.columns.push_back(test::label_column(std::to_string(c), {0, 0, 0}, 1));
  }
  const Job many(broad, "best", 4);
  EXPECT_NE(cuda::beyond_device(many.network.shape, many.output).find("385 columns"),
            std::string::npos);
}

}  // namespace
}  // namespace cuvae
