#include "session.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <random>
#include <unistd.h>

#include <cuvae/error.hpp>

#include "terminal/text.hpp"

namespace cuvae::cli {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorKind::usage, message);
}

// Random seeds have 53 bits: programs that read JSON numbers as doubles keep them exactly.
std::uint64_t random_seed() {
  std::random_device source;
  const std::uint64_t high = source();
  return ((high << 32U) | source()) >> 11U;
}

}  // namespace

DeviceChoice Session::choice() const {
  return device_choice(options_);
}

std::uint64_t Session::seed() {
  if (!seed_) seed_ = options_.seed ? *options_.seed : random_seed();
  return *seed_;
}

void Session::note_seed() {
  console_.note(fmt::format("seed      {}", seed()));
}

void Session::will_write(const std::string& path, const std::vector<std::string>& inputs) {
  if (path == "-") {
    outputs_.push_back({path, false, false});
    return;
  }
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  const bool exists = fs::exists(status);
  if (error && !exists && error != std::errc::no_such_file_or_directory) {
    refuse(path + ": " + error.message() + "; choose another name");
  }
  if (!exists && fs::is_symlink(fs::symlink_status(path, error))) {
    refuse(path + " is a link that leads nowhere; remove it or choose another name");
  }
  if (fs::is_directory(status)) refuse(path + " is a folder; name a file");
  for (const std::string& input : inputs) {
    if (exists && fs::is_regular_file(status) && fs::equivalent(input, path, error)) {
      refuse(path + " is also an input; choose another name for the output");
    }
  }
  for (const Output& other : outputs_) {
    if (fs::weakly_canonical(other.path, error) == fs::weakly_canonical(path, error))
      refuse(path + " is named for two outputs; choose another name");
  }
  if (fs::is_regular_file(status) && !options_.force) {
    refuse(path + " exists; pass --force to overwrite it or choose another name");
  }
  if (exists && !fs::is_regular_file(status)) {  // a device or pipe
    outputs_.push_back({path, true, false});
    return;
  }
  // A link keeps its place; what it leads to is replaced.
  fs::path folder = (exists ? fs::canonical(path, error) : fs::path(path)).parent_path();
  if (folder.empty()) folder = ".";
  if (!fs::is_directory(folder, error)) {
    throw Error(ErrorKind::runtime, fmt::format("{}: the folder {} is not there; create it first",
                                                path, folder.string()));
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    throw Error(ErrorKind::runtime, fmt::format("{}: the folder {} can't be written: {}", path,
                                                folder.string(), std::strerror(errno)));
  }
  outputs_.push_back({path, exists, false});
}

void Session::wrote(const std::string& path) {
  for (Output& output : outputs_) {
    if (output.path == path) output.written = true;
  }
}

std::string Session::outputs_left() const {
  std::vector<std::string> parts;
  for (const Output& output : outputs_) {
    if (output.path == "-") continue;
    parts.push_back(output.path + (output.written   ? " is complete"
                                   : output.existed ? " is untouched"
                                                    : " was not written"));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

void Session::check_json_against(const std::string& output) const {
  if (options_.json && output == "-") {
    refuse("--json and -o - would both write to standard output; choose one");
  }
}

void Session::print_json(const nlohmann::ordered_json& object) const {
  Console::result(dump(object));
}

OutputFolder::OutputFolder(const std::string& path) : path_(path) {
  if (path == "-") refuse("the outputs are several files; name a folder");
  std::error_code error;
  if (fs::exists(path_, error) && !fs::is_directory(path_, error)) {
    refuse(path + " is a file; name a folder for the outputs");
  }
  made_ = fs::create_directories(path_, error);
  if (error) {
    throw Error(ErrorKind::runtime, path + ": the folder can't be made: " + error.message());
  }
  lock_.emplace(path);
}

OutputFolder::~OutputFolder() {
  std::error_code error;
  if (made_) fs::remove(path_, error);  // only an empty folder goes
}

void check_inputs(const std::vector<std::string>& inputs) {
  if (std::count(inputs.begin(), inputs.end(), "-") > 1) {
    refuse("standard input can stand for one file only");
  }
}

std::string dump(const nlohmann::ordered_json& object) {
  return object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace cuvae::cli
