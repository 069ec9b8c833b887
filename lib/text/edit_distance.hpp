// How far one name is from another.
#pragma once

#include <cstddef>
#include <string_view>

namespace cuvae {

// Number of edits from one text to the other: a byte changed, left out or put in.
std::size_t edit_distance(std::string_view a, std::string_view b);

// Whether people may take one name for the other: but for case, spaces and marks, or a letter or
// two.
bool are_near(std::string_view a, std::string_view b);

}  // namespace cuvae
