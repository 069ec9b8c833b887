// Temporary files for the tests.
#pragma once

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

#include <cuvae/error.hpp>
#include <cuvae/table.hpp>

#include "csv/read_csv.hpp"

namespace files {

// A file with a content, gone at the end.
class Temporary {
 public:
  explicit Temporary(const std::string& content) : path_(testing::TempDir() + "cuvae-XXXXXX") {
    const int descriptor = mkstemp(path_.data());
    close(descriptor);
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~Temporary() { unlink(path_.c_str()); }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline cuvae::Table read(const std::string& content, const cuvae::ReadOptions& options = {},
                         const cuvae::ReadSettings& settings = {}) {
  const Temporary file(content);
  cuvae::Monitor monitor;
  return cuvae::read_csv_with(file.path(), options, settings, monitor);
}

struct Failure {
  cuvae::ErrorKind kind{};
  std::string message;  // without the file's name
};

inline Failure failure(const std::string& content, const cuvae::ReadOptions& options = {},
                       const cuvae::ReadSettings& settings = {}) {
  const Temporary file(content);
  cuvae::Monitor monitor;
  try {
    cuvae::read_csv_with(file.path(), options, settings, monitor);
  } catch (const cuvae::Error& error) {
    std::string message = error.what();
    const std::size_t name = message.find(file.path());
    EXPECT_NE(name, std::string::npos) << message;
    if (name != std::string::npos) message.replace(name, file.path().size(), "FILE");
    return {error.kind(), message};
  }
  return {};
}

}  // namespace files
