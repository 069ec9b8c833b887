#include "support/folder_lock.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cuvae/error.hpp>

namespace cuvae {
namespace {

// From /proc/locks, whose lines look like "3: FLOCK ADVISORY WRITE 4711 fe:00:131077 0 EOF".
// Processes of other containers have no number there that would mean anything.
std::string holder_of(int descriptor) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0) return {};
  const std::string inode = fmt::format(":{}", status.st_ino);
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number, kind, sort, access, process, file;
    words >> number >> kind >> sort >> access >> process >> file;
    if (kind == "FLOCK" && file.ends_with(inode) && process.front() != '0') {
      return " (process " + process + ")";
    }
  }
  return {};
}

}  // namespace

FolderLock::FolderLock(const std::string& folder)
    : descriptor_(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0 || flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
  const bool taken = errno == EWOULDBLOCK;
  const std::string holder = taken ? holder_of(descriptor_) : std::string();
  close(descriptor_);
  descriptor_ = -1;
  if (!taken) return;
  throw Error(
      ErrorKind::runtime,
      fmt::format("{}: another run is writing to this folder{}; wait for it or name another "
                  "folder",
                  folder, holder));
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace cuvae
