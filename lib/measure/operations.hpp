// Floating-point operations that a row takes, by the shape of the network: two for each
// multiply-add of a dense layer, one for each addition of an embedding. Exponentials, noise, the
// prior and Adam are not counted, so that a rate of these is a lower bound of what the processor
// does.
#pragma once

#include <cuvae/digit_network.hpp>
#include <cuvae/network.hpp>

namespace cuvae::measure {

// Forward, and backward to the inputs and to the weights of each layer; nothing goes back beyond
// the first.
double training_flop(const NetworkShape& shape);
double training_flop(const DigitShape& shape);

// The decoder alone.
double generation_flop(const NetworkShape& shape);
double generation_flop(const DigitShape& shape);

}  // namespace cuvae::measure
