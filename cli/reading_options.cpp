// Options that say how a file is to be read.
#include <limits>

#include "options.hpp"

namespace cuvae::cli {
namespace {

// Where the separator stands outside of quotes.
std::size_t find_outside_quotes(const std::string& text, char separator, std::size_t from = 0) {
  bool inside = false;
  for (std::size_t at = from; at < text.size(); ++at) {
    inside ^= text[at] == '"';
    if (text[at] == separator && !inside) return at;
  }
  return std::string::npos;
}

std::string without_quotes(const std::string& text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return text;
  std::string bare;
  for (std::size_t at = 1; at + 1 < text.size(); ++at) {
    bare += text[at];
    if (text[at] == '"' && text[at + 1] == '"') ++at;
  }
  return bare;
}

}  // namespace

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t from = 0;;) {
    const std::size_t comma = find_outside_quotes(text, ',', from);
    names.push_back(without_quotes(text.substr(from, comma - from)));
    if (comma == std::string::npos) return names;
    from = comma + 1;
  }
}

ReadOptions for_written_file(ReadOptions options) {
  options.encoding = TextEncoding::automatic;
  options.skip = options.skip_last = 0;
  options.comment.clear();
  options.rename.clear();
  return options;
}

void add_reading_options(CLI::App& verb, ReadOptions& options) {
  constexpr const char* group = "Reading";
  constexpr std::uint64_t most_lines = std::numeric_limits<std::int64_t>::max();
  verb.add_option_function<std::string>(
          "--encoding",
          [&options](const std::string& text) {
            try {
              options.encoding = encoding_named(text);
            } catch (const Error& error) {
              throw CLI::ValidationError("--encoding", error.what());
            }
          },
          "what the file's bytes mean; what is written is UTF-8")
      ->type_name("auto|utf-8|utf-16|latin-1|windows-1252")
      ->default_str("auto")
      ->group(group);
  add_count(verb, "--skip", options.skip, 0, most_lines, "lines above the header to leave out")
      ->group(group);
  add_count(verb, "--skip-last", options.skip_last, 0, most_lines,
            "lines at the end to leave out, such as totals")
      ->group(group);
  verb.add_option("--comment", options.comment, "leave out lines that start with this text")
      ->type_name("TEXT")
      ->group(group);
  verb.add_option_function<std::vector<std::string>>(
          "--rename",
          [&options](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              const std::size_t equals = find_outside_quotes(text, '=');
              if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
                throw CLI::ValidationError("--rename",
                                           "'" + text + "' is not OLD=NEW, two names of a column");
              }
              options.rename.emplace_back(without_quotes(text.substr(0, equals)),
                                          without_quotes(text.substr(equals + 1)));
            }
          },
          "another name for a column, for the other options and in what is written; names that "
          "hold "
          "'=' in double quotes (repeatable)")
      ->type_name("OLD=NEW")
      ->type_size(1)
      ->allow_extra_args(false)
      ->take_all()
      ->group(group);
}

}  // namespace cuvae::cli
