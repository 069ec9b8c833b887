#include "evaluate/nearest_records.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "support/threads.hpp"

namespace cuvae {
namespace {

constexpr std::size_t queries_per_step = 100;
constexpr std::size_t columns_per_look = 4;  // before asking whether a tile can still win
constexpr std::size_t tile_rows = ScaledRecords::tile_rows;

// Distances of a query to a tile's rows, summed over columns; only those below `best` are exact.
std::array<float, tile_rows> tile_distances(const std::vector<float>& query, const float* tile,
                                            float best) {
  std::array<float, tile_rows> distances{};
  for (std::size_t column = 0; column < query.size();) {
    const std::size_t end = std::min(query.size(), column + columns_per_look);
    for (; column < end; ++column) {
      const float own = query[column];
      const float* places = tile + column * tile_rows;
      for (std::size_t i = 0; i < tile_rows; ++i) {
        const float distance = std::abs(own - places[i]);
        distances[i] += distance < 1.0F ? distance : 1.0F;
      }
    }
    int candidates = 0;
    for (std::size_t i = 0; i < tile_rows; ++i) candidates += distances[i] < best ? 1 : 0;
    if (candidates == 0) break;
  }
  return distances;
}

float nearest(const std::vector<float>& query, const ScaledRecords& references) {
  float best = static_cast<float>(query.size()) + 1;
  for (std::size_t index = 0; index < references.tiles(); ++index) {
    for (const float distance : tile_distances(query, references.tile(index), best)) {
      best = std::min(best, distance);
    }
  }
  return best;
}

}  // namespace

std::vector<float> ScaledRecords::row(std::size_t index) const {
  std::vector<float> places(columns_);
  for (std::size_t column = 0; column < columns_; ++column) {
    places[column] = tile(index / tile_rows)[column * tile_rows + index % tile_rows];
  }
  return places;
}

std::vector<float> ScaledRecords::by_column() const {
  std::vector<float> places(places_.size());
  for (std::size_t index = 0; index < tiles(); ++index) {
    for (std::size_t column = 0; column < columns_; ++column) {
      std::copy_n(tile(index) + column * tile_rows, tile_rows,
                  &places[(column * tiles() + index) * tile_rows]);
    }
  }
  return places;
}

std::vector<float> nearest_distances(const ScaledRecords& queries, const ScaledRecords& references,
                                     unsigned threads, SharedProgress& progress) {
  std::vector<float> distances(queries.rows());
  for_each_index(threads, search_steps(queries.rows()), [&](std::size_t part) {
    const std::size_t end = std::min(queries.rows(), (part + 1) * queries_per_step);
    for (std::size_t row = part * queries_per_step; row < end; ++row) {
      distances[row] = nearest(queries.row(row), references);
    }
    progress.advance();
  });
  return distances;
}

std::size_t search_steps(std::size_t queries) {
  return (queries + queries_per_step - 1) / queries_per_step;
}

}  // namespace cuvae
