// What one run of a verb carries: options, console, progress, outputs, provenance.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <cuvae/device.hpp>
#include <cuvae/output.hpp>

#include "options.hpp"
#include "support/folder_lock.hpp"
#include "terminal/console.hpp"
#include "terminal/interrupts.hpp"
#include "terminal/progress.hpp"

namespace cuvae::cli {

class Session {
 public:
  Session(const CommonOptions& common, Interrupts& interrupts)
      : options_(common),
        interrupts_(interrupts),
        console_(common.quiet, common.no_color),
        progress_(console_, interrupts) {}

  const CommonOptions& options() const { return options_; }
  const Console& console() const { return console_; }
  Progress& progress() { return progress_; }
  const Progress& progress() const { return progress_; }
  Interrupts& interrupts() { return interrupts_; }
  IfExists if_exists() const { return options_.force ? IfExists::replace : IfExists::fail; }
  unsigned threads() const { return static_cast<unsigned>(options_.threads); }

  // The seed asked for, or a random one; always the same within a session.
  std::uint64_t seed();
  // "seed 1234", so that a run without --seed can be repeated.
  void note_seed();

  // The device that --device comes to. Throws Error(device) before any work is done.
  DeviceInfo device() const { return resolve_device(choice()); }
  // The same, and lets it get ready while the input is read.
  DeviceInfo warm_device() {
    warming_ = warm_up(choice());
    return device();
  }
  DeviceChoice choice() const;

  // Names an output before any work is done. Throws Error(usage) when it exists without --force,
  // when it is a folder, one of `inputs` or an output named before; Error(runtime) when its folder
  // is not there. An output in a folder that is still to be made passes.
  void will_write(const std::string& path, const std::vector<std::string>& inputs);
  void wrote(const std::string& path);
  // After an interruption: what was written and what was not.
  std::string outputs_left() const;

  // Refuses --json where the data goes to standard output too.
  void check_json_against(const std::string& output) const;
  void print_json(const nlohmann::ordered_json& object) const;

 private:
  const CommonOptions& options_;
  Interrupts& interrupts_;
  Console console_;
  Progress progress_;
  std::optional<std::uint64_t> seed_;
  std::future<void> warming_;
  struct Output {
    std::string path;
    bool existed;
    bool written;
  };
  std::vector<Output> outputs_;
};

// A folder that is made for outputs, and goes again if it stayed empty. No other process can have
// one in the same place meanwhile.
class OutputFolder {
 public:
  // Throws Error(usage) when `path` is a file, Error(runtime) when it can't be made or another
  // process has it.
  explicit OutputFolder(const std::string& path);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

 private:
  std::filesystem::path path_;
  bool made_ = false;
  std::optional<FolderLock> lock_;
};

// Throws Error(usage) when standard input stands for more than one file.
void check_inputs(const std::vector<std::string>& inputs);

// JSON text; bytes that are no UTF-8 are replaced.
std::string dump(const nlohmann::ordered_json& object);

}  // namespace cuvae::cli
