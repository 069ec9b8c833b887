// Files that are packed with gzip or zstd.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <cuvae/monitor.hpp>

#include "support/mapped_file.hpp"

namespace cuvae {

enum class Packing { none, gzip, zstd };

// What a file's first bytes say. Throws Error(data), after `name`, for kinds of files that are
// known and can't be read: archives, spreadsheets, other ways to pack.
Packing packing_of(std::string_view start, const std::string& name);

struct Unpacked {
  Pages pages;
  std::size_t bytes = 0;  // of text, behind the margin
};

// Memory grows with the text, and with nothing that the file claims about its size. Throws
// Error(data) where the file is damaged or cut off, or unpacks to what can't be a table;
// Error(runtime) where the library was built without what it takes.
Unpacked unpack(Packing packing, std::string_view packed, const std::string& name,
                const Storage& storage, Monitor& monitor);

}  // namespace cuvae
