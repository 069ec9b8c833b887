/// @file
/// cuvae inside a CUDA program: rows made straight into the caller's device memory, in the caller's
/// stream. Only where the library was built with its CUDA half. This header needs no CUDA header,
/// so that a plain C++ compiler takes it: `CudaStream` is `cudaStream_t`.
///
/// @code
/// cuvae::Model model = cuvae::load_model("model.safetensors");
/// cuvae::CudaGenerator generator(model, /*device=*/0);
/// std::vector<cuvae::CudaColumn> columns = generator.formats();
/// for (cuvae::CudaColumn& column : columns) {
///   cudaMallocAsync(&column.cells, std::size_t{1'000'000} * column.width, stream);
/// }
/// generator.codes(/*seed=*/37, /*first_row=*/0, 1'000'000, columns, stream);
/// @endcode
#pragma once

#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <span>
#include <vector>

#include <cuvae/device.hpp>
#include <cuvae/model.hpp>
#include <cuvae/schema.hpp>
#include <cuvae/train.hpp>

struct CUstream_st;

namespace cuvae {

/// The same type as `cudaStream_t`. The null stream means CUDA's legacy default stream here as
/// everywhere; cuvae itself never uses it.
using CudaStream = CUstream_st*;

/// Where the library takes device memory from: a pair of the caller's functions, or both null for
/// CUDA's stream-ordered pool (`cudaMallocAsync`; `cudaMalloc` where the device has no pool).
///
/// Both functions may be called from any thread, with the device in question current. They must
/// outlive every object that they were given to.
struct CudaAllocator {
  /// `bytes` of device memory, aligned to 256 bytes, usable in work that is put into `stream` after
  /// the call. Null when there is none: the library then throws Error(runtime).
  void* (*allocate)(std::size_t bytes, CudaStream stream, void* context) = nullptr;

  /// Takes back what `allocate` gave. All uses were put into `stream` before the call.
  void (*deallocate)(void* memory, std::size_t bytes, CudaStream stream, void* context) = nullptr;

  void* context = nullptr;  ///< handed to both
};

/// What a cell of a column that may be empty holds where it is: all bits set, a NaN as float32.
inline constexpr std::uint32_t cuda_missing_cell = 0xffffffffU;

/// One column of codes in device memory: `rows` cells, one behind the other.
/// CudaGenerator::formats() says how the columns of a model come; only the addresses are left to
/// fill in.
struct CudaColumn {
  void* cells = nullptr;    ///< device memory, aligned to the width of a cell
  std::uint32_t span = 0;   ///< the greatest code, below 2^29
  std::uint32_t width = 4;  ///< bytes of a cell: 1, 2 or 4, enough for span
  bool real = false;        ///< cells are float32 in [0, 1], not codes; width is 4

  /// @name What the codes stand for
  /// Filled in by formats(); codes() does not look at them. Code k of a coded column is label k of
  /// the column in CudaGenerator::schema(); code k of a value column is the number
  /// (first + k) * 10^-decimals; x of a real column is minimum + x * (maximum - minimum) of the
  /// schema's column.
  /// @{
  std::int64_t first = 0;
  int decimals = 0;
  bool may_be_missing = false;  ///< cells may be cuda_missing_cell; width is 4
  /// @}
};

/// Makes rows of a model's endless table in device memory.
///
/// The constructor brings the network to the device and may wait for it. After that, nothing waits,
/// allocates or uses another stream than the caller's, so that every call can be captured in a CUDA
/// graph. One object may be used from several threads and in several streams at once. It must
/// outlive the work that it put into streams, and the graphs that captured it.
///
/// Row k of a seed has the same bits as on the CPU, whatever the number of rows a call makes.
class CudaGenerator {
 public:
  /// @param model      of any recipe; it is not needed afterwards
  /// @param device     index of the GPU, as in cudaSetDevice
  /// @param allocator  gives the memory for parameters and tables; the parameters of a network of
  ///                   the published shape need none, they travel with each launch
  /// @throws Error     data: the model's parts don't fit together; device: no such GPU, or it can't
  ///                   be used; usage: the model is beyond the limits of the GPU, which the message
  ///                   names; runtime: out of device memory
  CudaGenerator(const Model& model, int device, const CudaAllocator& allocator = {});

  /// For a published network without a schema: columns to 64, hidden widths to 64, latents to 16.
  CudaGenerator(const PublishedNetwork& network, int device, const CudaAllocator& allocator = {});
  ~CudaGenerator();
  CudaGenerator(CudaGenerator&&) noexcept;
  CudaGenerator& operator=(CudaGenerator&&) noexcept;

  std::uint32_t columns() const;  ///< number of columns
  int device() const;

  /// What the codes stand for. It differs from the model's schema where a model of the recipes
  /// `fast` and `best` knows few numbers of a value column: they are spelled out as labels here.
  /// Without columns for a network without a schema.
  const Schema& schema() const;

  /// [columns()] How the columns of this generator come, their cells still null. For a network
  /// without a schema all are real.
  std::vector<CudaColumn> formats() const;

  /// Rows [first_row, first_row + rows) as codes, column by column.
  ///
  /// @param seed     of the endless table
  /// @param rows     up to 2^31
  /// @param columns  [columns()], of as many cells each; read before the call returns. Models of
  /// the
  ///                 recipes `fast` and `best` give the spans and widths of formats() only; for
  ///                 published networks they may be any: codes are round-half-even(x * span) then
  /// @param stream   the work is put there; the call returns at once
  /// @throws Error   usage: a number of columns, span or width that does not fit; runtime: CUDA
  ///                 refused the launch
  void codes(std::uint64_t seed, std::uint64_t first_row, std::uint32_t rows,
             std::span<const CudaColumn> columns, CudaStream stream) const;

  /// The same rows of a published network as the numbers in (0, 1) that it gives.
  ///
  /// @param out      device memory, float32 [rows, stride]; only the first `columns` of each row
  /// are
  ///                 written; aligned to 4 bytes
  /// @param stride   floats from a row to the next, at least `columns`
  /// @throws Error   usage: stride too small, or the model is of the recipes `fast` and `best`,
  ///                 whose rows have no such form; runtime: CUDA refused the launch
  void rows(std::uint64_t seed, std::uint64_t first_row, std::uint32_t rows, float* out,
            std::uint32_t stride, CudaStream stream) const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// The GPUs that the driver shows, in its order; for the ones that cuvae can't use, `problem` says
/// why. Never throws: without a driver or a device there is one unusable entry with the reason.
std::vector<DeviceInfo> list_cuda_devices();

/// Starts the driver and creates a GPU's context on another thread, which can take some tenths of
/// a second: call it before reading the input, and keep the result until the work is done. Errors
/// are not reported here; whoever uses the device next meets them.
std::future<void> warm_up_cuda(int device);

}  // namespace cuvae
