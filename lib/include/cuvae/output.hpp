/// @file
/// What every function that writes a file is told.
#pragma once

namespace cuvae {

/// What to do where a file of that name is there already. Outputs appear whole or not at all either
/// way, and a file that is replaced stays until its successor is complete.
enum class IfExists {
  fail,     ///< Error(usage), before any work is done
  replace,  ///< put the new file in its place
};

}  // namespace cuvae
