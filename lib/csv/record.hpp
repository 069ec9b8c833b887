// One record of a CSV file at a time, plainly: for headers, samples and error messages.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cuvae {

// Text that ends with a newline and is not part of a larger line.
struct CsvText {
  const char* begin = nullptr;
  const char* end = nullptr;
  std::size_t size() const { return static_cast<std::size_t>(end - begin); }
};

enum class RecordProblem {
  none,
  text_after_quote,  // "abc"d
  quote_in_text,     // ab"c
  never_closed,      // the text ends inside of quotes
};

struct Record {
  std::vector<std::string_view> cells;  // as they stand in the file, quotes included
  const char* next = nullptr;           // first byte of the next record
  bool carriage_return = false;         // it ended with CR LF
  RecordProblem problem = RecordProblem::none;
  const char* problem_at = nullptr;  // first byte of the cell that has the problem
};

// Reads the record that starts at `at`; stops at the first problem.
Record read_record(const CsvText& text, const char* at, char delimiter);

// A cell without its quotes, doubled ones made single. `scratch` holds the result where the cell's
// own bytes can't.
std::string_view unquoted(std::string_view cell, std::string& scratch);

}  // namespace cuvae
