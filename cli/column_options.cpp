// Options that say what the columns of a table are taken for.
#include <fmt/format.h>

#include "options.hpp"

namespace cuvae::cli {
namespace {

constexpr const char* group = "Columns";

void add_names(CLI::App& verb, const std::string& name, std::vector<std::string>& target,
               const std::string& description) {
  verb.add_option(name, target, description)
      ->type_name("COLUMN")
      ->type_size(1)
      ->allow_extra_args(false)
      ->take_all()
      ->group(group);
}

void add_datetime(CLI::App& verb, ColumnOptions& options) {
  verb.add_option_function<std::vector<std::string>>(
          "--datetime",
          [&options](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              const std::size_t equals = text.find('=');
              options.datetime.emplace_back(text.substr(0, equals), equals == std::string::npos
                                                                        ? std::string()
                                                                        : text.substr(equals + 1));
            }
          },
          "take this column as dates or times; the format as strftime writes it (%d.%m.%Y), or "
          "epoch, epoch-ms, epoch-us for counts since 1970; found out when absent (repeatable)")
      ->type_name("COLUMN[=FORMAT]")
      ->type_size(1)
      ->allow_extra_args(false)
      ->take_all()
      ->group(group);
}

void add_missing(CLI::App& verb, ColumnOptions& options) {
  verb.add_option_function<std::vector<std::string>>(
          "--missing",
          [&options](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              if (text == "none") {
                options.find_missing = false;
              } else {
                options.missing.push_back(text);
              }
            }
          },
          "cells with this text have no value, such as -999 (repeatable); NA, null, ? and the like "
          "are found in columns of numbers and dates by themselves, with 'none' they are not")
      ->type_name("TEXT")
      ->type_size(1)
      ->allow_extra_args(false)
      ->take_all()
      ->group(group);
}

}  // namespace

void add_meaning_options(CLI::App& verb, ColumnOptions& options) {
  add_names(verb, "--key", options.key,
            "this column names each row: its cells are made anew, in the same shape (repeatable)");
  add_names(verb, "--keep", options.keep,
            "this column may come out as it is, though nearly each row has a cell of its own "
            "(repeatable)");
  add_datetime(verb, options);
  add_missing(verb, options);
}

}  // namespace cuvae::cli
