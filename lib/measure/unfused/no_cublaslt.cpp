#include <cuvae/error.hpp>

#include "measure/unfused/multiplier.hpp"

namespace cuvae::unfused {

std::shared_ptr<Multiplier> make_cublaslt_multiplier(std::size_t) {
  throw Error(ErrorKind::usage, "this build has no cuBLASLt; install it and configure again");
}

bool has_cublaslt() {
  return false;
}

}  // namespace cuvae::unfused
