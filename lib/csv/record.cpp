#include "csv/record.hpp"

#include <cstring>

namespace cuvae {
namespace {

const char* find(const char* begin, const char* end, char c) {
  const void* found = std::memchr(begin, c, static_cast<std::size_t>(end - begin));
  return found == nullptr ? end : static_cast<const char*>(found);
}

}  // namespace

Record read_record(const CsvText& text, const char* at, char delimiter) {
  Record record;
  const auto fail = [&record](RecordProblem problem, const char* cell) {
    record.problem = problem;
    record.problem_at = cell;
    return record;
  };
  for (const char* cell = at;; ++at) {
    cell = at;
    if (*at == '"') {
      for (++at;; ++at) {
        at = find(at, text.end, '"');
        if (at == text.end) return fail(RecordProblem::never_closed, cell);
        ++at;
        if (at == text.end || *at != '"') break;
      }
      const bool line_ends = at == text.end || *at == '\n' || (*at == '\r' && at[1] == '\n');
      if (!line_ends && *at != delimiter) return fail(RecordProblem::text_after_quote, cell);
    } else {
      while (at != text.end && *at != delimiter && *at != '\n' && *at != '"') ++at;
      if (at != text.end && *at == '"') return fail(RecordProblem::quote_in_text, cell);
    }
    std::string_view bytes(cell, static_cast<std::size_t>(at - cell));
    if (at != text.end && *at == delimiter) {
      record.cells.push_back(bytes);
      continue;
    }
    if (at != text.end && *at == '\r') ++at;
    if (at != text.end && at != text.begin && at[-1] == '\r') {
      record.carriage_return = true;
      if (bytes.ends_with('\r')) bytes.remove_suffix(1);
    }
    record.cells.push_back(bytes);
    record.next = at == text.end ? at : at + 1;
    return record;
  }
}

std::string_view unquoted(std::string_view cell, std::string& scratch) {
  if (cell.size() < 2 || cell.front() != '"') return cell;
  cell = cell.substr(1, cell.size() - 2);
  if (cell.find('"') == std::string_view::npos) return cell;
  scratch.clear();
  for (std::size_t i = 0; i < cell.size(); ++i) {
    scratch += cell[i];
    if (cell[i] == '"') ++i;
  }
  return scratch;
}

}  // namespace cuvae
