// One process at a time in a folder of outputs.
#pragma once

#include <string>

namespace cuvae {

// A lock on the folder itself: nothing has to be written, and however its holder ends, it goes with
// it. On file systems without locks it does nothing.
class FolderLock {
 public:
  // Throws Error(runtime) where another process has it, naming that process where the system tells.
  explicit FolderLock(const std::string& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace cuvae
