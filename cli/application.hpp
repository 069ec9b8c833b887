// The whole command line: verbs, their options, and what each does.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "options.hpp"
#include "session.hpp"

namespace cuvae::cli {

// One verb, its options bound to variables that `run` reads.
struct Verb {
  CLI::App* app = nullptr;
  std::function<void(Session&)> run;
};

class Application {
 public:
  Application();

  CLI::App& root() { return root_; }
  const CommonOptions& common() const { return common_; }

  // Parses and runs. Returns the exit code; prints errors.
  int run(int argument_count, const char* const* arguments);

 private:
  int dispatch(int argument_count, const char* const* arguments);
  void parse(int argument_count, const char* const* arguments);
  int run_verb(const Verb& verb);
  [[noreturn]] void fail_unknown(const CLI::App& verb, const std::vector<std::string>& extras);

  CommonOptions common_;
  CLI::App root_;
  std::vector<Verb> verbs_;
};

// One each in verbs/.
Verb add_run(CLI::App& root, CommonOptions& common);
Verb add_train(CLI::App& root, CommonOptions& common);
Verb add_generate(CLI::App& root, CommonOptions& common);
Verb add_evaluate(CLI::App& root, CommonOptions& common);
Verb add_simulate(CLI::App& root, CommonOptions& common);
Verb add_inspect(CLI::App& root, CommonOptions& common);
Verb add_bench(CLI::App& root, CommonOptions& common);
Verb add_devices(CLI::App& root, CommonOptions& common);
// Hidden: they describe the root itself, for packages.
Verb add_completion(CLI::App& root);
Verb add_manual(CLI::App& root);

}  // namespace cuvae::cli
