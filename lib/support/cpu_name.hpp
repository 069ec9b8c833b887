// The processor's name as the system gives it.
#pragma once

#include <string>

namespace cuvae {

std::string cpu_name();

}  // namespace cuvae
