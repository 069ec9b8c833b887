#include "memory.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <limits>

#include <cuvae/error.hpp>

#include "options.hpp"
#include "session.hpp"
#include "terminal/text.hpp"

namespace cuvae::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t unknown = std::numeric_limits<std::uint64_t>::max();

// Columns, encoded rows and what evaluation needs are less than this many bytes for each byte of
// the file.
constexpr std::uint64_t bytes_per_file_byte = 2;

// The number behind a word in a file of the system; unknown where there is none.
std::uint64_t number_in(const char* path, const std::string& word) {
  std::ifstream file(path);
  std::string found;
  while (!word.empty() && file >> found && found != word) {
  }
  std::uint64_t number = 0;
  return file >> number ? number : unknown;
}

std::uint64_t free_bytes() {
  const std::uint64_t free_kib = number_in("/proc/meminfo", "MemAvailable:");
  return std::min({free_kib == unknown ? unknown : free_kib * 1024,
                   number_in("/sys/fs/cgroup/memory.max", ""),
                   number_in("/sys/fs/cgroup/memory/memory.limit_in_bytes", "")});
}

std::uint64_t size_of(const std::string& data) {
  std::error_code error;
  if (data == "-" || !fs::is_regular_file(data, error)) return unknown;
  const std::uintmax_t size = fs::file_size(data, error);
  return error ? unknown : static_cast<std::uint64_t>(size);
}

std::string folder_for(const MemoryOptions& options, const std::string& beside) {
  if (!options.folder.empty()) return options.folder;
  const fs::path folder =
      fs::is_directory(beside) ? fs::path(beside) : fs::path(beside).parent_path();
  return folder.empty() ? "." : folder.string();
}

}  // namespace

void add_memory_options(CLI::App& verb, MemoryOptions& options) {
  add_count(verb, "--memory", options.bytes, 1, 1ULL << 62,
            "bytes of memory for the table; k, M and G stand for thousands, millions, billions. A "
            "larger table goes through cache files, with the same result")
      ->type_name("SIZE")
      ->default_str("what is free")
      ->group("Memory");
  verb.add_option("--cache", options.folder,
                  "folder of the cache files, which have no names there and leave nothing behind")
      ->type_name("DIR")
      ->default_str("beside the output")
      ->group("Memory");
}

Storage table_storage(const Session& session, const MemoryOptions& options, const std::string& data,
                      const std::string& beside) {
  if (!options.folder.empty() && !fs::is_directory(options.folder)) {
    throw Error(ErrorKind::usage,
                fmt::format("--cache: {} is no folder; make it, or name another", options.folder));
  }
  const std::uint64_t size = size_of(data);
  // Nobody knows how much a pipe will bring: it stays in memory unless a limit was set.
  if (size == unknown && options.bytes == 0) return {};
  const std::uint64_t limit = options.bytes != 0 ? options.bytes : free_bytes();
  if (size != unknown && size <= limit / bytes_per_file_byte) return {};
  const std::string folder = folder_for(options, beside);
  session.console().note(
      fmt::format("memory    the table goes through cache files in {}", printable(folder)));
  return Storage::in_folder(folder);
}

}  // namespace cuvae::cli
