/// @file
/// Simulated card transactions: sample data without a download.
#pragma once

#include <cstdint>
#include <string>

#include <cuvae/monitor.hpp>
#include <cuvae/output.hpp>

namespace cuvae {

/// Which spelling of the public card file to write.
enum class CardDialect {
  v2,  ///< `ONLINE`, `Bad PIN`
  v1,  ///< ` ONLINE` with a leading space, `"Bad PIN,"` quoted with a trailing comma
};

/// What to simulate. The same options give the same bytes at any number of threads.
struct SimulateOptions {
  std::uint64_t rows = 500'000;
  std::uint64_t seed = 0;
  CardDialect dialect = CardDialect::v2;
  unsigned threads = 0;  ///< 0: all hardware threads
};

/// Writes a card-transaction CSV (15 columns).
/// @param path     file to write, "-" for standard output; atomic
/// @param monitor  stage "simulate", in rows
/// @return         bytes written
std::uint64_t simulate_cards(const SimulateOptions& options, const std::string& path,
                             IfExists if_exists = IfExists::fail,
                             Monitor& monitor = silent_monitor());

}  // namespace cuvae
