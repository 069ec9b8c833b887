#include "support/output_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cuvae/error.hpp>

namespace cuvae {
namespace {

[[noreturn]] void fail(const std::string& path, const char* doing, int error) {
  std::string message = path + ": " + doing + ": " + std::strerror(error);
  if (error == ENOSPC) message += "; free some space or write to another disk";
  if (error == ENOENT) message += "; create the folder first";
  throw Error(ErrorKind::runtime, message);
}

[[noreturn]] void fail_exists(const std::string& path) {
  throw Error(ErrorKind::usage,
              path + " exists; pass --force to overwrite it or choose another name");
}

}  // namespace

OutputFile::OutputFile(const std::string& path, bool force) : path_(path), force_(force) {
  if (path == "-") {
    descriptor_ = STDOUT_FILENO;
    return;
  }
  struct stat status {};
  const bool exists = stat(path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) {
    throw Error(ErrorKind::usage, path + " is a folder; name a file");
  }
  if (exists && !S_ISREG(status.st_mode)) {  // a device or pipe: written in place
    descriptor_ = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor_ < 0) fail(path, "can't be opened for writing", errno);
    return;
  }
  if (exists && !force) fail_exists(path);
  temporary_ = path + ".XXXXXX";
  descriptor_ = mkostemp(temporary_.data(), O_CLOEXEC);
  if (descriptor_ < 0) {
    temporary_.clear();
    fail(path, "can't be created", errno);
  }
  const mode_t mask = umask(0);
  umask(mask);
  fchmod(descriptor_, 0666 & ~mask);
  seekable_ = true;
}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0 && descriptor_ != STDOUT_FILENO) close(descriptor_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void OutputFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path_ == "-" ? "standard output" : path_, "can't be written", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void OutputFile::write_at(std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t written =
        pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path_, "can't be written", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
}

void OutputFile::commit() {
  if (temporary_.empty()) return;
  const int closed = close(descriptor_);
  descriptor_ = -1;
  if (closed != 0) fail(path_, "can't be written", errno);
  if (force_) {
    if (rename(temporary_.c_str(), path_.c_str()) != 0) fail(path_, "can't be renamed", errno);
  } else {
    // link() fails where the name is taken; file systems without links fall back to rename.
    if (link(temporary_.c_str(), path_.c_str()) == 0) {
      unlink(temporary_.c_str());
    } else if (errno == EEXIST) {
      fail_exists(path_);
    } else if (rename(temporary_.c_str(), path_.c_str()) != 0) {
      fail(path_, "can't be renamed", errno);
    }
  }
  temporary_.clear();
}

void write_file(const std::string& path, std::string_view text, bool force) {
  OutputFile file(path, force);
  file.write(text);
  file.commit();
}

}  // namespace cuvae
