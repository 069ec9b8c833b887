// A folder for files of one run or of one test.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cuvae {

// Made under the system's folder for temporary files (TMPDIR), removed with all that is in it.
class TemporaryFolder {
 public:
  // Throws Error(runtime) with the reason.
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string operator/(const std::string& name) const { return path_ / name; }
  std::string path() const { return path_; }

  // Names of what is in it, sorted.
  std::vector<std::string> names() const;

 private:
  std::filesystem::path path_;
};

}  // namespace cuvae
