// Which rows of a coded table are held out of training.
#pragma once

#include <cstdint>

#include <cuvae/tokenizer.hpp>

namespace cuvae {

// Brings `count` rows, chosen by the seed, behind the others. That takes no second table, and a
// back end needs to know nothing but how many rows come last.
void bring_held_out_rows_last(TokenMatrix& data, std::uint64_t count, std::uint64_t seed);

}  // namespace cuvae
