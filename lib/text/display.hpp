// Text from data made fit for people: messages and the report.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cuvae {

// Valid UTF-8 of at most `most` characters, ending in an ellipsis where it was longer. Invalid
// bytes, control characters and characters that reorder or hide text become U+FFFD; line breaks and
// tabs become spaces.
std::string displayed(std::string_view text, std::size_t most);

}  // namespace cuvae
