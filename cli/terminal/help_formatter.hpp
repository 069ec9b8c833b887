// How --help reads.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace cuvae::cli {

// Description, usage, positionals, options by group, verbs, then the footer (examples), all within
// 80 columns.
class HelpFormatter final : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
};

// Every option of `app` that is no positional, in the order they were added.
std::vector<const CLI::Option*> named_options(const CLI::App& app);
// "-o, --output FILE"
std::string option_signature(const CLI::Option& option);
// Verbs that are shown.
std::vector<const CLI::App*> visible_verbs(const CLI::App& app);

}  // namespace cuvae::cli
