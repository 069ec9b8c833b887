#include "table/pages.hpp"

#include <cstdint>
#include <fmt/format.h>
#include <string>
#include <sys/mman.h>
#include <utility>

#include <cuvae/error.hpp>

namespace cuvae {
namespace {

constexpr std::size_t huge_page_bytes = std::size_t{2} << 20;

[[noreturn]] void fail(std::size_t bytes, const char* what) {
  throw Error(ErrorKind::runtime,
              fmt::format("not enough memory for {}: {} MiB were asked for; free some memory or "
                          "take fewer rows or columns",
                          what, bytes >> 20));
}

std::size_t rounded(std::size_t bytes, const char* what) {
  if (bytes > SIZE_MAX / 2) fail(bytes, what);
  const std::size_t unit = bytes < huge_page_bytes ? 4096 : huge_page_bytes;
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace

Pages::Pages(std::size_t bytes, const char* what) {
  if (bytes == 0) return;
  size_ = rounded(bytes, what);
  // One huge page more than needed, so that the part kept can start at a huge page.
  const bool huge = size_ >= huge_page_bytes;
  const std::size_t asked = size_ + (huge ? huge_page_bytes : 0);
  void* whole = mmap(nullptr, asked, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (whole == MAP_FAILED) fail(bytes, what);
  data_ = whole;
  if (!huge) return;
  const auto start = reinterpret_cast<std::uintptr_t>(whole);
  const std::uintptr_t kept = (start + huge_page_bytes - 1) / huge_page_bytes * huge_page_bytes;
  data_ = reinterpret_cast<void*>(kept);
  if (kept != start) munmap(whole, kept - start);
  const std::uintptr_t behind = kept + size_;
  if (start + asked != behind) munmap(reinterpret_cast<void*>(behind), start + asked - behind);
  madvise(data_, size_, MADV_HUGEPAGE);
}

Pages Pages::view_of_file(int descriptor, std::size_t bytes) {
  Pages view;
  const std::size_t mapped = (bytes + margin_bytes - 1) / margin_bytes * margin_bytes;
  const std::size_t whole = mapped + 2 * margin_bytes;
  void* start = mmap(nullptr, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return view;
  view.data_ = start;
  view.size_ = whole;
  void* inner = static_cast<char*>(start) + margin_bytes;
  if (mmap(inner, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, descriptor, 0) ==
      MAP_FAILED) {
    return {};
  }
  return view;
}

Pages::~Pages() {
  if (data_ != nullptr) munmap(data_, size_);
}

Pages::Pages(Pages&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Pages& Pages::operator=(Pages&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

void Pages::grow(std::size_t bytes, const char* what) {
  const std::size_t wanted = rounded(bytes, what);
  if (wanted <= size_) return;
  if (data_ == nullptr) {
    *this = Pages(bytes, what);
    return;
  }
  void* moved = mremap(data_, size_, wanted, MREMAP_MAYMOVE);
  if (moved == MAP_FAILED) fail(bytes, what);
  data_ = moved;
  size_ = wanted;
  if (size_ >= huge_page_bytes) madvise(data_, size_, MADV_HUGEPAGE);
}

}  // namespace cuvae
