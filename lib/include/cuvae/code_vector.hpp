/// @file
/// A column of codes: unsigned integers stored in 1, 2 or 4 bytes each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

#include <cuvae/storage.hpp>

namespace cuvae {

/// Codes of one column, [rows], each below `code_count`, in the smallest type that holds them.
class CodeVector {
 public:
  CodeVector() = default;

  /// Zeroed codes of `rows` rows, in the smallest type that holds 0 ... code_count - 1.
  CodeVector(std::size_t rows, std::size_t code_count, const Storage& storage = {}) {
    if (code_count <= std::size_t{1} << 8) {
      data_ = LargeVector<std::uint8_t>(rows, storage);
    } else if (code_count <= std::size_t{1} << 16) {
      data_ = LargeVector<std::uint16_t>(rows, storage);
    } else {
      data_ = LargeVector<std::uint32_t>(rows, storage);
    }
  }

  std::size_t size() const {
    return std::visit([](const auto& codes) { return codes.size(); }, data_);
  }

  /// Calls f with a std::span<const T> of the codes, T being std::uint8_t, 16 or 32.
  template <class F>
  decltype(auto) visit(F&& f) const {
    return std::visit([&](const auto& codes) -> decltype(auto) { return f(std::span(codes)); },
                      data_);
  }

  /// The same with a std::span<T> that may be written.
  template <class F>
  decltype(auto) visit(F&& f) {
    return std::visit([&](auto& codes) -> decltype(auto) { return f(std::span(codes)); }, data_);
  }

  /// One code. For loops over many rows, use visit().
  std::uint32_t operator[](std::size_t row) const {
    return std::visit([&](const auto& codes) { return static_cast<std::uint32_t>(codes[row]); },
                      data_);
  }

 private:
  std::variant<LargeVector<std::uint8_t>, LargeVector<std::uint16_t>, LargeVector<std::uint32_t>>
      data_;
};

}  // namespace cuvae
