#include "job.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cuvae::test {
namespace {

Arguments joined(Arguments first, const Arguments& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

bool names(const Arguments& options, const std::string& option) {
  return std::find(options.begin(), options.end(), option) != options.end();
}

// Options that a case doesn't give itself. One thread, because the cases are many and small.
Arguments with_standard(const Arguments& options, const Arguments& standard) {
  Arguments all = options;
  for (std::size_t i = 0; i < standard.size(); i += 2) {
    if (!names(options, standard[i])) all.insert(all.end(), {standard[i], standard[i + 1]});
  }
  return all;
}

}  // namespace

std::string Job::add_table(const std::string& name, const std::string& text) const {
  write(path(name), text);
  return path(name);
}

std::string Job::print(Arguments arguments, const Environment& environment,
                       const std::string& input) const {
  arguments.insert(arguments.end(), {"--device", "cpu", "--quiet"});
  const Outcome outcome = run(arguments, input, environment);
  EXPECT_EQ(outcome.code, 0) << fmt::format("cuvae {}\n{}", fmt::join(arguments, " "), outcome.err);
  return outcome.out;
}

std::string Job::simulate(const Arguments& options) const {
  const Arguments standard{"--threads", "1", "--seed", "21"};
  return print(joined({"simulate", "-o", "-"}, with_standard(options, standard)));
}

std::string Job::train(const std::string& table, const std::string& model, const Arguments& options,
                       const Environment& environment) const {
  const Arguments standard{"--threads", "1", "--seed", "22", "--epochs", "2"};
  print(joined({"train", table, "-o", path(model), "--force"}, with_standard(options, standard)),
        environment);
  return contents(path(model));
}

std::string Job::generate(const std::string& model, const Arguments& options,
                          const Environment& environment) const {
  const Arguments standard{"--threads", "1", "--seed", "23", "-n", "100"};
  const std::string rows = path("generated.csv");
  print(joined({"generate", model, "-o", rows, "--force"}, with_standard(options, standard)),
        environment);
  return contents(rows);
}

void Bits::train_and_generate(const std::string& name, const std::string& table,
                              const Arguments& options) {
  record.add_model(name, job.train(table, "model", options));
  record.add(name + ".csv", job.generate(job.path("model"), {}));
}

}  // namespace cuvae::test
