#include "help_formatter.hpp"

#include <algorithm>

#include "text.hpp"

namespace cuvae::cli {
namespace {

constexpr std::size_t total_width = 80;
constexpr std::size_t name_width = 28;

std::string indented(const std::string& text, std::size_t columns) {
  const std::string padding(columns, ' ');
  std::string out;
  for (const char character : text) {
    out += character;
    if (character == '\n') out += padding;
  }
  return out;
}

std::string entry(const std::string& name, const std::string& description) {
  std::string line = "  " + name;
  if (line.size() + 2 > name_width) {
    line += '\n' + std::string(name_width, ' ');
  } else {
    line.resize(name_width, ' ');
  }
  return line + indented(wrapped(description, total_width - name_width), name_width) + '\n';
}

std::string description_of(const CLI::Option& option) {
  std::string text = option.get_description();
  if (!option.get_default_str().empty()) text += " [" + option.get_default_str() + "]";
  return text;
}

std::vector<const CLI::Option*> positionals(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) { return option->get_positional(); });
}

}  // namespace

std::vector<const CLI::Option*> named_options(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) { return option->nonpositional(); });
}

std::string option_signature(const CLI::Option& option) {
  std::string text;
  for (const std::string& name : option.get_snames()) text += "-" + name + ", ";
  for (const std::string& name : option.get_lnames()) text += "--" + name + ", ";
  text.erase(text.size() - 2);
  if (option.get_type_size() != 0) text += " " + option.get_type_name();
  return text;
}

std::vector<const CLI::App*> visible_verbs(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* verb) { return !verb->get_group().empty(); });
}

std::string HelpFormatter::make_help(const CLI::App* app, std::string name,
                                     CLI::AppFormatMode /*mode*/) const {
  std::string out = wrapped(app->get_description(), total_width) + "\n\nUsage: " + name;
  const std::vector<const CLI::App*> verbs = visible_verbs(*app);
  if (!verbs.empty()) out += " VERB";
  for (const CLI::Option* option : positionals(*app)) out += " " + option->get_name(true);
  for (const CLI::Option* option : named_options(*app)) {
    if (option->get_required())
      out += " " + option_signature(*option).substr(0, 2) + " " + option->get_type_name();
  }
  out += " [OPTIONS]\n";

  if (!verbs.empty()) {
    out += "\nVerbs:\n";
    for (const CLI::App* verb : verbs) out += entry(verb->get_name(), verb->get_description());
  }
  if (!positionals(*app).empty()) {
    out += "\nArguments:\n";
    for (const CLI::Option* option : positionals(*app)) {
      out += entry(option->get_name(true), option->get_description());
    }
  }
  std::vector<std::string> groups;
  for (const CLI::Option* option : named_options(*app)) {
    if (std::find(groups.begin(), groups.end(), option->get_group()) == groups.end()) {
      groups.push_back(option->get_group());
    }
  }
  for (const std::string& group : groups) {
    if (group.empty()) continue;
    out += "\n" + group + ":\n";
    for (const CLI::Option* option : named_options(*app)) {
      if (option->get_group() == group) {
        out += entry(option_signature(*option), description_of(*option));
      }
    }
  }
  if (!app->get_footer().empty()) out += "\n" + app->get_footer() + "\n";
  return out;
}

}  // namespace cuvae::cli
