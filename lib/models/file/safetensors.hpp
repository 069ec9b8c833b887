// The safetensors container: u64 header length, JSON header, tensors one behind the other. Only
// what a cuvae model needs: little-endian float32 tensors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cuvae {

struct Tensor {
  std::string name;
  std::vector<std::uint64_t> shape;
  std::vector<float> values;  // row after row
};

struct TensorFile {
  std::map<std::string, std::string> metadata;
  std::vector<Tensor> tensors;  // in the order of their values in the file
};

// The format's own limit.
inline constexpr std::size_t most_header_bytes = 100'000'000;
inline constexpr std::size_t most_tensor_bytes = std::size_t{1} << 30;

[[noreturn]] void fail_header_size(std::size_t bytes);

// Throws Error(data) where the header gets longer than the format allows or a text is no UTF-8.
std::string to_safetensors(const TensorFile& file);

// Checks every size, name, type and offset: tensors must fill the file without holes or overlaps.
// Throws Error(data) beginning with `source`.
TensorFile from_safetensors(std::string_view bytes, const std::string& source);

}  // namespace cuvae
