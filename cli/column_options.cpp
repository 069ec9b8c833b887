// Options that say what the columns of a table are taken for.
#include <charconv>
#include <fmt/format.h>

#include "options.hpp"
#include "schema/delimiter.hpp"

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

void add_datetime(CLI::App& verb, ReadOptions& options) {
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

void add_missing(CLI::App& verb, ReadOptions& options) {
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

void add_rule_options(CLI::App& verb, ReadOptions& options) {
  verb.add_option(
          "--rule", options.rules,
          "what all rows keep and generated ones must: 'low <= high', 'total = qty * price', "
          "'cents = 100 * amount' (repeatable)")
      ->type_name("RULE")
      ->type_size(1)
      ->allow_extra_args(false)
      ->take_all()
      ->group(group);
  verb.add_flag("--no-rules{false}", options.find_rules,
                "look for no rules that all rows keep; those stated with --rule are kept")
      ->group(group);
}

void add_meaning_options(CLI::App& verb, ReadOptions& options) {
  add_names(verb, "--key", options.key,
            "this column names each row: its cells are made anew, in the same shape (repeatable)");
  add_names(verb, "--keep", options.keep,
            "this column may come out as it is, though nearly each row has a cell of its own "
            "(repeatable)");
  add_datetime(verb, options);
  add_missing(verb, options);
  add_rule_options(verb, options);
}

}  // namespace

void add_protection_options(CLI::App& verb, TrainOptions& options) {
  verb.add_option_function<std::string>(
          "--protect-rare",
          [&options](const std::string& text) {
            options.protect_rare = 0;
            if (text == "none") return;
            const char* const end = text.data() + text.size();
            std::uint32_t rows = 0;
            const auto parsed = std::from_chars(text.data(), end, rows);
            if (parsed.ec != std::errc() || parsed.ptr != end) {
              throw CLI::ValidationError(
                  "--protect-rare", fmt::format("'{}' is no number of rows, nor 'none'", text));
            }
            options.protect_rare = rows;
          },
          "learn no label of fewer rows than this and no number beyond those that so many rows "
          "reach; without it, 5 in columns most of whose rows have such labels (names, notes)")
      ->type_name("N|none")
      ->group(group);
  verb.add_option("--person", options.person,
                  "column of people: for --protect-rare, they are counted, not rows")
      ->type_name("COLUMN")
      ->group(group);
  verb.add_flag("--protect-star", options.protect_star,
                "rare labels become *, not frequent labels that begin like them")
      ->group(group);
}

void add_column_options(CLI::App& verb, ReadOptions& options) {
  add_names(verb, "--label", options.label,
            "take this column as labels, whatever it holds (repeatable)");
  add_names(verb, "--continuous", options.continuous,
            "take this column as continuous numbers (repeatable)");
  add_names(verb, "--drop", options.drop, "leave this column out (repeatable)");
  add_meaning_options(verb, options);
  add_reading_options(verb, options);
  verb.add_option_function<std::string>(
          "--delimiter",
          [&options](const std::string& text) {
            if (text == "tab" || text == "\\t") {
              options.delimiter = '\t';
            } else if (text.size() == 1 && separates_cells(text.front())) {
              options.delimiter = text.front();
            } else {
              throw CLI::ValidationError(
                  "--delimiter",
                  fmt::format("'{}' is not one character, which no number is spelled "
                              "with, or 'tab'",
                              text));
            }
          },
          "what separates the cells; found out by itself among , ; tab and |")
      ->type_name("CHARACTER")
      ->group(group);
}

}  // namespace cuvae::cli
