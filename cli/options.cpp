#include "options.hpp"

#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>
#include <regex>

#include "terminal/text.hpp"

namespace cuvae::cli {
namespace {

constexpr std::uint64_t largest_32_bit = std::numeric_limits<std::uint32_t>::max();

[[noreturn]] void refuse(const std::string& option, const std::string& value,
                         const std::string& wanted) {
  throw CLI::ValidationError(option, fmt::format("'{}' is not {}", value, wanted));
}

// The longest name of "-n,--rows", for messages.
std::string long_name(const std::string& names) {
  return names.substr(names.find("--"));
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
  std::string digits;
  for (const char character : text) {
    if (character != '_') digits += character;
  }
  std::uint64_t factor = 1;
  if (!digits.empty()) {
    if (digits.back() == 'k' || digits.back() == 'K') factor = 1'000;
    if (digits.back() == 'M') factor = 1'000'000;
    if (digits.back() == 'G') factor = 1'000'000'000;
    if (factor != 1) digits.pop_back();
  }
  std::uint64_t number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  if (number > std::numeric_limits<std::uint64_t>::max() / factor) return std::nullopt;
  return number * factor;
}

std::uint64_t count_between(const std::string& option, const std::string& text,
                            std::uint64_t minimum, std::uint64_t maximum) {
  const std::optional<std::uint64_t> number = parse_count(text);
  if (!number || *number < minimum || *number > maximum) {
    refuse(option, text,
           fmt::format("a whole number from {} to {}", with_separators(minimum),
                       with_separators(maximum)));
  }
  return *number;
}

void add_count_32(CLI::App& verb, const std::string& name, std::optional<std::uint32_t>& target,
                  std::uint64_t minimum, std::uint64_t maximum, const std::string& standard,
                  const std::string& description) {
  verb.add_option_function<std::string>(
          name,
          [&target, name, minimum, maximum](const std::string& text) {
            target = static_cast<std::uint32_t>(count_between(name, text, minimum, maximum));
          },
          description)
      ->type_name("N")
      ->default_str(standard)
      ->group("Training");
}

void add_number(CLI::App& verb, const std::string& name, std::optional<float>& target,
                bool zero_allowed, const std::string& standard, const std::string& description) {
  verb.add_option_function<std::string>(
          name,
          [&target, name, zero_allowed](const std::string& text) {
            float number = 0;
            const char* end = text.data() + text.size();
            const auto [stopped, error] = std::from_chars(text.data(), end, number);
            if (error != std::errc{} || stopped != end || !std::isfinite(number) || number < 0 ||
                (number == 0 && !zero_allowed)) {
              refuse(name, text, zero_allowed ? "a number of at least 0" : "a number above 0");
            }
            target = number;
          },
          description)
      ->type_name("X")
      ->default_str(standard)
      ->group("Training");
}

// What the library calls `text`; its message names the option.
template <class F>
auto named(const char* option, const std::string& text, F&& find) {
  try {
    return find(text);
  } catch (const Error& error) {
    throw Error(ErrorKind::usage, fmt::format("{}: {}", option, error.what()));
  }
}

}  // namespace

CLI::Option* add_count(CLI::App& verb, const std::string& names, std::uint64_t& target,
                       std::uint64_t minimum, std::uint64_t maximum,
                       const std::string& description) {
  return verb
      .add_option_function<std::string>(
          names,
          [&target, names, minimum, maximum](const std::string& text) {
            target = count_between(long_name(names), text, minimum, maximum);
          },
          description)
      ->type_name("N");
}

CLI::Option* add_counts(CLI::App& verb, const std::string& name, std::vector<std::uint64_t>& target,
                        std::uint64_t minimum, std::uint64_t maximum,
                        const std::string& description, const std::string& standard) {
  return verb
      .add_option_function<std::vector<std::string>>(
          name,
          [&target, name, minimum, maximum](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              target.push_back(count_between(name, text, minimum, maximum));
            }
          },
          description)
      ->type_name("N")
      ->type_size(1)
      ->allow_extra_args(false)
      ->take_all()
      ->default_str(standard);
}

void add_common_options(CLI::App& verb, CommonOptions& options, const CommonHelp& help) {
  const auto common = [](CLI::Option* option) { option->group("Common options"); };
  common(verb.add_option("--device", options.device,
                         "where to compute; auto takes a GPU when there is a usable one")
             ->type_name("auto|cpu|cuda|cuda:N")
             ->default_str("auto"));
  common(add_count(verb, "--threads", options.threads, 0, 1024,
                   "CPU threads; 0: all. The results are the same for any number")
             ->default_str("0"));
  common(verb.add_option_function<std::string>(
                 "--seed",
                 [&options](const std::string& text) {
                   options.seed =
                       count_between("--seed", text, 0, std::numeric_limits<std::uint64_t>::max());
                 },
                 help.seed.empty() ? "has no effect on this verb" : help.seed)
             ->type_name("N"));
  common(verb.add_flag("-f,--force", options.force,
                       help.force.empty() ? "has no effect on this verb" : help.force));
  common(
      verb.add_flag("-q,--quiet", options.quiet,
                    "only errors: no messages, no progress, and no scores where files hold them"));
  common(verb.add_flag("--json", options.json, "print one JSON object on standard output"));
  common(verb.add_flag("--no-color", options.no_color, "plain text, as with NO_COLOR set"));
}

void add_escape_formulas(CLI::App& verb, bool& escape) {
  verb.add_flag("--escape-formulas", escape,
                "write ' before cells that a spreadsheet would run: those that start with = + - @, "
                "a tab or a carriage return and are no numbers")
      ->group("Output");
}

void add_target(CLI::App& verb, std::string& target) {
  verb.add_option(
          "--target", target,
          "column to predict: how well trees that learned it from synthetic rows tell it of "
          "real rows, beside trees that learned it from real ones")
      ->type_name("COLUMN")
      ->group("Evaluation");
}

void add_training_options(CLI::App& verb, TrainOptions& options) {
  add_protection_options(verb, options);
  verb.add_option_function<std::string>(
          "--recipe",
          [&options](const std::string& text) {
            options.recipe = named("--recipe", text, recipe_named);
          },
          "how to encode and train: best draws each row value by value and comes closest to the "
          "real rows; fast is smaller; published is the published way, whose rows are hardly like "
          "them (its other name: seed)")
      ->type_name(fmt::format("{}", fmt::join(recipe_names(), "|")))
      ->default_str(std::string(name_of(options.recipe)))
      ->group("Training");
  add_count_32(verb, "--epochs", options.epochs, 1, 1'000'000, "by the table; published: 15",
               "passes over the table");
  add_count_32(verb, "--width", options.width, least_width, most_width, "32",
               "how wide the network is: a multiple of 32; for best and fast");
  add_number(verb, "--validation", options.validation, true, "0.04; with --epochs: 0",
             "share of the rows that are not learned from but say when it is enough; with --epochs "
             "they only tell; for best and fast");
  add_count_32(verb, "--batch-size", options.batch_size, 1, most_batch_rows, "500",
               "rows between two updates of the weights, at most 1,048,576");
  add_number(verb, "--learning-rate", options.learning_rate, false, "0.003; published: 0.001",
             "step size of Adam");
  add_count_32(verb, "--latent", options.latent, 0, 64, "4",
               "latent variables; 0 with best: a purely autoregressive model");
  add_number(verb, "--kl-weight", options.kl_weight, true, "1", "weight of the KL divergence");
  verb.add_option_function<std::vector<std::string>>(
          "--together",
          [&options](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              options.together.push_back(split_at_commas(text));
            }
          },
          "take these columns as one, besides those found to go together; for best and fast "
          "(repeatable)")
      ->type_name("COLUMN,COLUMN")
      ->type_size(1)
      ->allow_extra_args(false)
      ->take_all()
      ->group("Training");
  verb.add_option_function<std::string>(
          "--condition",
          [&options](const std::string& text) { options.condition = split_at_commas(text); },
          "draw these columns first, so that 'generate --where' finds rare cells of theirs "
          "sooner; for best and fast")
      ->type_name("COLUMN[,COLUMN]")
      ->group("Training");
  verb.add_option_function<std::string>(
          "--hidden",
          [&options](const std::string& text) {
            const std::size_t comma = text.find(',');
            if (comma == std::string::npos) {
              refuse("--hidden", text, "two widths with a comma between, such as 12,10");
            }
            options.hidden = {static_cast<std::uint32_t>(
                                  count_between("--hidden", text.substr(0, comma), 1, 256)),
                              static_cast<std::uint32_t>(
                                  count_between("--hidden", text.substr(comma + 1), 1, 256))};
          },
          "for published: widths of the encoder's two hidden layers; the decoder mirrors them")
      ->type_name("N,N")
      ->default_str("12,10")
      ->group("Training");
  verb.add_option_function<std::string>(
          "--loss",
          [&options](const std::string& text) { options.loss = named("--loss", text, loss_named); },
          "for published: binary cross-entropy plus KL divergence, or squared error without KL")
      ->type_name("bce-kl|mse")
      ->default_str("bce-kl")
      ->group("Training");
}

std::vector<std::string> recipe_names() {
  std::vector<std::string> names;
  for (const Recipe recipe : all_recipes()) names.emplace_back(name_of(recipe));
  return names;
}

std::string with_flags(const std::string& message) {
  static const std::regex field(
      "`(batch_size|balance|comment|condition|continuous|datetime|delimiter|device|drop|encoding|"
      "epochs|first_row|force|hidden|keep|key|kl_weight|label|latent|learning_rate|loss|missing|"
      "protect_rare|recipe|rename|rows|rule|skip|skip_last|target|threads|together|validation|"
      "where|width)`");
  std::string text;
  auto begin = message.begin();
  for (std::sregex_iterator match(message.begin(), message.end(), field), end; match != end;
       ++match) {
    text.append(begin, message.begin() + match->position());
    std::string name = match->str(1);
    std::replace(name.begin(), name.end(), '_', '-');
    text += "--" + name;
    begin = message.begin() + match->position() + match->length();
  }
  return text.append(begin, message.end());
}

DeviceChoice device_choice(const CommonOptions& options) {
  DeviceChoice choice = parse_device(options.device);
  choice.threads = static_cast<unsigned>(options.threads);
  return choice;
}

ReadOptions read_options(const ReadOptions& columns, const CommonOptions& common) {
  ReadOptions options = columns;
  options.threads = static_cast<unsigned>(common.threads);
  return options;
}

}  // namespace cuvae::cli
