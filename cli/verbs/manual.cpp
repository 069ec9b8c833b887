// The manual page, made from the options that the tool has.
#include <fmt/format.h>

#include <cuvae/model.hpp>

#include "application.hpp"
#include "terminal/help_formatter.hpp"

namespace cuvae::cli {
namespace {

// Text that roff takes as it is.
std::string roff(const std::string& text) {
  std::string out;
  bool line_start = true;
  for (const char character : text) {
    if (line_start && (character == '.' || character == '\'')) out += "\\&";
    if (character == '\\') {
      out += "\\e";
    } else if (character == '-') {
      out += "\\-";
    } else {
      out += character;
    }
    line_start = character == '\n';
  }
  return out;
}

std::string option_entry(const CLI::Option& option) {
  std::string text = option.get_description();
  if (!option.get_default_str().empty()) text += " [" + option.get_default_str() + "]";
  return ".TP\n.B " + roff(option_signature(option)) + "\n" + roff(text) + "\n";
}

std::string verbatim(const std::string& text) {
  return ".nf\n" + roff(text) + "\n.fi\n";
}

std::string verb_section(const CLI::App& verb) {
  std::string out =
      ".SS cuvae " + roff(verb.get_name()) + "\n" + roff(verb.get_description()) + ".\n";
  for (const CLI::Option* option :
       verb.get_options([](const CLI::Option* candidate) { return candidate->get_positional(); })) {
    out +=
        ".TP\n.I " + roff(option->get_name(true)) + "\n" + roff(option->get_description()) + "\n";
  }
  for (const CLI::Option* option : named_options(verb)) {
    if (option->get_group() != "Common options") out += option_entry(*option);
  }
  return out + ".PP\n" + verbatim(verb.get_footer());
}

std::string manual(const CLI::App& root) {
  std::string out =
      ".TH CUVAE 1 \"\" \"cuvae " + roff(library_version()) + "\" \"User Commands\"\n";
  out += ".SH NAME\ncuvae \\- synthetic tables from a small variational autoencoder\n";
  out += ".SH SYNOPSIS\n.B cuvae\n.I VERB\n[\\fIOPTIONS\\fR]\n";
  out += ".SH DESCRIPTION\n" + roff(root.get_description()) + "\n.SH VERBS\n";
  const std::vector<const CLI::App*> verbs = visible_verbs(root);
  for (const CLI::App* verb : verbs) out += verb_section(*verb);
  out += ".SH COMMON OPTIONS\nEvery verb has these.\n";
  for (const CLI::Option* option : named_options(*verbs.front())) {
    if (option->get_group() == "Common options") out += option_entry(*option);
  }
  return out + ".SH FILES, EXIT CODES, ENVIRONMENT, EXAMPLES\n" + verbatim(root.get_footer());
}

}  // namespace

Verb add_manual(CLI::App& root) {
  CLI::App* verb = root.add_subcommand("manual", "print the manual page in roff");
  verb->group("");
  return {verb, [&root](Session&) { Console::result(manual(root)); }};
}

}  // namespace cuvae::cli
