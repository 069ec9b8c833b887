// Text from data made fit for people. What is harmless is decided here for messages, the terminal
// and the report alike; they differ in what they put in the place of the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cuvae {

// Valid UTF-8 of at most `most` characters, ending in an ellipsis where it was longer. Invalid
// bytes, control characters and characters that reorder or hide text become U+FFFD; line breaks and
// tabs become spaces.
std::string displayed(std::string_view text, std::size_t most);

// The same characters as escapes such as \x1b, so that nothing is lost and a hostile column name
// can't drive the terminal.
std::string printable(std::string_view text, bool keep_newlines = false);

// A cell or a name in a message: at most 40 characters, displayed, quotes around it.
std::string in_quotes(std::string_view text);

}  // namespace cuvae
