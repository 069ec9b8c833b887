#include "runtime/cuda/upload_rows.hpp"

#include <algorithm>
#include <array>

#include "runtime/cuda/memory.hpp"

namespace cuvae::cuda {

void upload_rows(std::byte* to, const RowUpload& upload,
                 const std::function<void(std::uint64_t, std::uint64_t, std::byte*)>& fill,
                 const Stream& stream, Monitor& monitor) {
  const std::uint64_t piece_rows =
      std::clamp<std::uint64_t>(upload.piece_bytes / upload.row_bytes, 1, upload.rows);
  struct Buffer {
    PinnedArray<std::byte> rows;
    Event copied;
  };
  std::array<Buffer, 2> buffers;
  for (Buffer& buffer : buffers) {
    buffer.rows = PinnedArray<std::byte>(piece_rows * upload.row_bytes, upload.what_for);
  }
  const DrainAtEnd drain(stream);
  std::size_t piece = 0;
  for (std::uint64_t first = 0; first < upload.rows; first += piece_rows, ++piece) {
    monitor.check();
    Buffer& buffer = buffers[piece % buffers.size()];
    if (piece >= buffers.size()) buffer.copied.synchronize();
    const std::uint64_t count = std::min(piece_rows, upload.rows - first);
    fill(first, count, buffer.rows.get());
    CUVAE_CUDA(cudaMemcpyAsync(to + first * upload.row_bytes, buffer.rows.get(),
                               count * upload.row_bytes, cudaMemcpyHostToDevice, stream.get()));
    buffer.copied.record(stream);
  }
  stream.synchronize();
}

}  // namespace cuvae::cuda
