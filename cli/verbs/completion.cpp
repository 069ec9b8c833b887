// Completion scripts, made from the options that the tool has.
#include <algorithm>
#include <fmt/format.h>

#include <cuvae/error.hpp>

#include "application.hpp"
#include "terminal/help_formatter.hpp"

namespace cuvae::cli {
namespace {

// "auto|cpu|cuda" as its parts; nothing where the option takes no fixed words. Words with a
// placeholder in capitals ("cuda:N") are left out.
std::vector<std::string> choices_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  std::vector<std::string> choices;
  if (option.get_type_size() == 0 || type.empty() ||
      !std::islower(static_cast<unsigned char>(type.front()))) {
    return choices;
  }
  for (std::size_t begin = 0; begin <= type.size();) {
    const std::size_t end = std::min(type.find('|', begin), type.size());
    const std::string word = type.substr(begin, end - begin);
    if (std::none_of(word.begin(), word.end(),
                     [](unsigned char letter) { return std::isupper(letter) != 0; })) {
      choices.push_back(word);
    }
    begin = end + 1;
  }
  return choices;
}

bool takes_file(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  return type == "DIR" || type == "MODEL" || type == "CSV" || type.find('.') != std::string::npos;
}

std::vector<std::string> words_of(const CLI::Option& option) {
  std::vector<std::string> words;
  for (const std::string& name : option.get_lnames()) words.push_back("--" + name);
  for (const std::string& name : option.get_snames()) words.push_back("-" + name);
  return words;
}

std::string joined(const std::vector<std::string>& words, const std::string& separator) {
  return fmt::format("{}", fmt::join(words, separator));
}

std::string bash_script(const CLI::App& root) {
  std::vector<std::string> verbs;
  std::string options;
  std::string values;
  std::vector<std::string> seen;
  for (const CLI::App* verb : visible_verbs(root)) {
    verbs.push_back(verb->get_name());
    std::vector<std::string> words;
    for (const CLI::Option* option : named_options(*verb)) {
      const std::vector<std::string> names = words_of(*option);
      words.insert(words.end(), names.begin(), names.end());
      if (option->get_type_size() == 0 || takes_file(*option)) continue;
      const std::string pattern =
          verb->get_name() + ":" + joined(names, "|" + verb->get_name() + ":");
      values += fmt::format("    {}) COMPREPLY=($(compgen -W \"{}\" -- \"$word\")); return ;;\n",
                            pattern, joined(choices_of(*option), " "));
    }
    options += fmt::format("    {}) options=\"{}\" ;;\n", verb->get_name(), joined(words, " "));
  }
  return fmt::format(R"(# Completion of cuvae for bash.
_cuvae() {{
  local word="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}"
  local verb="${{COMP_WORDS[1]}}" options=""
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "{} --help --version" -- "$word"))
    return
  fi
  case "$verb:$before" in
{}  esac
  case "$verb" in
{}  esac
  if [[ "$word" == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$word"))
  else
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}}
complete -F _cuvae cuvae
)",
                     joined(verbs, " "), values, options);
}

// Text in a description of zsh's _arguments.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char character : text) {
    if (character == '\'') {
      out += "'\\''";
    } else if (character == '[' || character == ']' || character == ':' || character == '\\') {
      out += '\\';
      out += character;
    } else {
      out += character;
    }
  }
  return out;
}

std::string zsh_option(const CLI::Option& option) {
  std::string action;
  if (option.get_type_size() != 0) {
    const std::vector<std::string> choices = choices_of(option);
    action = ":" + zsh_text(option.get_type_name()) + ":";
    if (!choices.empty()) {
      action += "(" + joined(choices, " ") + ")";
    } else if (takes_file(option)) {
      action += option.get_type_name() == "DIR" ? "_files -/" : "_files";
    }
  }
  const std::vector<std::string> words = words_of(option);
  const std::string description = "[" + zsh_text(option.get_description()) + "]";
  const bool repeatable = option.get_expected_max() > 1;
  std::string lines;
  for (const std::string& word : words) {
    const std::string group = repeatable ? "*" : "(" + joined(words, " ") + ")";
    lines += fmt::format("        '{}{}{}{}' \\\n", group, word, description, action);
  }
  return lines;
}

std::string zsh_script(const CLI::App& root) {
  std::string verbs;
  std::string cases;
  for (const CLI::App* verb : visible_verbs(root)) {
    verbs += fmt::format("    '{}:{}'\n", verb->get_name(), zsh_text(verb->get_description()));
    cases += fmt::format("    {})\n      _arguments \\\n", verb->get_name());
    for (const CLI::Option* option : named_options(*verb)) cases += zsh_option(*option);
    cases += "        '*:file:_files'\n      ;;\n";
  }
  return fmt::format(R"(#compdef cuvae
# Completion of cuvae for zsh.
_cuvae() {{
  local -a verbs
  verbs=(
{}  )
  if ((CURRENT == 2)); then
    _describe verb verbs
    _arguments '--help[print help]' '--version[print the version]'
    return
  fi
  local verb="${{words[2]}}"
  shift words
  ((CURRENT--))
  case "$verb" in
{}  esac
}}
if [[ "$funcstack[1]" == _cuvae ]]; then
  _cuvae "$@"
else
  compdef _cuvae cuvae
fi
)",
                     verbs, cases);
}

}  // namespace

Verb add_completion(CLI::App& root) {
  CLI::App* verb = root.add_subcommand("completion", "print a completion script");
  verb->group("");
  const auto shell = std::make_shared<std::string>();
  verb->add_option("SHELL", *shell, "bash or zsh")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh"}));
  verb->footer("Examples:\n  source <(cuvae completion bash)\n  source <(cuvae completion zsh)");
  return {verb, [&root, shell](Session&) {
            Console::result(*shell == "bash" ? bash_script(root) : zsh_script(root));
          }};
}

}  // namespace cuvae::cli
