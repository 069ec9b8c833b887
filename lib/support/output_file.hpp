// Output files that appear whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <cuvae/monitor.hpp>
#include <cuvae/output.hpp>

namespace cuvae {

// A file being written under a temporary name in its final folder. commit() renames it to its
// final name; without it the destructor removes it. "-" is standard output, where neither happens;
// devices and pipes are written in place.
class OutputFile {
 public:
  // Throws Error(usage) when `path` exists and is not to be replaced, Error(runtime) when the
  // folder can't be written. Permissions follow the umask, or the file that is replaced.
  OutputFile(const std::string& path, IfExists if_exists);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // Appends; throws Error(runtime) naming file and reason ("disk full"). A closed pipe on standard
  // output is an Error(runtime) too, never a signal (the tool ignores SIGPIPE). With a monitor,
  // waiting for a slow reader ends with Error(interrupted) when it is cancelled.
  void write(std::string_view bytes, const Monitor* monitor = nullptr);

  // Writes at a place of its own, from any thread; only where seekable().
  void write_at(std::string_view bytes, std::uint64_t offset);
  bool seekable() const { return seekable_; }

  // Closes and renames. With force an existing file is replaced in one step; without it, a file
  // that appeared meanwhile is an Error(usage) and is left alone.
  void commit();

 private:
  void create_temporary(unsigned permissions);
  void close_descriptor() noexcept;
  void prepare_for_slow_reader();

  std::string path_;       // as the caller gave it, for messages
  std::string final_;      // links resolved
  std::string temporary_;  // empty when nothing has to be removed
  IfExists if_exists_;
  bool seekable_ = false;
  bool may_block_ = false;  // a pipe, socket or terminal: its reader sets the pace
  bool never_blocks_ = false;
  int descriptor_ = -1;
};

// Writes a whole text in one go.
void write_file(const std::string& path, std::string_view text, IfExists if_exists);

}  // namespace cuvae
