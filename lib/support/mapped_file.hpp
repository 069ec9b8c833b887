// Memory by the page, for the text of a file.
#pragma once

#include <cstddef>

#include <cuvae/storage.hpp>

namespace cuvae {

class Pages {
 public:
  Pages() = default;
  // Zeroed memory. Throws Error(runtime) saying `what` it was for and how much was asked.
  Pages(std::size_t bytes, const char* what, const Storage& storage);
  // A private copy-on-write view of a file's first `bytes` bytes, with a page of zeros before and
  // at least one behind it. Empty where the file can't be mapped.
  static Pages view_of_file(int descriptor, std::size_t bytes);
  static constexpr std::size_t margin_bytes = 4096;

  ~Pages();
  Pages(Pages&& other) noexcept;
  Pages& operator=(Pages&& other) noexcept;

  char* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
  bool view_ = false;
};

}  // namespace cuvae
