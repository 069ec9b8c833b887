// Where a verb keeps the table it learns from: in memory, or in cache files where it is too large.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include <cuvae/storage.hpp>

namespace cuvae::cli {

class Session;

struct MemoryOptions {
  std::uint64_t bytes = 0;  // 0: what is free
  std::string folder;       // empty: beside the output
};

void add_memory_options(CLI::App& verb, MemoryOptions& options);

// Decides by the size of the file to read, and says so where it takes cache files. `beside` is an
// output, or the folder of the outputs. Throws Error(usage) when --cache names no folder.
Storage table_storage(const Session& session, const MemoryOptions& options, const std::string& data,
                      const std::string& beside);

}  // namespace cuvae::cli
