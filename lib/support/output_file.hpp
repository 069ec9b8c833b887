// Output files that appear whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <cuvae/monitor.hpp>
#include <cuvae/output.hpp>

namespace cuvae {

// A file that gets its name when it is complete. Until commit() it has none (O_TMPFILE), so that no
// signal and no power cut leaves it behind; where the file system or a missing /proc forbids that,
// it has a temporary name in its final folder, which the destructor removes. "-" is standard
// output, where neither happens; devices and pipes are written in place.
class OutputFile {
 public:
  enum class Naming { late, temporary };  // the second one only for tests

  // Throws Error(usage) when `path` exists and is not to be replaced, or leads nowhere,
  // Error(runtime) when the folder can't be written. Permissions follow the umask, or the file that
  // is replaced, from the start.
  OutputFile(const std::string& path, IfExists if_exists, Naming naming = Naming::late);
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

  // Puts the bytes on the disk, then the name on the file. With force an existing file is replaced
  // in one step; without it, a file that appeared meanwhile is an Error(usage) and is left alone.
  void commit();

  // Where the bytes written so far can be read before commit(); empty for pipes and devices.
  std::string name_to_read() const;

 private:
  friend void commit_together(const std::vector<OutputFile*>& files);

  bool pending() const { return seekable_ && descriptor_ >= 0; }
  void create_unnamed(unsigned permissions);
  void create_temporary(unsigned permissions);
  void close_descriptor() noexcept;
  void prepare_for_slow_reader();
  void sync();
  void name_temporarily();
  void publish();
  void sync_folder() const noexcept;

  std::string path_;       // as the caller gave it, for messages
  std::string final_;      // links resolved
  std::string temporary_;  // empty where the file has no name yet
  IfExists if_exists_;
  bool seekable_ = false;
  bool may_block_ = false;  // a pipe, socket or terminal: its reader sets the pace
  bool never_blocks_ = false;
  int descriptor_ = -1;
};

// Files of one job: commits all of them, or none where one can't be. A kill in between leaves some
// of them missing, never new ones beside old ones.
void commit_together(const std::vector<OutputFile*>& files);

// Writes a whole text in one go.
void write_file(const std::string& path, std::string_view text, IfExists if_exists);

}  // namespace cuvae
