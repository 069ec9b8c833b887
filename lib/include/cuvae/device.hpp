/// @file
/// Choosing where to run, and what is there.
#pragma once

#include <cstdint>
#include <future>
#include <string>
#include <vector>

namespace cuvae {

/// What the caller asked for.
struct DeviceChoice {
  enum class Kind { automatic, cpu, cuda };
  Kind kind = Kind::automatic;  ///< automatic: a GPU when there is a usable one
  int index = 0;                ///< of the GPU
  unsigned threads = 0;         ///< CPU threads, 0: all hardware threads
};

/// Parses "auto", "cpu", "cuda" or "cuda:N". @throws Error usage
DeviceChoice parse_device(const std::string& text);

/// One device of this machine.
struct DeviceInfo {
  std::string id;       ///< "cpu" or "cuda:N"
  std::string name;     ///< processor or card
  std::string details;  ///< what cuvae would use: "AVX-512, 2 threads", "compute 9.0, 132 SMs,
                        ///< cluster of 16"
  bool usable = true;
  std::string problem;  ///< why it is not usable
};

/// The CPU, then every GPU that the driver shows. Never throws for a missing driver.
std::vector<DeviceInfo> list_devices();

/// Starts, on another thread, what a choice's device needs before its first use: a GPU's driver and
/// context, which take some tenths of a second. Nothing for the CPU. Keep the result until the work
/// is done. Errors are left to whoever uses the device.
std::future<void> warm_up(const DeviceChoice& choice);

/// The device that a choice comes to, for messages. @throws Error device: the reason and a remedy
DeviceInfo resolve_device(const DeviceChoice& choice);

}  // namespace cuvae
