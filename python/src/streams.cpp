#include "streams.hpp"

namespace nb = nanobind;

namespace cuvae::python {
namespace {

constexpr const char* capsule_name = "arrow_array_stream";

}  // namespace

void StreamDeleter::operator()(ArrowArrayStream* stream) const {
  if (stream->release != nullptr) stream->release(stream);
  const std::default_delete<ArrowArrayStream> remove;
  remove(stream);
}

OwnedStream empty_stream() {
  return OwnedStream(std::make_unique<ArrowArrayStream>().release());
}

nb::capsule capsule_of(OwnedStream stream) {
  const nb::capsule capsule(stream.get(), capsule_name, [](void* held) noexcept {
    // Ends a thread that may be at work: nothing of that needs Python.
    const nb::gil_scoped_release unlocked;
    const OwnedStream gone(static_cast<ArrowArrayStream*>(held));
  });
  static_cast<void>(stream.release());
  return capsule;
}

ArrowArrayStream* stream_in(const nb::capsule& capsule) {
  return static_cast<ArrowArrayStream*>(capsule.data(capsule_name));
}

}  // namespace cuvae::python
