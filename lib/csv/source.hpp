// The bytes of a CSV file in memory, cut into pieces that threads can take one by one.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <cuvae/monitor.hpp>
#include <cuvae/table.hpp>

#include "csv/record.hpp"
#include "csv/scan.hpp"
#include "support/mapped_file.hpp"

namespace cuvae {

// Reports how far reading is, from many threads, not too often. Every byte is worked on twice: a
// byte done once counts half.
class ByteProgress {
 public:
  static constexpr std::uint64_t passes = 2;
  // A total of 0: not known yet, bytes count once.
  ByteProgress(Monitor& monitor, std::uint64_t total, std::uint64_t done = 0)
      : monitor_(monitor), total_(total), done_(done) {}
  // Adds work done, and throws Error(interrupted) when the caller wants to stop.
  void add(std::uint64_t bytes);

 private:
  Monitor& monitor_;
  std::mutex mutex_;
  std::uint64_t total_;
  std::uint64_t done_;
  std::int64_t last_report_ns_ = 0;
};

// How the reader works; tests make the pieces tiny.
struct ReadSettings {
  unsigned threads = 1;
  SimdLevel simd = SimdLevel::scalar;
  Storage storage;
  std::size_t piece_bytes = std::size_t{1} << 18;  // a power of two, at most 2^18
  std::size_t span_bytes = std::size_t{1} << 14;   // indexed at a time
  std::size_t sampled_places = 16;                 // of the file, before columns are planned
  std::size_t rows_per_place = 64;
};

// A piece's first row: the first one that starts in it (or behind it, when none does).
struct RowStart {
  std::size_t offset = 0;
  std::uint64_t row = 0;  // number of the data row, from 0
};

// A CSV file that is no file.
struct CsvMemory {
  std::string name;                 // for messages
  std::vector<std::string> pieces;  // one behind the other they are the text
};

class CsvSource {
 public:
  // Reads the whole file ("-": standard input): what is packed is unpacked, what is not in UTF-8
  // becomes so, lines that are no part of the table are left out. Throws Error(runtime) when it
  // can't be read, Error(data) when it is empty or holds NUL bytes.
  CsvSource(const std::string& path, const ReadSettings& settings, Monitor& monitor,
            const ReadOptions& options = {});

  // The same with a text. Takes the pieces apart.
  CsvSource(CsvMemory memory, const ReadSettings& settings, Monitor& monitor);

  // For messages.
  const std::string& name() const { return name_; }
  // Line of the file, from 1, where a byte of text() stands.
  std::size_t line_of(const char* at) const;
  // What people should know about what was done to the file: whole sentences.
  std::vector<std::string> notes() const;

  std::uint64_t file_bytes() const { return file_bytes_; }
  const std::string& fingerprint() const { return fingerprint_; }

  // Without the byte order mark, lines above the header and blank lines at the end; ends with a
  // newline.
  const CsvText& text() const { return text_; }
  // What a first line such as "sep=;" says; 0 where there is none.
  char announced_delimiter() const { return announced_delimiter_; }

  // Leaves blank lines within the text out; false where there is none.
  bool leave_out_blank_lines();

  // Where the rows behind the header start, [pieces + 1]: the last entry is the end of the text and
  // the number of rows.
  std::vector<RowStart> row_starts(std::size_t data_begin) const;

 private:
  enum class Leave { comments, blanks };

  void read_stream(int descriptor, const Storage& storage, Monitor& monitor);
  void read_all(int descriptor, const Storage& storage);
  void unpack_pages(const ReadSettings& settings, Monitor& monitor);
  void decode(TextEncoding encoding, const ReadSettings& settings);
  bool guess_eight_bit(const ReadSettings& settings);
  void end_lines_in_newlines();
  void scan(const ReadSettings& settings, Monitor& monitor);
  void load(std::size_t begin, std::size_t end);
  void refuse_zeros() const;
  void trim(const ReadOptions& options);
  std::size_t find_begin(const ReadOptions& options);
  std::size_t find_end(std::size_t begin, const ReadOptions& options);
  void set_text(std::size_t begin, std::size_t end);
  std::uint64_t leave_out(Leave which, std::string_view comment, std::size_t begin);

  char* bytes() const { return pages_.data() + Pages::margin_bytes; }

  // Where lines were left out: how many of them are missing from this byte on.
  struct Gap {
    std::size_t offset = 0;
    std::uint64_t lines = 0;
  };

  std::string name_;
  Pages pages_;
  bool mapped_ = false;
  std::uint64_t file_bytes_ = 0;
  std::string fingerprint_;
  CsvText text_;
  std::size_t piece_bytes_ = 0;
  SimdLevel simd_ = SimdLevel::scalar;
  std::size_t base_ = 0;             // where the first piece begins: behind lines above the header
  std::vector<PieceCounts> pieces_;  // of all from there on, byte order mark included
  char announced_delimiter_ = '\0';
  std::uint64_t lines_above_ = 0;
  std::uint64_t first_blank_line_ = 0;
  std::uint64_t blank_lines_ = 0;
  std::vector<Gap> gaps_;
  std::vector<std::string> notes_;
};

}  // namespace cuvae
