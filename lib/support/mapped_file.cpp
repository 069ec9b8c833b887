#include "support/mapped_file.hpp"

#include <sys/mman.h>
#include <utility>

namespace cuvae {

Pages::Pages(std::size_t bytes, const char* what, const Storage& storage)
    : data_(static_cast<char*>(storage.allocate(bytes, what))),
      size_(Storage::whole_pages(bytes)) {}

Pages Pages::view_of_file(int descriptor, std::size_t bytes) {
  Pages view;
  const std::size_t mapped = (bytes + margin_bytes - 1) / margin_bytes * margin_bytes;
  const std::size_t whole = mapped + 2 * margin_bytes;
  void* start = mmap(nullptr, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return view;
  view.data_ = static_cast<char*>(start);
  view.size_ = whole;
  view.view_ = true;
  void* inner = view.data_ + margin_bytes;
  if (mmap(inner, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, descriptor, 0) ==
      MAP_FAILED) {
    return {};
  }
  return view;
}

Pages::~Pages() {
  if (view_) {
    munmap(data_, size_);
  } else {
    Storage::release(data_, size_);
  }
}

Pages::Pages(Pages&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      view_(std::exchange(other.view_, false)) {}

Pages& Pages::operator=(Pages&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(view_, other.view_);
  return *this;
}

}  // namespace cuvae
