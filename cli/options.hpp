// Options that several verbs share, and option values with messages that say what is allowed.
#pragma once

#include <CLI/CLI.hpp>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <cuvae/device.hpp>
#include <cuvae/table.hpp>
#include <cuvae/train.hpp>

namespace cuvae::cli {

// Every verb has these.
struct CommonOptions {
  std::string device = "auto";
  std::uint64_t threads = 0;
  std::optional<std::uint64_t> seed;
  bool force = false;
  bool quiet = false;
  bool json = false;
  bool no_color = false;
};

// What --seed and --force mean for a verb; an empty text says that they change nothing there.
struct CommonHelp {
  std::string seed;
  std::string force;
};

void add_common_options(CLI::App& verb, CommonOptions& options, const CommonHelp& help);

// A message of the library, which names options by their `field`, with the tool's --flags instead.
std::string with_flags(const std::string& message);

// Options to read a file that this program wrote: none of what is peculiar to the table it came
// from.
ReadOptions for_written_file(ReadOptions options);

// --encoding, --skip, --skip-last, --comment, --rename
void add_reading_options(CLI::App& verb, ReadOptions& options);

// "a,b" or "\"a,1\",b": names parted by commas, quoted as in CSV where they hold one.
std::vector<std::string> split_at_commas(const std::string& text);

// Which columns of a table to read, and what they are taken for.
void add_column_options(CLI::App& verb, ReadOptions& options);

// --target, for the verbs that evaluate.
// --escape-formulas
void add_escape_formulas(CLI::App& verb, bool& escape);
void add_target(CLI::App& verb, std::string& target);

// Of all recipes, the default first.
std::vector<std::string> recipe_names();

void add_training_options(CLI::App& verb, TrainOptions& options);

// What must not be learned.
void add_protection_options(CLI::App& verb, TrainOptions& options);

// A whole number in [minimum, maximum]. 2000000, 2_000_000, 500k, 2M and 1G are accepted.
CLI::Option* add_count(CLI::App& verb, const std::string& names, std::uint64_t& target,
                       std::uint64_t minimum, std::uint64_t maximum,
                       const std::string& description);

// The same, as often as wanted; empty when absent.
CLI::Option* add_counts(CLI::App& verb, const std::string& name, std::vector<std::uint64_t>& target,
                        std::uint64_t minimum, std::uint64_t maximum,
                        const std::string& description, const std::string& standard);

DeviceChoice device_choice(const CommonOptions& options);
ReadOptions read_options(const ReadOptions& columns, const CommonOptions& common);

}  // namespace cuvae::cli
