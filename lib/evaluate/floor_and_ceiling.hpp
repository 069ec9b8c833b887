// What scores mean: the worst and the best that rows like these can be had to score.
#pragma once

#include <cuvae/table.hpp>

#include "support/shared_progress.hpp"

namespace cuvae {

// As many rows as a table has, at most half a million, each column in an order of its own: right
// one by one and wrong together.
Table shuffled_table(const Table& table);

// Two tables of half of the rows each, at most 250,000, picked at random.
struct Halves {
  Table first;
  Table second;
};
Halves halves_of(const Table& table);

}  // namespace cuvae
