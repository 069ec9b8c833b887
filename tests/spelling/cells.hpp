// Columns as tests write them.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "spelling/spelling.hpp"

namespace cuvae::test {

// Owns the texts of its cells.
class Cells {
 public:
  Cells(std::initializer_list<std::string> texts) {
    for (const std::string& text : texts) add(text);
  }
  explicit Cells(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) add(text);
  }

  void add(const std::string& text, std::uint64_t count = 1) { counts_[text] += count; }

  std::vector<CellCount> list() const {
    std::vector<CellCount> cells;
    for (const auto& [text, count] : counts_) cells.push_back({text, count});
    return cells;
  }

 private:
  std::map<std::string, std::uint64_t> counts_;
};

inline std::string spelled(const Spelling& spelling, double number, std::uint32_t form = 0) {
  std::string text(spelling.most_bytes(), '\0');
  const char* const end = spelling.spell(text.data(), {number, form});
  text.resize(static_cast<std::size_t>(end - text.data()));
  return text;
}

}  // namespace cuvae::test
