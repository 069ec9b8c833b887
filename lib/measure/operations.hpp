// Floating-point operations that a row takes, by the shape of the network: two for each
// multiply-add of a dense layer, one for each addition of an embedding. Exponentials, noise, the
// prior and Adam are not counted, so that a rate of these is a lower bound of what the processor
// does.
#pragma once

#include <cuvae/published_network.hpp>
#include <cuvae/token_network.hpp>

namespace cuvae::measure {

// Forward, and backward to the inputs and to the weights of each layer; nothing goes back beyond
// the first.
double training_flop(const PublishedShape& shape);
double training_flop(const TokenShape& shape);

// The decoder alone.
double generation_flop(const PublishedShape& shape);
double generation_flop(const TokenShape& shape);

}  // namespace cuvae::measure
