// Which bytes can stand between cells.
#pragma once

#include <string_view>

namespace cuvae {

// None that numbers are spelled with, and none that CSV has another use for.
inline bool separates_cells(char delimiter) {
  constexpr std::string_view taken("0123456789+-.eE$\"\n\r\0", 20);
  return taken.find(delimiter) == std::string_view::npos;
}

}  // namespace cuvae
