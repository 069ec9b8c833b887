// Trains, generates and evaluates without a file in between.
//
//   in_memory [DATA.csv]
#include "example.hpp"

int main(int count, char** arguments) {
  return run_example([&] {
    const cuvae::Model model = model_of_argument(count, arguments);
    const cuvae::Table real = cuvae::read_csv(count > 1 ? arguments[1] : "cards-of-example.csv");
    const cuvae::Table synthetic = cuvae::generate_columns(model, {.rows = real.rows, .seed = 7});
    const cuvae::Evaluation evaluation = cuvae::evaluate(real, synthetic);
    std::cout << synthetic.rows << " rows, quality " << evaluation.scores.quality << "\n";
  });
}
