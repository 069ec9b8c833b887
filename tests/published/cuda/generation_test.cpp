// Rows for the host: the same bits as the plain loops have, from either back end, in whatever
// pieces they are asked for.
#include <algorithm>
#include <memory>

#include "models/published/cuda/decoder.hpp"
#include "published/wanted_rows.hpp"
#include "runtime/cuda/gpu_test.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

constexpr std::uint64_t seed = 0x1234567890abcdefULL;

struct Job {
  PublishedNetwork network;
  std::vector<ColumnCoding> codings;
  ScaledOutput output{codings};

  explicit Job(const PublishedShape& shape)
      : network(random_network(shape)), codings(mixed_codings(shape.columns)) {}
};

void expect_block(const Job& job, const RowBlock& block) {
  for (std::uint32_t r = 0; r < block.rows; ++r) {
    const auto wanted = wanted_row(job.network, job.codings, seed, block.first_row + r);
    for (std::size_t c = 0; c < wanted.size(); ++c) {
      ASSERT_EQ(cell_of(job.codings[c], block.columns[c], r), wanted[c])
          << "row " << block.first_row + r << ", column " << c;
    }
  }
}

void expect_floats(const Job& job, ScaledRowGenerator& generator, std::uint64_t first_row,
                   std::uint32_t rows) {
  const std::uint32_t columns = job.network.shape.columns;
  const std::uint32_t stride = columns + 3;
  std::vector<float> out(std::size_t{rows} * stride, -1.0F);
  generator.floats(0, first_row, rows, out.data(), stride);
  for (std::uint32_t r = 0; r < rows; ++r) {
    const std::vector<float> wanted = plain::generate_row(job.network, seed, first_row + r);
    for (std::uint32_t c = 0; c < stride; ++c) {
      ASSERT_EQ(out[std::size_t{r} * stride + c], c < columns ? wanted[c] : -1.0F)
          << "row " << first_row + r << ", column " << c;
    }
  }
}

// The one test body: every way of asking a back end's generator.
template <class MakeGenerator>
void expect_all_rows(const PublishedShape& shape, std::uint64_t first_row, std::uint32_t rows,
                     std::uint32_t block_rows, MakeGenerator&& make) {
  const Job job(shape);
  const std::unique_ptr<ScaledRowGenerator> generator = make(job, 1U, block_rows, first_row, rows);
  for (std::uint32_t done = 0; done < rows; done += block_rows) {
    const std::uint32_t count = std::min(block_rows, rows - done);
    const RowBlock& block = generator->codes(0, first_row + done, count);
    ASSERT_EQ(block.first_row, first_row + done);
    ASSERT_EQ(block.rows, count);
    expect_block(job, block);
    if (::testing::Test::HasFatalFailure()) return;
  }
  expect_floats(job, *generator, first_row, std::min(rows, block_rows));
}

constexpr auto make_on_cpu = [](const Job& job, unsigned workers, std::uint32_t block_rows,
                                std::uint64_t first_row, std::uint64_t rows) {
  return make_cpu_published_backend(1)->generator(job.network, job.output,
                                                  {seed, first_row, rows, workers, block_rows});
};

constexpr auto make_on_gpu = [](const Job& job, unsigned workers, std::uint32_t block_rows,
                                std::uint64_t first_row, std::uint64_t rows) {
  constexpr cuda::WorkAhead small_pieces{20'000, 3};
  return cuda::make_cuda_published_generator(0, job.network, job.codings, seed, workers, block_rows,
                                             first_row, rows, small_pieces);
};

struct Case {
  PublishedShape shape;
  std::uint64_t first_row;
  std::uint32_t rows;
  std::uint32_t block_rows;
};

const Case cases[] = {
    {{}, 0, 1, 1},
    {{}, 0, 31, 31},
    {{}, 5, 33, 7},
    {{}, 1, 499, 100},
    {{}, 0, 501, 501},
    {{}, 0xffffffffULL - 100, 513, 256},
    {{}, 0xfffffffffffULL, 1500, 250},
    {{}, 0xffffffffffffffffULL - 99, 100, 30},
    {{1, {1, 1}, 1}, 0, 65, 65},
    {{2, {3, 2}, 2}, 3, 33, 10},
    {{15, {12, 10}, 5}, 0, 129, 64},
    {{16, {8, 8}, 4}, 0, 64, 64},
    {{17, {33, 9}, 3}, 0, 70, 33},
    {{33, {10, 12}, 8}, 0, 70, 33},
    {{64, {64, 64}, 16}, 0xffffffffULL - 20, 70, 70},
};

TEST(GenerationOnCpu, SameBitsAsPlainLoops) {
  for (const Case& c : cases) {
    expect_all_rows(c.shape, c.first_row, c.rows, c.block_rows, make_on_cpu);
    ASSERT_FALSE(HasFatalFailure());
  }
}

class GenerationOnGpu : public GpuTest {};

TEST_F(GenerationOnGpu, SameBitsAsPlainLoops) {
  for (const Case& c : cases) {
    expect_all_rows(c.shape, c.first_row, c.rows, c.block_rows, make_on_gpu);
    ASSERT_FALSE(HasFatalFailure());
  }
}

TEST_F(GenerationOnGpu, SeveralWorkersInAnyOrder) {
  const Job job(PublishedShape{});
  constexpr std::uint32_t block_rows = 97;
  constexpr std::uint32_t blocks = 24;
  constexpr unsigned workers = 3;
  for (const std::uint32_t pieces : {1U, 2U, 4U}) {
    const auto generator = cuda::make_cuda_published_generator(
        0, job.network, job.codings, seed, workers, block_rows, 11,
        std::uint64_t{block_rows} * blocks, cuda::WorkAhead{10'000, pieces});
    std::atomic<std::uint32_t> next{0};
    std::atomic<int> wrong{0};
    run_on_threads(workers, [&](unsigned worker) {
      for (std::uint32_t b; (b = next.fetch_add(1)) < blocks;) {
        const std::uint64_t first = 11 + std::uint64_t{b} * block_rows;
        const RowBlock& block = generator->codes(worker, first, block_rows);
        for (std::uint32_t r = 0; r < block_rows; ++r) {
          const auto wanted = wanted_row(job.network, job.codings, seed, first + r);
          for (std::size_t c = 0; c < wanted.size(); ++c) {
            if (cell_of(job.codings[c], block.columns[c], r) != wanted[c]) ++wrong;
          }
        }
      }
    });
    EXPECT_EQ(wrong, 0) << pieces << " pieces";
  }
}

// Backwards, again, across pieces, far ahead, beyond the end: slower, but never wrong.
TEST_F(GenerationOnGpu, BlocksOutOfOrder) {
  const Job job(PublishedShape{});
  constexpr std::uint32_t block_rows = 50;
  const auto generator = cuda::make_cuda_published_generator(
      0, job.network, job.codings, seed, 2, block_rows, 1000, 2000, cuda::WorkAhead{4000, 2});
  const RowBlock& held = generator->codes(1, 1100, 50);  // keeps its piece
  for (const std::uint64_t first : {2950U, 1000U, 1030U, 1075U, 1000U, 2000U, 2001U, 0U, 5000U}) {
    expect_block(job, generator->codes(0, first, block_rows));
    expect_block(job, generator->codes(0, first + 3, 1));
    ASSERT_FALSE(HasFatalFailure()) << first;
  }
  EXPECT_EQ(held.first_row, 1100U);
  expect_block(job, held);
}

TEST_F(GenerationOnGpu, RefusesWhatItCannotDo) {
  const Job job(PublishedShape{});
  const auto generator =
      cuda::make_cuda_published_generator(0, job.network, job.codings, seed, 1, 10, 0, 100);
  EXPECT_THROW(generator->codes(0, 0, 11), Error);
  EXPECT_THROW(generator->codes(1, 0, 10), Error);
  const Job wide(PublishedShape{65, {12, 10}, 4});
  try {
    make_on_gpu(wide, 1, 10, 0, 10);
    FAIL() << "65 columns were taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_NE(std::string(error.what()).find("65"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("1 to 64"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace cuvae
