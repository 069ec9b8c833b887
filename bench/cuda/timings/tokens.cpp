// The recipes best and fast: rows, and training by each launcher.
#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include <cuvae/error.hpp>
#include <cuvae/table.hpp>

#include "kernels/tokens/reference.hpp"
#include "models/tokens/cuda/decoder.hpp"
#include "models/tokens/cuda/trainer.hpp"
#include "runtime/cuda/memory.hpp"
#include "timer.hpp"

namespace cuvae::timings {
namespace {

using cuda::DeviceArray;

TokenizedTable tokenized(const Table& table, const std::string& recipe) {
  Monitor quiet;
  TokenizerOptions how;
  how.second_tokens = recipe == "best";
  return tokenize(table, how, quiet);
}

// A network that nobody trained; its heads start at the frequencies of the table.
void time_rows(Timer& timer, const Table& table, const TokenizedTable& coded,
               const std::string& recipe) {
  const std::uint32_t rows = timer.scale().rows(500'000, 256);
  const StopWatch watch;
  const TokenShape shape = token_shape(coded.tokenizer, recipe_settings(recipe_named(recipe), 0));
  const TokenNetwork network{shape, plain::initial_parameters(shape, coded.tokenizer, 1), {}};
  const TokenOutput output(make_schema(table), coded.tokenizer);
  const cuda::TokenDecoder decoder(network, output, 0, {});
  const cuda::BlockLayout layout(output.codings(), rows);
  const DeviceArray<std::byte> memory(layout.bytes(), timer.stream(), {}, "rows");
  const std::vector<cuda::CodeColumn> columns = layout.columns(memory.get());
  timer.line(fmt::format("{}: rows as codes, to device memory", recipe), watch.milliseconds(), rows,
             [&] {
               decoder.codes({1, 0, rows}, columns, timer.stream());
             });
}

template <class T>
DeviceArray<T> uploaded(const std::vector<T>& values, Timer& timer) {
  DeviceArray<T> array(std::max<std::size_t>(values.size(), 1), timer.stream(), {}, "a plan");
  CUVAE_CUDA(cudaMemcpyAsync(array.get(), values.data(), values.size() * sizeof(T),
                             cudaMemcpyHostToDevice, timer.stream()));
  timer.owned_stream().synchronize();
  return array;
}

void time_training(Timer& timer, const TokenizedTable& coded, const std::string& recipe,
                   cuda::TokenLauncher launcher, const char* name) {
  const TrainSettings options = recipe_settings(recipe_named(recipe), 0);
  const std::uint32_t batch_size = timer.scale().rows(options.batch_size, 16);
  const std::uint32_t steps = timer.scale().rows(50, 1);
  const std::uint32_t rows = batch_size * steps;
  const StopWatch watch;
  TokenMatrix data(rows, coded.data.tokens());
  for (std::uint32_t r = 0; r < rows; ++r) {
    std::memcpy(data.row(r), coded.data.row(r % coded.data.rows()), data.stride());
  }
  const TokenShape shape = token_shape(coded.tokenizer, options);
  const cuda::TokenTrainPlan plan =
      cuda::plan_token_training(shape, batch_size, data.stride(), 0, launcher);
  const std::vector<std::uint8_t> bytes(data.row(0),
                                        data.row(0) + std::size_t{rows} * data.stride());
  const auto table = uploaded(bytes, timer);
  const auto tokens = uploaded(plan.tokens, timer);
  const auto tiles = uploaded(plan.tiles, timer);
  const auto scatters = uploaded(plan.scatters, timer);
  const float mean = 1.0F / static_cast<float>(batch_size);
  const auto step = uploaded(std::vector<cuda::TokenStep>(steps, {1e-3F, mean, mean}), timer);
  std::vector<float> numbers = plain::initial_parameters(shape, coded.tokenizer, 1);
  const std::size_t count = numbers.size();
  numbers.resize(3 * count);
  const auto state = uploaded(numbers, timer);
  const DeviceArray<float> losses(std::size_t{2} * steps, timer.stream(), {}, "losses");
  const DeviceArray<std::byte> workspace(plan.workspace_bytes, timer.stream(), {}, "the kernels");
  cuda::TokenTrainSteps work{};
  work.tokens = tokens.get();
  work.tiles = tiles.get();
  work.scatters = scatters.get();
  work.table = table.get();
  work.shuffle = make_shuffle(rows, 1, 0);
  work.seed = 1;
  work.steps = steps;
  work.step = step.get();
  work.parameters = state.get();
  work.moment_1 = state.get() + count;
  work.moment_2 = state.get() + 2 * count;
  work.losses = losses.get();
  timer.line(fmt::format("{}: batch {}, {} steps, {}", recipe, batch_size, steps, name),
             watch.milliseconds(), rows,
             [&] { CUVAE_CUDA(cuda::enqueue_steps(plan, work, workspace.get(), timer.stream())); });
}

}  // namespace

void time_tokens(Timer& timer, const std::string& path) {
  timer.section("The recipes best and fast");
  Monitor quiet;
  const Table table = read_csv(path, {}, quiet);
  for (const std::string recipe : {"best", "fast"}) {
    const TokenizedTable coded = tokenized(table, recipe);
    timer.part(recipe + ": rows", [&] { time_rows(timer, table, coded, recipe); });
    timer.part(recipe + ": training, one launch", [&] {
      time_training(timer, coded, recipe, cuda::TokenLauncher::persistent, "one launch");
    });
    timer.part(recipe + ": training, two kernels a step", [&] {
      time_training(timer, coded, recipe, cuda::TokenLauncher::separate, "two kernels a step");
    });
  }
}

}  // namespace cuvae::timings
