// What the examples share: a small table and a model of it.
#pragma once

#include <iostream>
#include <string>

#include <cuvae/cuvae.hpp>

// A model of the table given as the first argument or, without one, of simulated card transactions.
inline cuvae::Model model_of_argument(int count, char** arguments) {
  std::string path = "cards-of-example.csv";
  if (count > 1) {
    path = arguments[1];
  } else {
    cuvae::SimulateOptions cards;
    cards.rows = 5'000;
    cuvae::simulate_cards(cards, path, cuvae::IfExists::replace);
  }
  cuvae::TrainOptions options;
  options.epochs = 5;  // enough to show something
  options.seed = 7;
  return cuvae::train_model(cuvae::read_csv(path), options);
}

// Runs an example and says what went wrong, if anything.
template <class F>
int run_example(F&& example) {
  try {
    example();
    return 0;
  } catch (const cuvae::Error& error) {
    std::cerr << error.what() << "\n";
    return static_cast<int>(error.kind());
  }
}
