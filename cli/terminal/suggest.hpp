// "Did you mean ...?"
#pragma once

#include <string>
#include <vector>

namespace cuvae::cli {

// The candidate that takes the fewest edits to reach from `word`, where they are few enough for a
// slip of the fingers; otherwise "".
std::string closest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace cuvae::cli
