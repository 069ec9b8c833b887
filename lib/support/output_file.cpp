#include "support/output_file.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <poll.h>
#include <random>
#include <sys/stat.h>
#include <unistd.h>

#include <cuvae/error.hpp>

namespace cuvae {
namespace {

constexpr int poll_milliseconds = 100;
constexpr int most_names_tried = 100;
constexpr mode_t plain_permissions = 0666;    // less the umask
constexpr mode_t private_permissions = 0600;  // until those of the replaced file are known

[[noreturn]] void fail(const std::string& path, const char* doing, int error) {
  std::string message = path + ": " + doing + ": " + std::strerror(error);
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      message += "; free some space or write to another disk";
      break;
    case ENOENT:
      message += "; create the folder first";
      break;
    case EACCES:
    case EPERM:
    case EROFS:
      message += "; choose a folder that you may write to";
      break;
    case EFBIG:
      message += "; raise the limit on file sizes (ulimit -f) or write fewer rows";
      break;
    case EPIPE:
      message += "; the program that reads the output has ended";
      break;
    default:
      break;
  }
  throw Error(ErrorKind::runtime, message);
}

[[noreturn]] void fail_exists(const std::string& path) {
  throw Error(ErrorKind::usage,
              path + " exists; pass `force` to overwrite it or choose another name");
}

// Where a link points to, so that replacing the file leaves the link alone.
std::string resolved(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(realpath(path.c_str(), nullptr),
                                                         &std::free);
  return real ? std::string(real.get()) : path;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

// A name of its own length: the final name may be as long as names can be.
std::string temporary_name(const std::string& final, unsigned number) {
  return folder_of(final) + ".cuvae-" + std::to_string(number) + ".partial";
}

std::string name_of(int descriptor) {
  return "/proc/self/fd/" + std::to_string(descriptor);
}

bool is_link(const std::string& path) {
  struct stat status {};
  return lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
}

}  // namespace

OutputFile::OutputFile(const std::string& path, IfExists if_exists, Naming naming)
    : path_(path), final_(path), if_exists_(if_exists) {
  if (path == "-" || path == "/dev/stdout") {
    path_ = "standard output";
    descriptor_ = STDOUT_FILENO;
    prepare_for_slow_reader();
    return;
  }
  if (path.empty()) throw Error(ErrorKind::usage, "the output has no name; name a file");
  struct stat status {};
  const bool exists = stat(path.c_str(), &status) == 0;
  if ((exists && S_ISDIR(status.st_mode)) || path.back() == '/') {
    throw Error(ErrorKind::usage, path + " is a folder; name a file");
  }
  if (exists && !S_ISREG(status.st_mode)) {
    descriptor_ = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor_ < 0) fail(path, "can't be opened for writing", errno);
    prepare_for_slow_reader();
    return;
  }
  if (exists && if_exists == IfExists::fail) fail_exists(path);
  if (!exists && is_link(path)) {
    throw Error(ErrorKind::usage,
                path + " is a link that leads nowhere; remove it or choose another name");
  }
  if (exists) final_ = resolved(path);
  const mode_t permissions = exists ? private_permissions : plain_permissions;
  if (naming == Naming::late) create_unnamed(permissions);
  if (descriptor_ < 0) create_temporary(permissions);
  // Only widened once nobody else could have opened it before.
  if (exists) fchmod(descriptor_, status.st_mode & 0777);
  seekable_ = true;
}

OutputFile::~OutputFile() {
  close_descriptor();
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void OutputFile::close_descriptor() noexcept {
  if (descriptor_ >= 0 && descriptor_ != STDOUT_FILENO) close(descriptor_);
  descriptor_ = -1;
}

void OutputFile::prepare_for_slow_reader() {
  struct stat status {};
  if (fstat(descriptor_, &status) != 0) return;
  may_block_ = S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) || isatty(descriptor_) == 1;
  if (!S_ISFIFO(status.st_mode)) return;
  // A pipe opened once more can be told not to block without telling others that share it.
  const int again = open(name_of(descriptor_).c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  if (again < 0) return;
  close_descriptor();
  descriptor_ = again;
  never_blocks_ = true;
}

// Leaves the descriptor alone where files without a name can't be made, or not be named later.
void OutputFile::create_unnamed(unsigned permissions) {
  const std::string folder = folder_of(final_);
  const int made =
      open(folder.empty() ? "." : folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, permissions);
  if (made < 0) return;
  if (access(name_of(made).c_str(), F_OK) == 0) {
    descriptor_ = made;
  } else {
    close(made);
  }
}

void OutputFile::create_temporary(unsigned permissions) {
  std::random_device random;
  for (int tried = 0; tried < most_names_tried; ++tried) {
    temporary_ = temporary_name(final_, random());
    descriptor_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions);
    if (descriptor_ >= 0) return;
    const int error = errno;
    temporary_.clear();
    if (error != EEXIST) fail(path_, "can't be created", error);
  }
  fail(path_, "can't be created", EEXIST);
}

void OutputFile::write(std::string_view bytes, const Monitor* monitor) {
  const bool patient = may_block_ && monitor != nullptr;
  while (!bytes.empty()) {
    std::size_t piece = bytes.size();
    if (patient) {
      // What is ready takes this much without blocking, so cancelling is noticed soon.
      if (!never_blocks_) piece = std::min<std::size_t>(piece, PIPE_BUF);
      monitor->check();
      pollfd ready{descriptor_, POLLOUT, 0};
      if (poll(&ready, 1, poll_milliseconds) <= 0) continue;
    }
    const ssize_t written = ::write(descriptor_, bytes.data(), piece);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) {
      pollfd ready{descriptor_, POLLOUT, 0};
      poll(&ready, 1, poll_milliseconds);
      continue;
    }
    if (written < 0) fail(path_, "can't be written", errno);
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

std::string OutputFile::name_to_read() const {
  if (!pending()) return {};
  return temporary_.empty() ? name_of(descriptor_) : temporary_;
}

void OutputFile::sync() {
  if (fsync(descriptor_) != 0 && errno != EINVAL && errno != EROFS) {
    fail(path_, "can't be written", errno);
  }
}

// For a rename: a file without a name can't take the place of another one.
void OutputFile::name_temporarily() {
  if (!temporary_.empty()) return;
  std::random_device random;
  for (int tried = 0; tried < most_names_tried; ++tried) {
    const std::string name = temporary_name(final_, random());
    if (linkat(AT_FDCWD, name_of(descriptor_).c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) ==
        0) {
      temporary_ = name;
      return;
    }
    if (errno != EEXIST) fail(path_, "can't be created", errno);
  }
  fail(path_, "can't be created", EEXIST);
}

void OutputFile::publish() {
  if (temporary_.empty()) {
    if (linkat(AT_FDCWD, name_of(descriptor_).c_str(), AT_FDCWD, final_.c_str(),
               AT_SYMLINK_FOLLOW) == 0) {
      close_descriptor();
      return;
    }
    if (errno != EEXIST) fail(path_, "can't be created", errno);
    if (if_exists_ == IfExists::fail) fail_exists(path_);
    name_temporarily();
  }
  const int closed = close(descriptor_);
  const int error = errno;
  descriptor_ = -1;
  if (closed != 0) fail(path_, "can't be written", error);
  if (if_exists_ == IfExists::replace) {
    if (rename(temporary_.c_str(), final_.c_str()) != 0) fail(path_, "can't be renamed", errno);
  } else if (link(temporary_.c_str(), final_.c_str()) == 0) {
    unlink(temporary_.c_str());
  } else if (errno == EEXIST) {
    fail_exists(path_);
  } else {
    // No links on this file system. Its rename would replace a file that appeared meanwhile.
    if (access(final_.c_str(), F_OK) == 0) fail_exists(path_);
    if (rename(temporary_.c_str(), final_.c_str()) != 0) fail(path_, "can't be renamed", errno);
  }
  temporary_.clear();
}

// Best effort: the file is whole and has its name, and some folders can be written but not read.
void OutputFile::sync_folder() const noexcept {
  const std::size_t slash = final_.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : final_.substr(0, slash + 1);
  const int opened = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return;
  fsync(opened);
  close(opened);
}

void OutputFile::commit() {
  if (!pending()) return;
  sync();
  publish();
  sync_folder();
}

void commit_together(const std::vector<OutputFile*>& files) {
  std::vector<OutputFile*> pending;
  for (OutputFile* file : files) {
    if (file->pending()) pending.push_back(file);
  }
  // First all that takes long or can fail.
  for (OutputFile* file : pending) file->sync();
  for (OutputFile* file : pending) {
    const bool exists = access(file->final_.c_str(), F_OK) == 0;
    if (exists && file->if_exists_ == IfExists::fail) fail_exists(file->path_);
    if (exists) file->name_temporarily();
  }
  // One old file is left for the first rename to replace; the others would be a mixture with it.
  for (std::size_t i = 1; i < pending.size(); ++i) {
    if (pending[i]->if_exists_ == IfExists::replace) unlink(pending[i]->final_.c_str());
  }
  for (OutputFile* file : pending) file->publish();
  for (const OutputFile* file : pending) file->sync_folder();
}

void write_file(const std::string& path, std::string_view text, IfExists if_exists) {
  OutputFile file(path, if_exists);
  file.write(text);
  file.commit();
}

}  // namespace cuvae
