// Memory that text is formatted into.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace cuvae {

// Grows, never shrinks, and is not zeroed: writers ask for room, write behind end() and say where
// they stopped.
class TextBuffer {
 public:
  std::size_t size() const { return size_; }
  std::size_t room() const { return capacity_ - size_; }
  char* end() { return data_.get() + size_; }
  std::string_view text() const { return {data_.get(), size_}; }
  void clear() { size_ = 0; }
  void set_end(const char* end) { size_ = static_cast<std::size_t>(end - data_.get()); }

  void make_room(std::size_t bytes) {
    if (room() >= bytes) return;
    const std::size_t doubled = 2 * capacity_;
    const std::size_t needed = size_ + bytes;
    const std::size_t capacity = needed > doubled ? needed : doubled;
    auto data = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ != 0) std::memcpy(data.get(), data_.get(), size_);
    data_ = std::move(data);
    capacity_ = capacity;
  }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace cuvae
