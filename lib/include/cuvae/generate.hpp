/// @file
/// Generating rows of a model's endless table.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <cuvae/device.hpp>
#include <cuvae/model.hpp>
#include <cuvae/monitor.hpp>

namespace cuvae {

/// Which rows to generate. A model and a seed define an endless table; every row of it can be made
/// alone, so pieces of one job, made anywhere, concatenate to the whole.
struct GenerateOptions {
  std::uint64_t rows = 0;
  std::uint64_t first_row = 0;
  std::uint64_t seed = 0;
  bool header = true;  ///< write the header line (only ever before row first_row)

  /// Only rows that meet all of these: "COLUMN=CELL", "COLUMN!=CELL", "COLUMN<NUMBER" and the same
  /// with <=, > and >=. Rows are drawn until enough have met them.
  std::vector<std::string> where{};

  /// As many rows of each label of this column ("" for none).
  std::string balance{};

  /// Write a quote (') before names and labels that a spreadsheet would run: those that start with
  /// = + - @, a tab or a carriage return and are no numbers.
  bool escape_formulas = false;
};

/// What was written.
struct GenerateResult {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::uint64_t drawn = 0;  ///< rows drawn to find them; `rows` without conditions
};

/// Writes rows as CSV in the original columns and spellings. Generating, formatting and writing
/// overlap; memory does not grow with the number of rows. Atomic: the file gets its name when it is
/// complete. A program that wants an error rather than the signal SIGXFSZ where the file gets
/// larger than the system's limit ignores that signal.
///
/// The text is RFC 4180 with the schema's delimiter, except that lines end in LF whatever the
/// training file had. Cells are quoted only where they hold the delimiter, a quote or a line break.
/// The same model, seed and rows give the same bytes on every device and at any number of threads.
///
/// @param path     file to write, "-" for standard output
/// @param monitor  stage "generate", in rows
/// @throws Error   usage: the file exists, rows beyond 2^64 - 1 are asked for, a condition that
///                 names no column or that no cell meets; data: no row meets the conditions (20
///                 million were drawn in vain); data: network and
///                 schema don't fit each other; runtime: it can't be written; device; interrupted
GenerateResult generate_csv(const Model& model, const GenerateOptions& options,
                            const std::string& path, IfExists if_exists = IfExists::fail,
                            const DeviceChoice& device = {}, Monitor& monitor = silent_monitor());

/// Encoded rows of a model of the published network before they are spelled out: float32
/// [rows, columns] in [0, 1]. options.header says
/// nothing here.
/// @throws Error   as generate_csv, but for files; runtime: not enough memory
Matrix generate_matrix(const Model& model, const GenerateOptions& options,
                       const DeviceChoice& device = {}, Monitor& monitor = silent_monitor());

}  // namespace cuvae
