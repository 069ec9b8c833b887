// JSON of files that others may have written: parsed only when the result is known to stay small.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace cuvae {

// How much a parsed text may take: deepest nesting, and bytes of memory as a multiple of the text's
// length plus a constant.
struct JsonBounds {
  int deepest = 16;
  std::size_t times = 9;
  std::size_t bytes = std::size_t{16} << 20U;
};

// Whether a text stays within its bounds, without building anything. A text that is no JSON does,
// up to where it stops being any.
bool stays_within(std::string_view text, const JsonBounds& bounds);

// Throws Error(data) for a text beyond its bounds, nlohmann::json::parse_error for one that is no
// JSON.
nlohmann::json parse_bounded(std::string_view text, const JsonBounds& bounds = {});

}  // namespace cuvae
