// Counts as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace cuvae {

// 24386900 as "24,386,900".
std::string with_separators(std::uint64_t number);

}  // namespace cuvae
