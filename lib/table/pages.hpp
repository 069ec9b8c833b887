// Memory by the page, for the large arrays: huge pages, zeroed by the system, never copied.
#pragma once

#include <cstddef>

namespace cuvae {

class Pages {
 public:
  Pages() = default;
  // Zeroed memory. Throws Error(runtime) saying `what` it was for and how much was asked.
  Pages(std::size_t bytes, const char* what);
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
