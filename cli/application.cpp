#include "application.hpp"

#include <csignal>
#include <fmt/format.h>
#include <new>
#include <system_error>

#include <cuvae/error.hpp>
#include <cuvae/model.hpp>

#include "terminal/help_formatter.hpp"
#include "terminal/suggest.hpp"
#include "terminal/text.hpp"

namespace cuvae::cli {
namespace {

constexpr int exit_failure = 1;

constexpr const char* description =
    "cuvae trains a small variational autoencoder on a CSV table, writes synthetic rows in the "
    "original columns and measures how close they are.";

constexpr const char* footer =
    R"(Files:
  CSV files are RFC 4180 with a header line; the delimiter is found among , ; tab
  and |. They may be packed with gzip or zstd, and in UTF-16 or Latin-1; what is
  written is UTF-8, with the line ends and quotes of the table. "-" stands for standard input or output. Models are safetensors files.
  An existing output is an error unless --force is given. Every output appears
  whole or not at all.

Exit codes:
  0 done   1 failure at run time   2 wrong usage   3 bad input data
  4 no such device   130 interrupted

Environment:
  CUVAE_SIMD=scalar|avx2|avx512  forces a vector width; the results are the same
  NO_COLOR                       no colours, as --no-color

Examples:
  cuvae run transactions.csv -o result        train, generate 2,000,000 rows,
                                              evaluate, write a report
  cuvae simulate -n 500k -o transactions.csv  sample data to try it with
  cuvae train transactions.csv -o model.safetensors --seed 7
  cuvae generate model.safetensors -n 1M -o synthetic.csv --seed 7
  cuvae evaluate transactions.csv synthetic.csv --report report.html
  cuvae train --help                          options of one verb)";

std::vector<std::string> names_of(const std::vector<const CLI::App*>& verbs) {
  std::vector<std::string> names;
  for (const CLI::App* verb : verbs) names.push_back(verb->get_name());
  return names;
}

std::vector<std::string> option_names(const CLI::App& verb) {
  std::vector<std::string> names;
  for (const CLI::Option* option : named_options(verb)) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

[[noreturn]] void fail_usage(const std::string& message) {
  throw Error(ErrorKind::usage, message);
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
  const std::string candidate = closest(word, candidates);
  return candidate.empty() ? "." : fmt::format("; did you mean {}?", candidate);
}

// Ends like any other tool whose reader has gone.
int end_of_pipe() {
  std::signal(SIGPIPE, SIG_DFL);
  std::raise(SIGPIPE);
  return exit_failure;
}

bool no_color_among(int count, const char* const* arguments) {
  for (int index = 1; index < count; ++index) {
    if (std::string_view(arguments[index]) == "--no-color") return true;
  }
  return false;
}

}  // namespace

Application::Application() : root_(description, "cuvae") {
  root_.formatter(std::make_shared<HelpFormatter>());
  root_.footer(footer);
  root_.set_help_flag("-h,--help", "print this help");
  root_.set_version_flag("--version", "cuvae " + library_version(), "print the version");
  root_.require_subcommand(0, 1);
  verbs_ = {add_run(root_, common_),      add_train(root_, common_),
            add_generate(root_, common_), add_evaluate(root_, common_),
            add_simulate(root_, common_), add_inspect(root_, common_),
            add_bench(root_, common_),    add_devices(root_, common_),
            add_completion(root_),        add_manual(root_)};
  for (const Verb& verb : verbs_) {
    verb.app->set_help_flag("-h,--help", "print this help")->group("Common options");
    verb.app->set_version_flag("--version", "cuvae " + library_version(), "print the version")
        ->group("Common options");
  }
}

void Application::fail_unknown(const CLI::App& verb, const std::vector<std::string>& extras) {
  for (const std::string& word : extras) {
    if (word.size() > 1 && word.front() == '-') {
      const std::string name = word.substr(0, word.find('='));
      fail_usage(fmt::format("unknown option {}{} See: cuvae {} --help", name,
                             did_you_mean(name, option_names(verb)), verb.get_name()));
    }
  }
  fail_usage(fmt::format("unexpected argument '{}'. See: cuvae {} --help", extras.front(),
                         verb.get_name()));
}

void Application::parse(int argument_count, const char* const* arguments) {
  if (argument_count > 1 && arguments[1][0] != '-') {
    const std::string word = arguments[1];
    const auto known =
        root_.get_subcommands([&](const CLI::App* verb) { return verb->get_name() == word; });
    if (known.empty()) {
      const std::vector<std::string> names = names_of(visible_verbs(root_));
      fail_usage(fmt::format("unknown verb '{}'{} Verbs: {}", word, did_you_mean(word, names),
                             fmt::join(names, ", ")));
    }
  }
  try {
    root_.parse(argument_count, arguments);
  } catch (const CLI::CallForHelp&) {
    throw;
  } catch (const CLI::CallForVersion&) {
    throw;
  } catch (const CLI::ParseError& error) {
    const std::vector<std::string> before_verb = root_.remaining(false);
    if (!before_verb.empty()) {
      fail_usage(fmt::format("{} stands before the verb; options come behind it: cuvae VERB {}",
                             before_verb.front(), before_verb.front()));
    }
    const auto chosen = root_.get_subcommands();
    if (chosen.empty()) fail_usage(fmt::format("{}. See: cuvae --help", error.what()));
    const std::vector<std::string> extras = root_.remaining(true);
    if (!extras.empty()) fail_unknown(*chosen.front(), extras);
    fail_usage(fmt::format("{}. See: cuvae {} --help", error.what(), chosen.front()->get_name()));
  }
}

int Application::run_verb(const Verb& verb) {
  Interrupts interrupts;
  Session session(common_, interrupts);
  try {
    verb.run(session);
    return 0;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::interrupted) throw;
    const std::string left = session.outputs_left();
    Console::raw(printable("cuvae: interrupted" + (left.empty() ? "" : ": " + left)) + '\n');
    return static_cast<int>(ErrorKind::interrupted);
  }
}

int Application::dispatch(int argument_count, const char* const* arguments) {
  try {
    parse(argument_count, arguments);
  } catch (const CLI::CallForHelp&) {
    Console::result(root_.help());
    return 0;
  } catch (const CLI::CallForVersion&) {
    Console::result("cuvae " + library_version() + "\n");
    return 0;
  }
  for (const Verb& verb : verbs_) {
    if (verb.app->parsed()) return run_verb(verb);
  }
  Console::raw(root_.help());
  throw Error(ErrorKind::usage, "no verb given");
}

int Application::run(int argument_count, const char* const* arguments) {
  const bool no_color = no_color_among(argument_count, arguments);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file beyond the limit is a failed write, with a message
  try {
    return dispatch(argument_count, arguments);
  } catch (const ClosedPipe&) {
    return end_of_pipe();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::runtime && standard_output_closed()) return end_of_pipe();
    print_error(with_flags(error.what()), no_color);
    return static_cast<int>(error.kind());
  } catch (const std::bad_alloc&) {
    print_error(
        "not enough memory; use fewer rows, leave columns out with --drop, or lower --threads",
        no_color);
  } catch (const std::system_error& error) {
    print_error(fmt::format("the system refused: {}; a lower --threads may help", error.what()),
                no_color);
  } catch (const std::exception& error) {
    print_error(fmt::format("unexpected: {}", error.what()), no_color);
  }
  return exit_failure;
}

}  // namespace cuvae::cli
