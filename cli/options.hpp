// Options that several verbs share, and option values with messages that say what is allowed.
#pragma once

#include <CLI/CLI.hpp>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
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

// Which columns of a table to read, and how.
struct ColumnOptions {
  char delimiter = '\0';
  std::vector<std::string> label;
  std::vector<std::string> continuous;
  std::vector<std::string> drop;
};

void add_column_options(CLI::App& verb, ColumnOptions& options);

// --target, for the verbs that evaluate.
// --escape-formulas
void add_escape_formulas(CLI::App& verb, bool& escape);
void add_target(CLI::App& verb, std::string& target);

// Training options as given; what is not follows from the recipe.
struct TrainingOptions {
  std::string recipe = "best";
  std::optional<std::uint32_t> epochs;
  std::optional<std::uint32_t> batch_size;
  std::optional<std::uint32_t> latent;
  std::optional<float> learning_rate;
  std::optional<float> kl_weight;
  std::optional<std::array<std::uint32_t, 2>> hidden;
  std::optional<Loss> loss;
  std::vector<std::vector<std::string>> together;
  std::vector<std::string> condition;
};

void add_training_options(CLI::App& verb, TrainingOptions& options);

// Throws Error(usage) where an option has no meaning for the recipe. Epochs of 0: by the table.
TrainOptions settled(const TrainingOptions& options);

// A whole number in [minimum, maximum]. 2000000, 2_000_000, 500k, 2M and 1G are accepted.
CLI::Option* add_count(CLI::App& verb, const std::string& names, std::uint64_t& target,
                       std::uint64_t minimum, std::uint64_t maximum,
                       const std::string& description);

// The same, as often as wanted; empty when absent.
CLI::Option* add_counts(CLI::App& verb, const std::string& name, std::vector<std::uint64_t>& target,
                        std::uint64_t minimum, std::uint64_t maximum,
                        const std::string& description, const std::string& standard);

// "bce-kl" or "mse"
std::string loss_name(Loss loss);

DeviceChoice device_choice(const CommonOptions& options);
ReadOptions read_options(const ColumnOptions& columns, const CommonOptions& common);

}  // namespace cuvae::cli
