// Files as the tests compare them.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

namespace cuvae::test {

inline std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace cuvae::test
