// Arrow streams as PyCapsules, by the Arrow PyCapsule interface.
#pragma once

#include <memory>
#include <nanobind/nanobind.h>

#include <cuvae/arrow.hpp>

namespace cuvae::python {

// A stream that is released with its owner, wherever it lies then.
struct StreamDeleter {
  void operator()(ArrowArrayStream* stream) const;
};
using OwnedStream = std::unique_ptr<ArrowArrayStream, StreamDeleter>;

OwnedStream empty_stream();

// Takes the stream; whoever gets the capsule may move it out.
nanobind::capsule capsule_of(OwnedStream stream);

// The stream in a capsule, still the capsule's. Throws where it holds none.
ArrowArrayStream* stream_in(const nanobind::capsule& capsule);

}  // namespace cuvae::python
