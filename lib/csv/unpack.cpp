#include "csv/unpack.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <memory>

#ifdef CUVAE_HAS_ZLIB
#include <zlib.h>
#endif
#ifdef CUVAE_HAS_ZSTD
#include <zstd.h>
#endif

#include <cuvae/error.hpp>

#include "csv/source.hpp"

namespace cuvae {
namespace {

constexpr std::size_t step_bytes = std::size_t{1} << 22;  // unpacked at a time
constexpr const char* purpose = "the text of the file";

[[noreturn]] void fail_damaged(const std::string& name, const char* packing, const char* what) {
  throw Error(ErrorKind::data,
              fmt::format("{}: {} of what {} packed; fetch or pack it again", name, what, packing));
}

[[maybe_unused]] [[noreturn]] void fail_missing(const std::string& name, const char* packing,
                                                const char* library, const char* package,
                                                const char* program) {
  throw Error(ErrorKind::runtime,
              fmt::format("{}: is packed with {}, and this program was built without {}; unpack it "
                          "first ({} -dc FILE | cuvae ... -), or install {} and build again",
                          name, packing, library, program, package));
}

// Text that arrives piece by piece. What can't be a table is refused before it fills the memory.
class Growing {
 public:
  Growing(std::size_t packed_bytes, const std::string& name, const Storage& storage,
          Monitor& monitor)
      : name_(name), storage_(storage), progress_(monitor, 0) {
    // Tables shrink to a third or a tenth; where this one does not, the pages grow.
    constexpr std::size_t usual_ratio = 6;
    result_.pages = Pages(packed_bytes * usual_ratio + step_bytes, purpose, storage);
  }

  char* end() { return result_.pages.data() + Pages::margin_bytes + result_.bytes; }

  // At least one byte.
  std::size_t room() {
    const std::size_t room = result_.pages.size() - 2 * Pages::margin_bytes - result_.bytes;
    if (room > 0) return std::min(room, step_bytes);
    Pages larger(result_.pages.size() * 2, purpose, storage_);
    std::memcpy(larger.data() + Pages::margin_bytes, result_.pages.data() + Pages::margin_bytes,
                result_.bytes);
    result_.pages = std::move(larger);
    return this->room();
  }

  void grow(std::size_t bytes) {
    const std::string_view fresh(end(), bytes);
    result_.bytes += bytes;
    look_at(fresh);
    progress_.add(bytes);
  }

  Unpacked result() { return std::move(result_); }

 private:
  void look_at(std::string_view fresh) {
    // UTF-16 has zeros too, but never so many one behind the other.
    constexpr std::size_t most_zeros = 4096;
    const bool zeros = fresh.size() >= most_zeros && fresh.find_first_not_of('\0') == fresh.npos;
    const std::size_t line_end = fresh.find_last_of("\r\n");
    if (line_end != fresh.npos) line_begin_ = result_.bytes - fresh.size() + line_end;
    constexpr std::size_t most_line_bytes = std::size_t{1} << 28;
    if (!zeros && result_.bytes - line_begin_ <= most_line_bytes) return;
    throw Error(ErrorKind::data,
                fmt::format("{}: unpacks to {}, so it is no table; unpack it and look what it is",
                            name_, zeros ? "zeros" : "a line of more than 256 MiB"));
  }

  const std::string& name_;
  const Storage& storage_;
  ByteProgress progress_;
  Unpacked result_;
  std::size_t line_begin_ = 0;
};

#ifdef CUVAE_HAS_ZLIB
void unpack_gzip(std::string_view packed, const std::string& name, Growing& text) {
  constexpr int gzip_windows = 15 + 16;
  z_stream stream{};
  if (inflateInit2(&stream, gzip_windows) != Z_OK) {
    throw Error(ErrorKind::runtime, name + ": there is not enough memory to unpack it");
  }
  const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, inflateEnd);
  const char* at = packed.data();
  const char* const end = at + packed.size();
  bool ended = false;
  while (!ended || at != end) {
    if (ended) {
      // Another member, or zeros that fill a tape's block.
      if (std::all_of(at, end, [](char c) { return c == '\0'; })) return;
      if (inflateReset(&stream) != Z_OK) fail_damaged(name, "gzip", "what follows is no part");
    }
    const auto given =
        static_cast<uInt>(std::min<std::size_t>(static_cast<std::size_t>(end - at), step_bytes));
    const std::size_t room = text.room();
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(at));
    stream.avail_in = given;
    stream.next_out = reinterpret_cast<Bytef*>(text.end());
    stream.avail_out = static_cast<uInt>(room);
    const int status = inflate(&stream, Z_NO_FLUSH);
    at += given - stream.avail_in;
    text.grow(room - stream.avail_out);
    ended = status == Z_STREAM_END;
    if (status == Z_MEM_ERROR) {
      throw Error(ErrorKind::runtime, name + ": there is not enough memory to unpack it");
    }
    if (!ended && status != Z_OK && status != Z_BUF_ERROR) {
      fail_damaged(name, "gzip", "holds damaged parts");
    }
    if (!ended && at == end && stream.avail_out != 0) fail_damaged(name, "gzip", "lacks the end");
  }
}
#endif

#ifdef CUVAE_HAS_ZSTD
void unpack_zstd(std::string_view packed, const std::string& name, Growing& text) {
  const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(),
                                                                             ZSTD_freeDStream);
  if (stream == nullptr) {
    throw Error(ErrorKind::runtime, name + ": there is not enough memory to unpack it");
  }
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  for (bool flushed = false; in.pos < in.size || !flushed;) {
    ZSTD_outBuffer out{text.end(), text.room(), 0};
    out.dst = text.end();
    const std::size_t wanted = ZSTD_decompressStream(stream.get(), &out, &in);
    if (ZSTD_isError(wanted) != 0) fail_damaged(name, "zstd", "holds damaged parts");
    text.grow(out.pos);
    flushed = out.pos < out.size;
    if (flushed && in.pos == in.size && wanted != 0) fail_damaged(name, "zstd", "lacks the end");
  }
}
#endif

struct Known {
  std::string_view start;
  const char* problem;
};

// Starts that no text has.
constexpr std::array<Known, 7> known_files{{
    {"PK\x03\x04",
     "is a spreadsheet or a ZIP archive; save the sheet as CSV in UTF-8, or unpack the archive"},
    {"\xD0\xCF\x11\xE0", "is an old spreadsheet; save the sheet as CSV in UTF-8"},
    {"\xFD\x37zXZ", "is packed with xz; unpack it first (xz -dc FILE | cuvae ... -)"},
    {"1AY&SY", "is packed with bzip2; unpack it first (bzip2 -dc FILE | cuvae ... -)"},
    {"PAR1\x15", "is a Parquet file; write it as CSV"},
    {{"ARROW1\0", 7}, "is an Arrow file; write it as CSV"},
    {{"SQLite format 3\0", 16}, "is a database; write its table as CSV"},
}};

}  // namespace

Packing packing_of(std::string_view start, const std::string& name) {
  if (start.starts_with("\x1F\x8B")) return Packing::gzip;
  if (start.starts_with("\x28\xB5\x2F\xFD")) return Packing::zstd;
  // What bzip2 packs begins with "BZh" and a digit.
  const std::string_view telling = start.starts_with("BZh") ? start.substr(4) : start;
  for (const Known& known : known_files) {
    if (telling.starts_with(known.start)) {
      throw Error(ErrorKind::data, fmt::format("{} {}", name, known.problem));
    }
  }
  return Packing::none;
}

Unpacked unpack(Packing packing, std::string_view packed, const std::string& name,
                const Storage& storage, Monitor& monitor) {
  Growing text(packed.size(), name, storage, monitor);
  if (packing == Packing::gzip) {
#ifdef CUVAE_HAS_ZLIB
    unpack_gzip(packed, name, text);
#else
    fail_missing(name, "gzip", "zlib", "zlib1g-dev", "gzip");
#endif
  } else {
#ifdef CUVAE_HAS_ZSTD
    unpack_zstd(packed, name, text);
#else
    fail_missing(name, "zstd", "libzstd", "libzstd-dev", "zstd");
#endif
  }
  return text.result();
}

}  // namespace cuvae
