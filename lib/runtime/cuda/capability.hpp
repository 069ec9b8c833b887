// Which cards a build has code for, by their compute capability times ten.
#pragma once

#include <algorithm>
#include <initializer_list>

namespace cuvae::cuda {

// Machine code runs on its own capability and on later ones of the same major number; PTX, which
// the driver compiles, on its own and on any later one.
constexpr bool has_code_for(int capability, std::initializer_list<int> machine_code,
                            std::initializer_list<int> ptx) {
  return std::any_of(
             machine_code.begin(), machine_code.end(),
             [=](int code) { return code / 10 == capability / 10 && code <= capability; }) ||
         std::any_of(ptx.begin(), ptx.end(), [=](int code) { return code <= capability; });
}

}  // namespace cuvae::cuda
