// What NVIDIA's driver says, for scripts/cuda.sh: asked of the driver's own library, because
// neither nvidia-smi nor a CUDA toolkit need be there. Prints the newest CUDA that the driver runs
// (as 13000) and, behind it, the compute capabilities of the GPUs that it shows (as 75). Prints 0
// without a driver.
#include <cstdio>
#include <dlfcn.h>
#include <set>

namespace {

using Status = int;

void* open_driver() {
  // The second is where Windows puts it for Linux programs.
  for (const char* name : {"libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"}) {
    if (void* library = dlopen(name, RTLD_NOW)) return library;
  }
  return nullptr;
}

template <class Function>
Function* find(void* library, const char* name) {
  return reinterpret_cast<Function*>(dlsym(library, name));
}

}  // namespace

int main() {
  void* library = open_driver();
  int version = 0;
  auto* get_version = library ? find<Status(int*)>(library, "cuDriverGetVersion") : nullptr;
  if (get_version == nullptr || get_version(&version) != 0) version = 0;
  std::printf("%d", version);
  if (version == 0) return std::puts("") < 0;

  auto* start = find<Status(unsigned)>(library, "cuInit");
  auto* count_devices = find<Status(int*)>(library, "cuDeviceGetCount");
  auto* get_device = find<Status(int*, int)>(library, "cuDeviceGet");
  auto* get_attribute = find<Status(int*, int, int)>(library, "cuDeviceGetAttribute");
  int count = 0;
  if (start && count_devices && get_device && get_attribute && start(0) == 0) {
    if (count_devices(&count) != 0) count = 0;
  }
  constexpr int attribute_major = 75;
  constexpr int attribute_minor = 76;
  std::set<int> capabilities;
  for (int index = 0; index < count; ++index) {
    int device = 0;
    int major = 0;
    int minor = 0;
    if (get_device(&device, index) == 0 && get_attribute(&major, attribute_major, device) == 0 &&
        get_attribute(&minor, attribute_minor, device) == 0) {
      capabilities.insert(10 * major + minor);
    }
  }
  for (const int capability : capabilities) std::printf(" %d", capability);
  std::puts("");
}
