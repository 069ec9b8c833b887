/// @file
/// The one exception type of the library. What went wrong decides the exit code of the tool.
#pragma once

#include <stdexcept>
#include <string>

namespace cuvae {

/// Why an operation failed. The values are the exit codes of the `cuvae` tool.
enum class ErrorKind {
  runtime = 1,        ///< the machine failed: disk full, file vanished, out of memory
  usage = 2,          ///< the caller asked for something that makes no sense
  data = 3,           ///< the input data or model file is malformed
  device = 4,         ///< the requested device is not there or can't do the job
  interrupted = 130,  ///< the caller's Monitor asked to stop
};

/// Thrown by every function of the library that fails. `what()` is written for a person: it names
/// the file, line and column where there is one, says what is wrong and what to do next.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

}  // namespace cuvae
