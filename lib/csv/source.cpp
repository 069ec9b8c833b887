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

#include "csv/encoding.hpp"
#include "csv/unpack.hpp"
#include "schema/delimiter.hpp"
#include "support/threads.hpp"
#include "text/separators.hpp"

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

// Of a first line "sep=;", which spreadsheets read and write.
char delimiter_announced(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (text.size() == 7 && text.front() == '"' && text.back() == '"') text = text.substr(1, 5);
  const bool announces = text.size() == 5 && (text.starts_with("sep=") || text.starts_with("SEP="));
  return announces && separates_cells(text[4]) ? text[4] : '\0';
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

CsvSource::CsvSource(const std::string& path, const ReadSettings& settings, Monitor& monitor,
                     const ReadOptions& options)
    : name_(path == "-" ? "standard input" : path),
      piece_bytes_(settings.piece_bytes),
      simd_(settings.simd) {
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
    if (!mapped_) read_all(descriptor.number(), settings.storage);
  } else {
    read_stream(descriptor.number(), settings.storage, monitor);
  }
  unpack_pages(settings, monitor);
  if (file_bytes_ == 0) {
    throw Error(ErrorKind::data,
                name_ + " is empty; it needs a header line with column names, then rows");
  }
  const bool marked = has_utf16_mark({bytes(), file_bytes_});
  if (marked && options.encoding == TextEncoding::automatic) {
    decode(TextEncoding::utf16, settings);
  } else if (options.encoding != TextEncoding::automatic) {
    decode(options.encoding, settings);
  }
  end_lines_in_newlines();
  if (!options.comment.empty()) leave_out(Leave::comments, options.comment, 0);
  scan(settings, monitor);
  if (options.encoding == TextEncoding::automatic && guess_eight_bit(settings)) {
    decode(TextEncoding::windows1252, settings);
    scan(settings, monitor);
  }
  trim(options);
}

void CsvSource::read_all(int descriptor, const Storage& storage) {
  pages_ = Pages(file_bytes_ + 2 * Pages::margin_bytes, purpose, storage);
  read_at(descriptor, bytes(), file_bytes_, 0, name_);
}

void CsvSource::unpack_pages(const ReadSettings& settings, Monitor& monitor) {
  const std::string_view packed(bytes(), file_bytes_);
  const Packing packing = packing_of(packed, name_);
  if (packing == Packing::none) return;
  Unpacked text = unpack(packing, packed, name_, settings.storage, monitor);
  pages_ = std::move(text.pages);
  file_bytes_ = text.bytes;
  mapped_ = false;
}

void CsvSource::decode(TextEncoding encoding, const ReadSettings& settings) {
  if (encoding == TextEncoding::utf8) return;
  const std::string_view text(bytes(), file_bytes_);
  const bool wide = encoding == TextEncoding::utf16;
  const std::size_t size =
      wide ? utf16_to_utf8(text, nullptr, name_) : utf8_size_of_eight_bit(text, encoding);
  Pages decoded(size + 2 * Pages::margin_bytes, purpose, settings.storage);
  char* const out = decoded.data() + Pages::margin_bytes;
  if (wide) {
    utf16_to_utf8(text, out, name_);
  } else {
    eight_bit_to_utf8(text, encoding, out);
  }
  pages_ = std::move(decoded);
  file_bytes_ = size;
  mapped_ = false;
}

// Whether the text is to be taken as Windows-1252. Looks only at pieces that hold more than ASCII.
bool CsvSource::guess_eight_bit(const ReadSettings& settings) {
  const std::string_view text(bytes(), file_bytes_);
  std::vector<BeyondAscii> found(pieces_.size());
  for_each_index(settings.threads, pieces_.size(), [&](std::size_t piece) {
    if (!pieces_[piece].unusual) return;
    const std::size_t from = piece * piece_bytes_;
    found[piece] = count_beyond_ascii(text, from, std::min(from + piece_bytes_, text.size()));
  });
  BeyondAscii all;
  for (const BeyondAscii& piece : found) {
    all.characters += piece.characters;
    all.invalid += piece.invalid;
  }
  if (all.is_eight_bit()) {
    notes_.emplace_back(
        "The file is not in UTF-8. It was taken as Windows-1252, and what is made of it is UTF-8; "
        "`encoding` says otherwise.");
  } else if (all.invalid > 0) {
    notes_.push_back(fmt::format(
        "{} bytes are no UTF-8, though the rest of the file is. They were kept as they are; "
        "`encoding` says what the file is.",
        with_separators(all.invalid)));
  }
  return all.is_eight_bit();
}

// Lines that end in carriage returns alone, as on old Macintoshes, get newlines.
void CsvSource::end_lines_in_newlines() {
  char* const end = bytes() + file_bytes_;
  if (std::memchr(bytes(), '\n', file_bytes_) != nullptr) return;
  if (std::memchr(bytes(), '\r', file_bytes_) == nullptr) return;
  bool inside = false;
  for (char* at = bytes(); at != end; ++at) {
    inside ^= *at == '"';
    if (*at == '\r' && !inside) *at = '\n';
  }
  notes_.emplace_back(
      "Lines end in carriage returns alone; what is made of the file has line feeds.");
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
  scan(settings, monitor);
  trim({});
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

// Brings a block of the mapped file into memory.
void CsvSource::load([[maybe_unused]] std::size_t begin, [[maybe_unused]] std::size_t end) {
#ifdef MADV_POPULATE_READ
  // All pages in one call, where the system has it; else they come one by one when touched.
  const bool gone = madvise(bytes() + begin, end - begin, MADV_POPULATE_READ) != 0 &&
                    (errno == EFAULT || errno == EHWPOISON);
  if (gone) fail(name_, "became shorter or unreadable while it was read", EIO);
#endif
}

// One pass while the bytes are in the cache: read (where a file is), count and hash.
void CsvSource::scan(const ReadSettings& settings, Monitor& monitor) {
  const ScanKernels& kernels = scan_kernels(settings.simd);
  const std::size_t size = file_bytes_;
  const std::size_t blocks = (size + hash_block_bytes - 1) / hash_block_bytes;
  std::vector<std::uint64_t> hashes(blocks);
  pieces_.assign((size + piece_bytes_ - 1) / piece_bytes_, {});
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
    if (mapped_) load(begin, end);
    hashes[block] = kernels.hash(bytes() + begin, end - begin);
    if (whole_vectors) count_pieces(begin, end);
    progress.add(end - begin);
  });
  if (!whole_vectors) count_pieces(0, size);
  const std::uint64_t folded = scan_kernels_scalar.hash(
      reinterpret_cast<const char*>(hashes.data()), hashes.size() * sizeof(std::uint64_t));
  fingerprint_ = fmt::format("cuvae-{:016x}", folded ^ size);
  refuse_zeros();
}

void CsvSource::refuse_zeros() const {
  for (std::size_t piece = 0; piece < pieces_.size(); ++piece) {
    if (!pieces_[piece].unusual) continue;
    const char* from = bytes() + piece * piece_bytes_;
    const std::size_t size = std::min(piece_bytes_, file_bytes_ - piece * piece_bytes_);
    const auto* at = static_cast<const char*>(std::memchr(from, 0, size));
    if (at == nullptr) continue;
    throw Error(ErrorKind::data,
                fmt::format("{}: line {}: holds a NUL byte, so it is no text file in UTF-8; say "
                            "`encoding` utf-16 where it is that, and save a spreadsheet as CSV in "
                            "UTF-8 first",
                            name_, line_of(at)));
  }
}

void CsvSource::trim(const ReadOptions& options) {
  const std::size_t begin = find_begin(options);
  set_text(begin, find_end(begin, options));
}

// Behind the byte order mark and the lines that stand above the header.
std::size_t CsvSource::find_begin(const ReadOptions& options) {
  const std::string_view all(bytes(), file_bytes_);
  const std::size_t mark = all.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  std::size_t begin = mark;
  const auto pass_line = [&] {
    const std::size_t end = all.find('\n', begin);
    begin = end == all.npos ? all.size() : end + 1;
    ++lines_above_;
  };
  for (std::uint64_t line = 0; line < options.skip && begin < all.size(); ++line) pass_line();
  announced_delimiter_ = delimiter_announced(all.substr(begin));
  if (announced_delimiter_ != '\0') pass_line();
  for (;;) {
    const std::string_view line = all.substr(begin, 2);
    if (!line.starts_with('\n') && line != "\r\n") break;
    if (all.find_first_not_of("\r\n", begin) == all.npos) break;
    if (blank_lines_++ == 0) first_blank_line_ = lines_above_ + 1;
    pass_line();
  }
  // A mark alone is no line: pieces begin where they always did.
  base_ = begin == mark ? 0 : begin;
  return begin;
}

std::size_t CsvSource::find_end(std::size_t begin, const ReadOptions& options) {
  std::size_t end = file_bytes_;
  // A lone carriage return at the end is the first half of a line's end.
  if (bytes()[end - 1] != '\n') bytes()[end++] = '\n';
  for (std::uint64_t left = options.skip_last;;) {
    std::size_t line = end - 1;  // where the last line's content ends
    if (line > begin && bytes()[line - 1] == '\r') --line;
    const bool blank = line <= begin || bytes()[line - 1] == '\n';
    if (line <= begin) {
      const bool left_out = options.skip + options.skip_last > 0 || !options.comment.empty();
      throw Error(
          ErrorKind::data,
          fmt::format("{} holds nothing but blank lines{}; it needs a header line, then rows",
                      name_, left_out ? " and those that options leave out" : ""));
    }
    if (!blank && left == 0) return end;
    if (!blank) {
      --left;
      while (line > begin && bytes()[line - 1] != '\n') --line;
    }
    end = line;
  }
}

void CsvSource::set_text(std::size_t begin, std::size_t end) {
  const ScanKernels& kernels = scan_kernels(simd_);
  std::memset(bytes() + end, 0, scan_padding);
  text_ = CsvText{bytes() + begin, bytes() + end};
  const std::size_t size = end - base_;
  const bool moved = base_ > 0 || !gaps_.empty();
  pieces_.resize((size + piece_bytes_ - 1) / piece_bytes_);
  const std::size_t first = moved ? 0 : pieces_.size() - 1;
  for (std::size_t piece = first; piece < pieces_.size(); ++piece) {
    const std::size_t at = base_ + piece * piece_bytes_;
    pieces_[piece] = kernels.count(bytes() + at, std::min(piece_bytes_, end - at));
  }
}

bool CsvSource::leave_out_blank_lines() {
  const auto begin = static_cast<std::size_t>(text_.begin - bytes());
  file_bytes_ = static_cast<std::size_t>(text_.end - bytes());
  const std::uint64_t left_out = leave_out(Leave::blanks, {}, begin);
  set_text(begin, file_bytes_);
  return left_out > 0;
}

// Moves the lines that stay together. Lines within quotes are no lines of their own.
std::uint64_t CsvSource::leave_out(Leave which, std::string_view comment, std::size_t begin) {
  std::vector<Gap> known = std::move(gaps_);
  gaps_.clear();
  auto next_known = known.begin();
  std::uint64_t before = 0;  // lines left out earlier, ahead of this one
  std::uint64_t left_out = 0;
  bool inside = false;
  const char* const all_end = bytes() + file_bytes_;
  char* out = bytes() + begin;
  const auto record = [&] {
    const auto offset = static_cast<std::size_t>(out - bytes());
    if (gaps_.empty() || gaps_.back().offset != offset) gaps_.push_back({offset, 0});
    gaps_.back().lines = before + left_out;
  };
  for (const char* line = out; line != all_end;) {
    for (; next_known != known.end() && bytes() + next_known->offset <= line; ++next_known) {
      before = next_known->lines;
      record();
    }
    const auto* end =
        static_cast<const char*>(std::memchr(line, '\n', static_cast<std::size_t>(all_end - line)));
    end = end == nullptr ? all_end : end + 1;
    const std::string_view text(line, static_cast<std::size_t>(end - line));
    const bool leaves = !inside && (which == Leave::comments ? text.starts_with(comment)
                                                             : text == "\n" || text == "\r\n");
    if (leaves) {
      if (which == Leave::blanks && blank_lines_ + left_out == 0) first_blank_line_ = line_of(out);
      ++left_out;
      record();
    } else {
      inside ^= std::count(line, end, '"') % 2 != 0;
      std::memmove(out, line, text.size());
      out += text.size();
    }
    line = end;
  }
  file_bytes_ = static_cast<std::size_t>(out - bytes());
  if (which == Leave::blanks) blank_lines_ += left_out;
  return left_out;
}

std::size_t CsvSource::line_of(const char* at) const {
  const auto offset = static_cast<std::size_t>(at - bytes());
  const auto above =
      std::upper_bound(gaps_.begin(), gaps_.end(), offset,
                       [](std::size_t wanted, const Gap& gap) { return wanted < gap.offset; });
  const std::uint64_t missing = above == gaps_.begin() ? 0 : (above - 1)->lines;
  return 1 + missing + static_cast<std::size_t>(std::count(bytes(), const_cast<char*>(at), '\n'));
}

std::vector<std::string> CsvSource::notes() const {
  std::vector<std::string> notes = notes_;
  if (blank_lines_ > 0) {
    notes.push_back(fmt::format("{} blank {} left out, the first at line {}.",
                                with_separators(blank_lines_),
                                blank_lines_ == 1 ? "line is" : "lines are", first_blank_line_));
  }
  return notes;
}

std::vector<RowStart> CsvSource::row_starts(std::size_t data_begin) const {
  const std::size_t count = pieces_.size();
  const char* const base = bytes() + base_;
  const auto bom = static_cast<std::size_t>(text_.begin - base);
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
    if (!before[i].inside && base[begin - 1] == '\n') {
      starts[i] = {begin - bom, before[i].newlines - 1};
      continue;
    }
    if (before[i + 1].newlines == before[i].newlines) {
      starts[i] = starts[i + 1];
      continue;
    }
    bool inside = before[i].inside;
    std::size_t at = begin;
    for (; inside || base[at] != '\n'; ++at) inside ^= base[at] == '"';
    starts[i] = {at + 1 - bom, before[i].newlines};
  }
  return starts;
}

}  // namespace cuvae
