// One stage of the published recipe, timed where bench/peers/ times the other tools' jobs: in the
// process, after one unmeasured run, files in the page cache. Prints one line of JSON.
//
//   peer_stages read CSV THREADS [MATRIX]        read + encode; writes the float32 rows to MATRIX
//   peer_stages train CSV THREADS BATCH EPOCHS   EPOCHS passes of training
//   peer_stages generate CSV THREADS ROWS        ROWS encoded rows in memory
//   peer_stages write CSV THREADS ROWS OUTPUT    ROWS rows drawn and written as CSV

#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <cuvae/cuvae.hpp>

namespace {

using namespace cuvae;

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Job {
  std::string stage;
  std::string csv;
  unsigned threads = 1;
  std::vector<std::string> rest;
  Monitor monitor{};

  std::uint64_t number(std::size_t index) const { return std::stoull(rest.at(index)); }

  DeviceChoice device() const { return {DeviceChoice::Kind::cpu, 0, threads}; }

  Table table() {
    ReadOptions options;
    options.threads = threads;
    return read_csv(csv, options, monitor);
  }

  Matrix matrix(const Table& table) {
    return encode(table, make_schema(table), {threads}, monitor);
  }

  // A model of the table after one pass: speed does not hang on the weights.
  Model model() {
    const Table rows = table();
    Model result;
    result.schema = make_schema(rows);
    result.settings.epochs = 1;
    result.network = train_published(matrix(rows), result.settings, device(), monitor);
    return result;
  }
};

void save_rows(const Matrix& matrix, const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  for (std::uint64_t row = 0; row < matrix.rows(); ++row) {
    // The file API takes bytes; floats are written as they stand in memory.
    file.write(reinterpret_cast<const char*>(matrix.row(row)),
               static_cast<std::streamsize>(matrix.columns() * sizeof(float)));
  }
  if (!file.flush()) throw Error(ErrorKind::runtime, fmt::format("can't write {}", path));
}

double read(Job& job) {
  Matrix result;
  const auto work = [&] { result = job.matrix(job.table()); };
  work();
  const double seconds = seconds_of(work);
  if (!job.rest.empty()) save_rows(result, job.rest[0]);
  return seconds;
}

double train_epochs(Job& job) {
  const Matrix data = job.matrix(job.table());
  TrainSettings options;
  options.batch_size = static_cast<std::uint32_t>(job.number(0));
  const auto work = [&] { train_published(data, options, job.device(), job.monitor); };
  options.epochs = 1;
  work();
  options.epochs = static_cast<std::uint32_t>(job.number(1));
  return seconds_of(work);
}

double generate_rows(Job& job) {
  const Model model = job.model();
  GenerateOptions options;
  options.rows = job.number(0);
  const auto work = [&] { generate_matrix(model, options, job.device(), job.monitor); };
  work();
  return seconds_of(work);
}

double write_rows(Job& job) {
  const Model model = job.model();
  GenerateOptions options;
  options.rows = job.number(0);
  const auto work = [&] {
    generate_csv(model, options, job.rest.at(1), IfExists::replace, job.device(), job.monitor);
  };
  work();
  return seconds_of(work);
}

double run(Job& job) {
  if (job.stage == "read") return read(job);
  if (job.stage == "train") return train_epochs(job);
  if (job.stage == "generate") return generate_rows(job);
  if (job.stage == "write") return write_rows(job);
  throw Error(ErrorKind::usage, fmt::format("no stage {}", job.stage));
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const std::vector<std::string> words(arguments + 1, arguments + count);
    if (words.size() < 3) {
      throw Error(ErrorKind::usage, "usage: peer_stages read|train|generate|write CSV THREADS ...");
    }
    Job job{words[0],
            words[1],
            static_cast<unsigned>(std::stoul(words[2])),
            {words.begin() + 3, words.end()}};
    fmt::print("{{\"seconds\": {}}}\n", run(job));
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    fmt::print(stderr, "peer_stages: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
