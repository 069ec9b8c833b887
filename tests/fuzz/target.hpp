// What the fuzz targets share. A target throws the library's Errors away and nothing else.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

#include <cuvae/error.hpp>

namespace cuvae::fuzz {

inline constexpr std::size_t most_input_bytes = std::size_t{1} << 16U;

// A fuzzer takes an abort for a finding.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// The bytes of an input: choices first, then text.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  // The next byte; 0 at the end.
  unsigned choice() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }

  // Up to the next line that is `separator`, which is left out; all where there is none.
  std::string part(std::string_view separator) {
    std::string line = "\n";
    line.append(separator).append("\n");
    const std::size_t end = std::min(rest_.find(line), rest_.size());
    const std::string text(rest_.substr(0, end));
    rest_.remove_prefix(std::min(end + line.size(), rest_.size()));
    return text;
  }

  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// A file with a content that lies on no disk.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view content) : descriptor_(memfd_create("fuzz", MFD_CLOEXEC)) {
    require(descriptor_ >= 0, "there is a file in memory");
    while (!content.empty()) {
      const ssize_t written = write(descriptor_, content.data(), content.size());
      require(written > 0, "a file in memory can be written");
      content.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  ~MemoryFile() { close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

}  // namespace cuvae::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
