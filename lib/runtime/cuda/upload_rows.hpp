// Large tables on their way from host memory to the device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include <cuvae/monitor.hpp>

#include "runtime/cuda/handles.hpp"

namespace cuvae::cuda {

struct RowUpload {
  std::uint64_t rows = 0;
  std::size_t row_bytes = 0;    // in device memory
  std::size_t piece_bytes = 0;  // copied at a time; at least one row all the same
  const char* what_for = "";    // completes the sentence "N bytes asked for ..."
};

// Copies rows to `to`, device memory [rows, row_bytes], piece by piece through pinned buffers: one
// is filled while the other is copied. fill(first, count, buffer) writes rows as they are to lie on
// the device. Waits until all are there; throws where the monitor wants it to stop.
void upload_rows(std::byte* to, const RowUpload& upload,
                 const std::function<void(std::uint64_t, std::uint64_t, std::byte*)>& fill,
                 const Stream& stream, Monitor& monitor);

}  // namespace cuvae::cuda
