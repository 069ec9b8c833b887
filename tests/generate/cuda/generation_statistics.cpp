// Launches each generation kernel and the training kernels of tokens once, for
// scripts/gpu/statistics.sh to count what it executes. Its argument is a table, whose tokenizer the
// recipes of tokens take.
#include <cstdio>
#include <cstring>

#include <cuvae/cuda.hpp>
#include <cuvae/error.hpp>

#include "kernels/published/reference.hpp"
#include "kernels/tokens/reference.hpp"
#include "models/tokens/cuda/decoder.hpp"
#include "models/tokens/cuda/trainer.hpp"
#include "runtime/cuda/handles.hpp"
#include "runtime/cuda/memory.hpp"

namespace cuvae {
namespace {

constexpr std::uint32_t rows = 65'536;

// The card table's columns: 25 bytes a row.
std::vector<CudaColumn> card_columns(std::byte* memory) {
  std::vector<CudaColumn> columns;
  for (const std::uint32_t span : {1999U, 8U, 29U, 11U, 30U, 1439U, 732'069U, 2U, 99'999U, 13'429U,
                                   223U, 27'321U, 108U, 23U, 1U}) {
    const std::uint32_t width = span < 256 ? 1U : span < 65536 ? 2U : 4U;
    columns.push_back({memory, span, width, false});
    memory += std::size_t{rows} * width;
  }
  return columns;
}

void launch_all() {
  const cuda::Stream stream;
  for (const PublishedShape& shape :
       {PublishedShape{}, PublishedShape{15, {24, 20}, 8}, PublishedShape{64, {64, 64}, 16}}) {
    const PublishedNetwork network{shape, plain::initial_parameters(shape, 1), {}};
    const CudaGenerator generator(network, 0);
    const cuda::DeviceArray<float> out(std::size_t{rows} * shape.columns, stream.get(), {}, "rows");
    std::printf("%u columns, hidden widths %u and %u, %u latents: floats\n", shape.columns,
                shape.hidden[0], shape.hidden[1], shape.latent);
    std::fflush(stdout);
    generator.rows(1, 0, rows, out.get(), shape.columns, stream.get());
    stream.synchronize();
    if (shape.columns != 15) continue;
    std::printf("the same: codes\n");
    std::fflush(stdout);
    generator.codes(1, 0, rows, card_columns(reinterpret_cast<std::byte*>(out.get())),
                    stream.get());
    stream.synchronize();
  }
}

// A network that nobody trained; its heads start at the frequencies of the table.
void launch_tokens(const Table& table, const std::string& recipe) {
  Monitor quiet;
  TokenizerOptions how;
  how.second_tokens = recipe == "best";
  const Tokenizer tokenizer = tokenize(table, how, quiet).tokenizer;
  const TokenShape shape = token_shape(tokenizer, recipe_settings(recipe_named(recipe), 0));
  const TokenNetwork network{shape, plain::initial_parameters(shape, tokenizer, 1), {}};
  const TokenOutput output(make_schema(table), tokenizer);
  const cuda::TokenDecoder decoder(network, output, 0, {});
  const cuda::BlockLayout layout(output.codings(), rows);
  const cuda::Stream stream;
  const cuda::DeviceArray<std::byte> memory(layout.bytes(), stream.get(), {}, "rows");
  std::size_t products = 0;
  std::uint32_t bytes = 0;
  for (const Token& token : shape.tokens) {
    products += std::size_t{shape.decoder.back()} * token.choices;
  }
  for (const ColumnCoding& coding : output.codings()) bytes += coding.width;
  std::printf("%s: %zu tokens, %zu weights of heads, %u bytes a row\n", recipe.c_str(),
              shape.tokens.size(), products, bytes);
  std::fflush(stdout);
  decoder.codes({1, 0, rows}, layout.columns(memory.get()), stream.get());
  stream.synchronize();
}

// One step of the default batch in separate kernels, as nothing waits in them.
void count_training(const Table& table, const std::string& recipe) {
  Monitor quiet;
  TokenizerOptions how;
  how.second_tokens = recipe == "best";
  const TokenizedTable coded = tokenize(table, how, quiet);
  TrainSettings options = recipe_settings(recipe_named(recipe), 0);
  options.epochs = 1;
  TokenMatrix batch(options.batch_size, coded.data.tokens());
  for (std::uint32_t r = 0; r < options.batch_size; ++r) {
    std::memcpy(batch.row(r), coded.data.row(r % table.rows), batch.stride());
  }
  const TokenShape shape = token_shape(coded.tokenizer, options);
  std::printf("%s: training, a step of %u rows, %zu parameters\n", recipe.c_str(),
              options.batch_size, parameter_count(shape));
  std::fflush(stdout);
  cuda::TokenTrainer(0, batch, coded.tokenizer, options,
                     {cuda::TokenLauncher::separate, 1, 1 << 20}, {}, quiet)
      .run({});
}

}  // namespace
}  // namespace cuvae

int main(int count, char** arguments) {
  try {
    cuvae::launch_all();
    if (count > 1) {
      cuvae::Monitor quiet;
      const cuvae::Table table = cuvae::read_csv(arguments[1], {}, quiet);
      for (const char* recipe : {"best", "fast"}) {
        cuvae::launch_tokens(table, recipe);
        cuvae::count_training(table, recipe);
      }
    }
  } catch (const cuvae::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(error.kind());
  }
}
