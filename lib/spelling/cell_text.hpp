// A single cell as text, for those that need no buffer of their own for many.
#pragma once

#include <string>

#include "spelling/spelling.hpp"

namespace cuvae {

// Not for missing cells.
inline std::string cell_text(const Spelling& spelling, const SpelledCell& cell) {
  std::string text(spelling.most_bytes(), '\0');
  text.resize(static_cast<std::size_t>(spelling.spell(text.data(), cell) - text.data()));
  return text;
}

}  // namespace cuvae
