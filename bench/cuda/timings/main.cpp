// Times of every kernel, launcher and cluster size: time_kernels [--smallest] [--table CSV]
// [--write FILE]
//
// --smallest does as little as there is, to try the program where times mean nothing.
#include <cstring>
#include <fmt/format.h>

#include <cuvae/cuda.hpp>
#include <cuvae/error.hpp>

#include "timer.hpp"

namespace cuvae::timings {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};

int run(int count, char** arguments) {
  Scale scale;
  std::string table;
  std::unique_ptr<std::FILE, CloseFile> opened;
  for (int i = 1; i < count; ++i) {
    const bool has_value = i + 1 < count;
    if (std::strcmp(arguments[i], "--smallest") == 0) {
      scale.smallest = true;
    } else if (std::strcmp(arguments[i], "--table") == 0 && has_value) {
      table = arguments[++i];
    } else if (std::strcmp(arguments[i], "--write") == 0 && has_value) {
      opened.reset(std::fopen(arguments[++i], "w"));
      if (!opened) {
        fmt::print(stderr, "{} can't be written\n", arguments[i]);
        return 1;
      }
    } else {
      fmt::print(stderr, "usage: time_kernels [--smallest] [--table CSV] [--write FILE]\n");
      return 2;
    }
  }
  const DeviceInfo device = list_cuda_devices().front();
  if (!device.usable) {
    fmt::print(stderr, "{}\n", device.problem);
    return 4;
  }
  std::FILE* const file = opened ? opened.get() : stdout;
  const StopWatch watch;
  warm_up_cuda(0).get();
  fmt::print(file, "{}: {}. Creating its context took {:.0f} ms.\n", device.name, device.details,
             watch.milliseconds());
  Timer timer(file, scale);
  time_published(timer);
  if (!table.empty()) time_tokens(timer, table);
  time_columns(timer);
  return timer.failed() ? 1 : 0;
}

}  // namespace
}  // namespace cuvae::timings

int main(int count, char** arguments) {
  try {
    return cuvae::timings::run(count, arguments);
  } catch (const cuvae::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return static_cast<int>(error.kind());
  }
}
