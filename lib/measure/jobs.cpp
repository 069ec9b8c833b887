#include "measure/jobs.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>

#include <cuvae/error.hpp>
#include <cuvae/evaluate.hpp>
#include <cuvae/generate.hpp>

#include "csv/row_formatter.hpp"
#include "generate/row_source.hpp"
#include "measure/operations.hpp"
#include "support/text_buffer.hpp"
#include "support/threads.hpp"

#if defined(CUVAE_HAS_CUDA)
#include "measure/unfused/training.hpp"
#include "models/published/cuda/trainer.hpp"
#endif

namespace cuvae::measure {
namespace {

using Once = std::function<Amount()>;

double size_of(const Table& table) {
  double bytes = 0;
  for (const Column& column : table.columns) {
    bytes += static_cast<double>(column.values.size() * sizeof(double));
    column.codes.visit([&](auto codes) { bytes += static_cast<double>(codes.size_bytes()); });
  }
  return bytes;
}

double size_of(const Matrix& matrix) {
  return static_cast<double>(matrix.rows() * matrix.stride() * sizeof(float));
}
double size_of(const TokenMatrix& matrix) {
  return static_cast<double>(matrix.rows() * matrix.stride());
}

Amount amount_of(std::uint64_t rows, double bytes, double flop_a_row) {
  return {static_cast<double>(rows), bytes, flop_a_row * static_cast<double>(rows)};
}

Once read_once(Workbench& bench) {
  bench.csv();
  return [&bench] {
    ReadOptions options;
    options.threads = bench.threads();
    const Table table = read_csv(bench.csv(), options, bench.monitor());
    return amount_of(table.rows, static_cast<double>(table.bytes), 0);
  };
}

Once encode_once(Workbench& bench, Recipe recipe) {
  bench.schema();
  const double table_bytes = size_of(bench.table());
  if (!is_of_tokens(recipe)) {
    return [&bench, table_bytes] {
      const Matrix data = encode(bench.table(), bench.schema(), {bench.threads()}, bench.monitor());
      return amount_of(data.rows(), table_bytes + size_of(data), 0);
    };
  }
  return [&bench, recipe, table_bytes] {
    const TokenizedTable coded =
        tokenize(bench.table(), bench.tokenizer_options(recipe), bench.monitor());
    return amount_of(coded.data.rows(), table_bytes + size_of(coded.data), 0);
  };
}

#if defined(CUVAE_HAS_CUDA)
Once graph_once(Workbench& bench, int device, const TrainSettings& options, double flop) {
  return [&bench, device, options, flop] {
    cuda::TrainTuning tuning;
    tuning.launcher.launcher = cuda::Launcher::graph;
    const cuda::DeviceScope scope(device);
    cuda::PublishedTrainer trainer(device, bench.matrix(), options, tuning, {}, bench.monitor());
    trainer.run({});
    return amount_of(bench.rows(), 0, flop);
  };
}

Once unfused_once(Workbench& bench, int device, const TrainSettings& options,
                  const std::shared_ptr<unfused::Multiplier>& multiplier, double flop) {
  return [&bench, device, options, multiplier, flop] {
    const cuda::DeviceScope scope(device);
    unfused::Training training(bench.matrix(), options,
                               {multiplier, unfused::make_curand_noise(options.seed)}, true);
    training.run_epoch();
    return amount_of(bench.rows(), 0, flop);
  };
}
#endif

Once train_once(Workbench& bench, const DeviceChoice& device, Recipe recipe,
                std::uint32_t batch_size) {
  const TrainSettings options = bench.settings(recipe, batch_size);
  if (!is_of_tokens(recipe)) {
    const PublishedShape shape{bench.matrix().columns(), options.hidden, options.latent};
    const double flop = training_flop(shape);
    return [&bench, device, options, flop] {
      train_published(bench.matrix(), options, device, bench.monitor());
      return amount_of(bench.rows(), 0, flop);
    };
  }
  const TokenizedTable& coded = bench.coded(recipe);
  const double flop = training_flop(token_shape(coded.tokenizer, options));
  return [&bench, &coded, device, options, flop] {
    train_tokens(coded, options, device, bench.monitor());
    return amount_of(bench.rows(), 0, flop);
  };
}

constexpr std::uint64_t generated_seed = 1;

double flop_of_a_row(const PublishedNetwork& network) {
  return generation_flop(network.shape);
}
double flop_of_a_row(const TokenModel& model) {
  return generation_flop(model.network.shape);
}

// Calls f(worker, first row, rows) for the chunks of [0, rows).
template <class F>
void for_each_chunk(const Workbench& bench, std::uint32_t chunk_rows, F&& f) {
  std::atomic<std::uint64_t> next{0};
  run_on_threads(bench.threads(), [&](unsigned worker) {
    for (std::uint64_t begin; (begin = next.fetch_add(chunk_rows)) < bench.rows();) {
      bench.monitor().check();
      f(worker, begin,
        static_cast<std::uint32_t>(std::min<std::uint64_t>(chunk_rows, bench.rows() - begin)));
    }
  });
}

Once generate_once(Workbench& bench, const DeviceChoice& device, Recipe recipe) {
  const Model& model = bench.model(recipe);
  const double flop =
      std::visit([](const auto& network) { return flop_of_a_row(network); }, model.network);
  const std::shared_ptr<const RowSource> output = make_row_source(model, 0, device);
  const std::uint32_t chunk = RowFormatter(output->schema(), output->codings()).rows_per_chunk();
  return [&bench, output, chunk, flop] {
    const auto generator =
        output->generator({generated_seed, 0, bench.rows(), bench.threads(), chunk});
    for_each_chunk(bench, chunk, [&](unsigned worker, std::uint64_t begin, std::uint32_t rows) {
      generator->codes(worker, begin, rows);
    });
    double bytes_a_row = 0;
    for (const ColumnCoding& coding : output->codings()) bytes_a_row += coding.width;
    return amount_of(bench.rows(), bytes_a_row * static_cast<double>(bench.rows()), flop);
  };
}

// A chunk of codes for each thread, formatted again and again.
struct Formatting {
  Formatting(const Model& model, unsigned threads)
      : output(make_row_source(model, 0, {DeviceChoice::Kind::cpu, 0, 1})),
        formatter(output->schema(), output->codings()),
        chunk_rows(formatter.rows_per_chunk()),
        generator(output->generator({generated_seed, 0, ~0ULL, threads, chunk_rows})) {
    for (unsigned worker = 0; worker < threads; ++worker) {
      blocks.push_back(&generator->codes(worker, std::uint64_t{worker} * chunk_rows, chunk_rows));
      scratches.emplace_back(formatter);
      texts.emplace_back();
    }
  }

  std::unique_ptr<RowSource> output;
  RowFormatter formatter;
  std::uint32_t chunk_rows;
  std::unique_ptr<RowGenerator> generator;
  std::vector<const RowBlock*> blocks;
  std::vector<RowFormatter::Scratch> scratches;
  std::vector<TextBuffer> texts;
};

Once format_once(Workbench& bench, Recipe recipe) {
  const auto held = std::make_shared<Formatting>(bench.model(recipe), bench.threads());
  return [&bench, held] {
    std::atomic<std::uint64_t> bytes{0};
    std::atomic<std::uint64_t> rows{0};
    for_each_chunk(bench, held->chunk_rows, [&](unsigned worker, std::uint64_t, std::uint32_t) {
      TextBuffer& text = held->texts[worker];
      text.clear();
      held->formatter.format(*held->blocks[worker], held->scratches[worker], text);
      bytes += text.size();
      rows += held->chunk_rows;
    });
    return amount_of(rows, static_cast<double>(bytes), 0);
  };
}

Once write_once(Workbench& bench, const DeviceChoice& device, Recipe recipe) {
  const Model& model = bench.model(recipe);
  return [&bench, &model, device] {
    GenerateOptions what;
    what.rows = bench.rows();
    what.seed = 1;
    const std::string path = bench.folder() / "written.csv";
    const GenerateResult result =
        generate_csv(model, what, path, IfExists::replace, device, bench.monitor());
    std::remove(path.c_str());
    return amount_of(result.rows, static_cast<double>(result.bytes), 0);
  };
}

Once evaluate_once(Workbench& bench, const DeviceChoice& device) {
  bench.synthetic();
  return [&bench, device] {
    evaluate(bench.table(), bench.synthetic(), {}, device, bench.monitor());
    return amount_of(2 * bench.rows(), 0, 0);
  };
}

class Planner {
 public:
  Planner(const BenchOptions& options, const Workbenches& benches,
          std::vector<std::string>& left_out)
      : options_(options), benches_(benches), left_out_(left_out) {}

  std::vector<Job> jobs() {
    for (const std::string& stage : options_.stages) {
      for (const DeviceInfo& device : options_.devices) add_stage(stage, device.id);
    }
    return std::move(jobs_);
  }

 private:
  void add_stage(const std::string& stage, const std::string& device) {
    const bool cpu = device == "cpu";
    const bool on_any_device =
        stage == "train" || stage == "generate" || stage == "write" || stage == "evaluate";
    if (!cpu && !on_any_device) return;
    DeviceChoice choice = parse_device(device);
    choice.threads = options_.threads;
    const bool one_for_all = stage == "read" || stage == "evaluate";
    if (one_for_all) {
      for (const auto& [rows, bench] : benches_)
        add(stage, device, std::nullopt, *bench, choice, 0);
      return;
    }
    for (Recipe recipe : options_.recipes) {
      for (const auto& [rows, bench] : benches_) {
        if (stage != "train") {
          add(stage, device, recipe, *bench, choice, 0);
          continue;
        }
        for (const std::uint32_t batch_size : batch_sizes(rows)) {
          add(stage, device, recipe, *bench, choice, batch_size);
        }
      }
    }
  }

  std::vector<std::uint32_t> batch_sizes(std::uint64_t rows) const {
    const auto& all = options_.batch_sizes;
    if (rows == benches_.rbegin()->first) return all;
    return {all[all.size() / 2]};
  }

  void add(const std::string& stage, const std::string& device, std::optional<Recipe> recipe,
           Workbench& bench, const DeviceChoice& choice, std::uint32_t batch_size) {
    Job job;
    job.what.stage = stage;
    job.what.device = device;
    if (recipe) job.what.recipe = name_of(*recipe);
    job.what.rows = bench.rows();
    job.what.batch_size = batch_size;
    if (stage == "read") {
      job.what.limit = Limit::memory_read;
      job.prepare = [&bench] { return read_once(bench); };
    } else if (stage == "encode") {
      job.what.limit = Limit::memory_copy;
      job.prepare = [&bench, recipe] { return encode_once(bench, *recipe); };
    } else if (stage == "train") {
      job.what.limit = Limit::multiply_add;
      if (device != "cpu") job.what.form = "fused";
      job.prepare = [&bench, choice, recipe, batch_size] {
        return train_once(bench, choice, *recipe, batch_size);
      };
    } else if (stage == "generate") {
      job.what.limit = Limit::multiply_add;
      job.prepare = [&bench, choice, recipe] { return generate_once(bench, choice, *recipe); };
    } else if (stage == "format") {
      job.what.limit = Limit::memory_write;
      job.prepare = [&bench, recipe] { return format_once(bench, *recipe); };
    } else if (stage == "write") {
      job.what.limit = Limit::file;
      job.prepare = [&bench, choice, recipe] { return write_once(bench, choice, *recipe); };
    } else {
      job.prepare = [&bench, choice] { return evaluate_once(bench, choice); };
    }
    jobs_.push_back(std::move(job));
#if defined(CUVAE_HAS_CUDA)
    if (stage == "train" && device != "cpu" && !is_of_tokens(*recipe)) {
      add_unfused(bench, choice.index, batch_size);
    }
#endif
  }

#if defined(CUVAE_HAS_CUDA)
  // The same as the last job in the forms that it is compared with.
  void add_unfused(Workbench& bench, int device, std::uint32_t batch_size) {
    const auto add_form = [&, last = jobs_.back()](const std::string& form, auto once) {
      Job job = last;
      job.what.form = form;
      job.prepare = [&bench, batch_size, once] {
        const TrainSettings options = bench.settings(Recipe::published, batch_size);
        const PublishedShape shape{bench.matrix().columns(), options.hidden, options.latent};
        return once(options, training_flop(shape));
      };
      jobs_.push_back(std::move(job));
    };
    add_form("graph", [&bench, device](const TrainSettings& options, double flop) {
      return graph_once(bench, device, options, flop);
    });
    if (const auto library = cublaslt(device)) {
      add_form("libraries", [&bench, device, library](const TrainSettings& options, double flop) {
        return unfused_once(bench, device, options, library, flop);
      });
    }
  }

  // Started once for a device; where it can't be, the reason is kept.
  std::shared_ptr<unfused::Multiplier> cublaslt(int device) {
    const auto known = cublaslt_.find(device);
    if (known != cublaslt_.end()) return known->second;
    std::shared_ptr<unfused::Multiplier>& made = cublaslt_[device];
    try {
      const cuda::DeviceScope scope(device);
      made = unfused::make_cublaslt_multiplier();
      static_cast<void>(unfused::make_curand_noise(0));  // whether it is there
    } catch (const Error& error) {
      made.reset();
      left_out_.push_back("training with libraries on cuda:" + std::to_string(device) + ": " +
                          error.what());
    }
    return made;
  }

  std::map<int, std::shared_ptr<unfused::Multiplier>> cublaslt_;
#endif

  const BenchOptions& options_;
  const Workbenches& benches_;
  std::vector<std::string>& left_out_;
  std::vector<Job> jobs_;
};

}  // namespace

std::vector<Job> jobs_of(const BenchOptions& options, const Workbenches& benches,
                         std::vector<std::string>& left_out) {
  return Planner(options, benches, left_out).jobs();
}

}  // namespace cuvae::measure
