// The byte scanners of the CSV reader, one set for each SIMD level. All give the same results.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/simd/simd_level.hpp"

namespace cuvae {

// Readable bytes that every scanned text needs before its first and behind its last byte.
constexpr std::size_t scan_padding = 128;

// What a piece of text holds, taken as starting outside of quotes.
struct PieceCounts {
  std::uint64_t quotes = 0;
  std::uint64_t newlines = 0;          // quoted or not
  std::uint64_t newlines_outside = 0;  // those outside of quotes
  bool unusual = false;                // NUL or bytes beyond ASCII are among them
};

// Carried from call to call of ScanKernels::index over adjoining ranges.
struct IndexState {
  char delimiter = ',';
  std::uint64_t inside = 0;  // all ones inside of quotes
  bool stray = false;        // a quote stands where none may open or close
};

struct ScanKernels {
  PieceCounts (*count)(const char* text, std::size_t size);

  // Appends the offsets of delimiters and newlines outside of quotes in text[from, to) to `out`,
  // which needs room for to - from + 64; returns its new end.
  std::uint32_t* (*index)(IndexState& state, const char* text, std::uint32_t from, std::uint32_t to,
                          std::uint32_t* out);

  // A 64-bit hash of the bytes; not cryptographic.
  std::uint64_t (*hash)(const char* text, std::size_t size);
};

const ScanKernels& scan_kernels(SimdLevel level);

extern const ScanKernels scan_kernels_scalar;
extern const ScanKernels scan_kernels_avx2;
extern const ScanKernels scan_kernels_avx512;

}  // namespace cuvae
