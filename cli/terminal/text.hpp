// Numbers and text as people read them on a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/display.hpp"
#include "text/separators.hpp"

namespace cuvae::cli {

// 25100000 as "25.1 M"; below a thousand as it is.
std::string with_prefix(double number);

// 2350000000 as "2.35 GB"; decimal units.
std::string bytes_text(double bytes);

// "0.12 s" below a minute, else "1:05" or "2:01:05".
std::string duration_text(double seconds);

// Code points, which is the width of what printable() returns but for wide scripts.
std::size_t display_width(std::string_view text);

// At most `width` code points, the last one an ellipsis where something was cut off.
std::string shortened(std::string_view text, std::size_t width);

// Lines of at most `width` characters, broken at spaces; existing line breaks stay.
std::string wrapped(std::string_view text, std::size_t width);

// Rows of cells in aligned columns.
class TextTable {
 public:
  enum class Align { left, right };
  explicit TextTable(std::vector<Align> columns) : columns_(std::move(columns)) {}
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  std::string text() const;

 private:
  std::vector<Align> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace cuvae::cli
