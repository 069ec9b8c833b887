// Memory by the page, for the large arrays: huge pages, zeroed by the system, never copied.
#pragma once

#include <cstddef>

namespace cuvae {

class Pages {
 public:
  Pages() = default;
  // Zeroed memory. Throws Error(runtime) saying `what` it was for and how much was asked.
  Pages(std::size_t bytes, const char* what);
  // A private copy-on-write view of a file's first `bytes` bytes, with a page of zeros before and
  // at least one behind it. Empty where the file can't be mapped.
  static Pages view_of_file(int descriptor, std::size_t bytes);
  static constexpr std::size_t margin_bytes = 4096;

  ~Pages();
  Pages(Pages&& other) noexcept;
  Pages& operator=(Pages&& other) noexcept;

  // Keeps the content; new bytes are zero. Addresses may change.
  void grow(std::size_t bytes, const char* what);

  // Gives the memory away: the caller unmaps size() bytes.
  void* release() {
    void* const data = data_;
    data_ = nullptr;
    return data;
  }

  template <class T = char>
  T* data() const {
    return static_cast<T*>(data_);
  }
  std::size_t size() const { return size_; }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace cuvae
