// The bytes of a CSV file in memory, cut into pieces that threads can take one by one.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include <cuvae/monitor.hpp>

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
  // Reads the whole file ("-": standard input). Throws Error(runtime) when it can't be read,
  // Error(data) when it is empty or holds NUL bytes.
  CsvSource(const std::string& path, const ReadSettings& settings, Monitor& monitor);

  // The same with a text. Takes the pieces apart.
  CsvSource(CsvMemory memory, const ReadSettings& settings, Monitor& monitor);

  // For messages.
  const std::string& name() const { return name_; }
  std::uint64_t file_bytes() const { return file_bytes_; }
  const std::string& fingerprint() const { return fingerprint_; }

  // Without the byte order mark and blank lines at the end; ends with a newline.
  const CsvText& text() const { return text_; }

  // Where the rows behind the header start, [pieces + 1]: the last entry is the end of the text and
  // the number of rows.
  std::vector<RowStart> row_starts(std::size_t data_begin) const;

 private:
  void read_stream(int descriptor, const Storage& storage, Monitor& monitor);
  void scan(const ReadSettings& settings, Monitor& monitor, int descriptor);
  void load(int descriptor, std::size_t begin, std::size_t end);
  void trim(const ReadSettings& settings);

  char* bytes() const { return pages_.data() + Pages::margin_bytes; }

  std::string name_;
  Pages pages_;
  bool mapped_ = false;
  std::uint64_t file_bytes_ = 0;
  std::string fingerprint_;
  CsvText text_;
  std::size_t piece_bytes_ = 0;
  std::vector<PieceCounts> pieces_;  // of the whole file, byte order mark included
};

}  // namespace cuvae
