#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cuvae/error.hpp>
#include <cuvae/storage.hpp>

namespace cuvae {
namespace {

constexpr std::size_t huge_page_bytes = std::size_t{2} << 20;

[[noreturn]] void fail_memory(std::size_t bytes, const char* what) {
  throw Error(ErrorKind::runtime,
              fmt::format("not enough memory for {}: {} MiB were asked for; free some memory or "
                          "take fewer rows or columns",
                          what, bytes >> 20));
}

[[noreturn]] void fail_folder(const std::string& folder, std::size_t bytes, const char* what,
                              int error) {
  const char* reason = error == ENOSPC || error == EDQUOT || error == EFBIG
                           ? "no space is left there; free some or name another folder"
                           : std::strerror(error);
  throw Error(ErrorKind::runtime, fmt::format("{}: can't hold a cache file of {} MiB for {}: {}",
                                              folder, bytes >> 20, what, reason));
}

void* in_memory(std::size_t size, const char* what) {
  // One huge page more than needed, so that the part kept can start at a huge page.
  const bool huge = size >= huge_page_bytes;
  const std::size_t asked = size + (huge ? huge_page_bytes : 0);
  void* whole = mmap(nullptr, asked, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (whole == MAP_FAILED) fail_memory(size, what);
  if (!huge) return whole;
  const auto start = reinterpret_cast<std::uintptr_t>(whole);
  const std::uintptr_t kept = (start + huge_page_bytes - 1) / huge_page_bytes * huge_page_bytes;
  if (kept != start) munmap(whole, kept - start);
  const std::uintptr_t behind = kept + size;
  if (start + asked != behind) munmap(reinterpret_cast<void*>(behind), start + asked - behind);
  void* const data = reinterpret_cast<void*>(kept);
  madvise(data, size, MADV_HUGEPAGE);
  return data;
}

// A file without a name; where the file system can't make one, its name goes at once.
int unnamed_file(const std::string& folder) {
  const int made = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
  if (made >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return made;
  std::string name = folder + "/cuvae-cache-XXXXXX";
  const int named = mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) unlink(name.c_str());
  return named;
}

void* in_file(const std::string& folder, std::size_t size, const char* what) {
  const int file = unnamed_file(folder);
  if (file < 0) fail_folder(folder, size, what, errno);
  int error = 0;
  do {
    error = posix_fallocate(file, 0, static_cast<off_t>(size));
  } while (error == EINTR);
  void* const data =
      error != 0 ? MAP_FAILED : mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (error == 0 && data == MAP_FAILED) error = errno;
  close(file);
  if (data == MAP_FAILED) fail_folder(folder, size, what, error);
  return data;
}

}  // namespace

std::size_t Storage::whole_pages(std::size_t bytes) {
  const std::size_t unit = bytes < huge_page_bytes ? 4096 : huge_page_bytes;
  return (bytes + unit - 1) / unit * unit;
}

Storage Storage::in_folder(const std::string& folder) {
  Storage storage;
  storage.folder_ = std::make_shared<const std::string>(folder);
  return storage;
}

void* Storage::allocate(std::size_t bytes, const char* what) const {
  if (bytes > SIZE_MAX / 2) fail_memory(bytes, what);
  if (bytes == 0) return nullptr;
  const std::size_t size = whole_pages(bytes);
  return folder_ ? in_file(*folder_, size, what) : in_memory(size, what);
}

void* Storage::allocate_rows(std::uint64_t rows, std::size_t row_bytes, const char* what) const {
  if (row_bytes != 0 && rows > SIZE_MAX / 2 / row_bytes) {
    throw Error(ErrorKind::runtime,
                fmt::format("not enough memory for {}: {} rows of {} bytes were asked for; take "
                            "fewer rows or columns",
                            what, rows, row_bytes));
  }
  return allocate(rows * row_bytes, what);
}

void Storage::release(void* data, std::size_t bytes) noexcept {
  if (data != nullptr) munmap(data, whole_pages(bytes));
}

}  // namespace cuvae
