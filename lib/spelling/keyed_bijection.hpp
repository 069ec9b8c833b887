// A bijection of [0, size) that looks like chance and is computed wherever it is needed: the
// network of kernels/arithmetic/shuffle.hpp for sizes beyond 32 bits.
#pragma once

#include <array>
#include <cstdint>

namespace cuvae {

__extension__ using Wide = unsigned __int128;

class KeyedBijection {
 public:
  static constexpr Wide largest = Wide{1} << 120U;

  // size: 1 to `largest`
  explicit KeyedBijection(Wide size);

  Wide size() const { return size_; }

  // Where `position`, below size(), comes to. Another seed or stream gives another bijection.
  Wide operator()(Wide position, std::uint64_t seed, std::uint32_t stream) const;

 private:
  Wide size_;
  std::uint64_t left_size_;
  std::uint64_t right_size_;
};

}  // namespace cuvae
