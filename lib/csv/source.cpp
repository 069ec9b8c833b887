#include "csv/source.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cuvae/error.hpp>

#include "support/threads.hpp"

namespace cuvae {
namespace {

constexpr std::size_t hash_block_bytes = std::size_t{1} << 18;
constexpr const char* purpose = "the text of the file";

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ > STDERR_FILENO) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

[[noreturn]] void fail(const std::string& name, const char* doing, int error) {
  std::string message = name + ": " + doing + ": " + std::strerror(error);
  if (error == ENOENT) message += "; check the name";
  if (error == EACCES) message += "; check its permissions";
  // A name that leads to no file is the caller's mistake, not the machine's.
  const bool misnamed = error == ENOENT || error == ENOTDIR || error == EACCES;
  throw Error(misnamed ? ErrorKind::data : ErrorKind::runtime, message);
}

// Waits in short steps, so that the caller can stop while a pipe has nothing to say.
void wait_readable(int descriptor, const Monitor& monitor) {
  constexpr int step_ms = 100;
  pollfd wanted{descriptor, POLLIN, 0};
  do {
    monitor.check();
  } while (poll(&wanted, 1, step_ms) <= 0);
}

// At the end of the stream 0.
std::size_t read_some(int descriptor, char* to, std::size_t size, const std::string& name,
                      const Monitor& monitor) {
  for (;;) {
    wait_readable(descriptor, monitor);
    const ssize_t got = read(descriptor, to, size);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR && errno != EAGAIN) fail(name, "can't be read", errno);
  }
}

void read_at(int descriptor, char* to, std::size_t size, std::size_t offset,
             const std::string& name) {
  while (size > 0) {
    const ssize_t got = pread(descriptor, to, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(name, "can't be read", errno);
    if (got == 0) {
      throw Error(ErrorKind::runtime,
                  name + ": became shorter while it was read; try again when nothing writes to it");
    }
    to += got;
    offset += static_cast<std::size_t>(got);
    size -= static_cast<std::size_t>(got);
  }
}

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void ByteProgress::add(std::uint64_t bytes) {
  monitor_.check();
  const std::lock_guard lock(mutex_);
  done_ += bytes;
  const std::int64_t now = now_ns();
  constexpr std::int64_t period_ns = 20'000'000;
  if (now - last_report_ns_ < period_ns) return;
  last_report_ns_ = now;
  monitor_.progress("read", total_ == 0 ? done_ : std::min(done_ / passes, total_), total_);
}

CsvSource::CsvSource(const std::string& path, const ReadSettings& settings, Monitor& monitor)
    : name_(path == "-" ? "standard input" : path), piece_bytes_(settings.piece_bytes) {
  // Not blocking: opening a pipe would wait for its writer, deaf to the monitor.
  const Descriptor descriptor(path == "-" ? STDIN_FILENO
                                          : open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (descriptor.number() < 0) fail(name_, "can't be opened", errno);
  struct stat status {};
  if (fstat(descriptor.number(), &status) != 0) fail(name_, "can't be read", errno);
  if (S_ISDIR(status.st_mode)) {
    throw Error(ErrorKind::data, name_ + " is a folder; name a CSV file in it");
  }
  // Standard input may be a file that was read in part: only the stream knows where it stands.
  const bool whole_file = S_ISREG(status.st_mode) && path != "-" && status.st_size > 0;
  if (whole_file) {
    file_bytes_ = static_cast<std::uint64_t>(status.st_size);
    pages_ = Pages::view_of_file(descriptor.number(), file_bytes_);
    mapped_ = pages_.size() > 0;
    if (!mapped_) pages_ = Pages(file_bytes_ + 2 * Pages::margin_bytes, purpose, settings.storage);
  } else {
    read_stream(descriptor.number(), settings.storage, monitor);
  }
  if (file_bytes_ == 0) {
    throw Error(ErrorKind::data,
                name_ + " is empty; it needs a header line with column names, then rows");
  }
  scan(settings, monitor, whole_file ? descriptor.number() : -1);
  trim(settings);
}

CsvSource::CsvSource(CsvMemory memory, const ReadSettings& settings, Monitor& monitor)
    : name_(std::move(memory.name)), piece_bytes_(settings.piece_bytes) {
  for (const std::string& piece : memory.pieces) file_bytes_ += piece.size();
  pages_ = Pages(file_bytes_ + 2 * Pages::margin_bytes, "the text of a table", settings.storage);
  std::size_t at = 0;
  for (std::string& piece : memory.pieces) {
    std::memcpy(bytes() + at, piece.data(), piece.size());
    at += piece.size();
    piece = std::string();  // else the whole text would be there twice
  }
  scan(settings, monitor, -1);
  trim(settings);
}

void CsvSource::read_stream(int descriptor, const Storage& storage, Monitor& monitor) {
  ByteProgress progress(monitor, 0);
  pages_ = Pages(std::size_t{1} << 22, purpose, storage);
  for (;;) {
    const std::size_t room = pages_.size() - 2 * Pages::margin_bytes - file_bytes_;
    if (room == 0) {
      Pages larger(pages_.size() * 2, purpose, storage);
      std::memcpy(larger.data() + Pages::margin_bytes, bytes(), file_bytes_);
      pages_ = std::move(larger);
      continue;
    }
    constexpr std::size_t most = std::size_t{1} << 22;
    const std::size_t got =
        read_some(descriptor, bytes() + file_bytes_, std::min(room, most), name_, monitor);
    if (got == 0) return;
    file_bytes_ += got;
    progress.add(got);
  }
}

// Brings a block of the file into memory, by mapping or reading.
void CsvSource::load(int descriptor, std::size_t begin, std::size_t end) {
  if (!mapped_) {
    read_at(descriptor, bytes() + begin, end - begin, begin, name_);
    return;
  }
#ifdef MADV_POPULATE_READ
  // All pages in one call, where the system has it; else they come one by one when touched.
  const bool gone = madvise(bytes() + begin, end - begin, MADV_POPULATE_READ) != 0 &&
                    (errno == EFAULT || errno == EHWPOISON);
  if (gone) fail(name_, "became shorter or unreadable while it was read", EIO);
#endif
}

// One pass while the bytes are in the cache: read (where a file is), count and hash.
void CsvSource::scan(const ReadSettings& settings, Monitor& monitor, int descriptor) {
  const ScanKernels& kernels = scan_kernels(settings.simd);
  const std::size_t size = file_bytes_;
  const std::size_t blocks = (size + hash_block_bytes - 1) / hash_block_bytes;
  std::vector<std::uint64_t> hashes(blocks);
  pieces_.resize((size + piece_bytes_ - 1) / piece_bytes_);
  const auto count_pieces = [&](std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end; at += piece_bytes_) {
      pieces_[at / piece_bytes_] = kernels.count(bytes() + at, std::min(piece_bytes_, end - at));
    }
  };
  // Smaller pieces would look at bytes that another thread is still reading.
  const bool whole_vectors = piece_bytes_ >= 64;
  // The first half of the stage; parsing is the other.
  ByteProgress progress(monitor, size);
  for_each_index(settings.threads, blocks, [&](std::size_t block) {
    const std::size_t begin = block * hash_block_bytes;
    const std::size_t end = std::min(begin + hash_block_bytes, size);
    if (descriptor >= 0) load(descriptor, begin, end);
    hashes[block] = kernels.hash(bytes() + begin, end - begin);
    if (whole_vectors) count_pieces(begin, end);
    progress.add(end - begin);
  });
  if (!whole_vectors) count_pieces(0, size);
  const std::uint64_t folded = scan_kernels_scalar.hash(
      reinterpret_cast<const char*>(hashes.data()), hashes.size() * sizeof(std::uint64_t));
  fingerprint_ = fmt::format("cuvae-{:016x}", folded ^ size);
  for (std::size_t piece = 0; piece < pieces_.size(); ++piece) {
    if (!pieces_[piece].nul) continue;
    const char* from = bytes() + piece * piece_bytes_;
    const auto* at = static_cast<const char*>(std::memchr(from, 0, piece_bytes_));
    const CsvText whole{bytes(), bytes() + size};
    throw Error(ErrorKind::data,
                fmt::format("{}: line {}: holds a NUL byte, so it is no text file in UTF-8; a "
                            "spreadsheet or UTF-16 file must be saved as CSV in UTF-8 first",
                            name_, line_of(whole, at)));
  }
}

void CsvSource::trim(const ReadSettings& settings) {
  std::size_t begin = 0;
  if (file_bytes_ >= 3 && std::memcmp(bytes(), "\xEF\xBB\xBF", 3) == 0) begin = 3;
  std::size_t end = file_bytes_;
  // A lone carriage return at the end is the first half of a line's end.
  if (bytes()[end - 1] != '\n') bytes()[end++] = '\n';
  for (;;) {
    std::size_t line = end - 1;  // where the last line's content ends
    if (line > begin && bytes()[line - 1] == '\r') --line;
    if (line > begin && bytes()[line - 1] != '\n') break;
    if (line <= begin) {
      throw Error(ErrorKind::data,
                  name_ + " holds nothing but blank lines; it needs a header line, then rows");
    }
    end = line;
  }
  std::memset(bytes() + end, 0, scan_padding);
  text_ = CsvText{bytes() + begin, bytes() + end};
  pieces_.resize((end + piece_bytes_ - 1) / piece_bytes_);
  const std::size_t last = (pieces_.size() - 1) * piece_bytes_;
  pieces_.back() = scan_kernels(settings.simd).count(bytes() + last, end - last);
}

std::vector<RowStart> CsvSource::row_starts(std::size_t data_begin) const {
  const std::size_t count = pieces_.size();
  const auto bom = static_cast<std::size_t>(text_.begin - bytes());
  struct State {
    bool inside = false;
    std::uint64_t newlines = 0;  // outside of quotes, before the piece
  };
  std::vector<State> before(count + 1);
  for (std::size_t i = 0; i < count; ++i) {
    const PieceCounts& piece = pieces_[i];
    const std::uint64_t outside =
        before[i].inside ? piece.newlines - piece.newlines_outside : piece.newlines_outside;
    before[i + 1] = {before[i].inside != (piece.quotes % 2 != 0), before[i].newlines + outside};
  }
  // From the end, so that a cell that spans many pieces is looked at once.
  std::vector<RowStart> starts(count + 1);
  starts[count] = {text_.size(), before[count].newlines - 1};
  for (std::size_t i = count; i-- > 0;) {
    const std::size_t begin = i * piece_bytes_;
    if (begin <= data_begin + bom) {
      starts[i] = {data_begin, 0};
      continue;
    }
    if (!before[i].inside && bytes()[begin - 1] == '\n') {
      starts[i] = {begin - bom, before[i].newlines - 1};
      continue;
    }
    if (before[i + 1].newlines == before[i].newlines) {
      starts[i] = starts[i + 1];
      continue;
    }
    bool inside = before[i].inside;
    std::size_t at = begin;
    for (; inside || bytes()[at] != '\n'; ++at) inside ^= bytes()[at] == '"';
    starts[i] = {at + 1 - bom, before[i].newlines};
  }
  return starts;
}

}  // namespace cuvae
