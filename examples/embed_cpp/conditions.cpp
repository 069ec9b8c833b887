// Rows that meet conditions, and labels equally often.
//
//   conditions
#include "example.hpp"

int main() {
  return run_example([] {
    const cuvae::Model model = model_of_argument(1, nullptr);
    cuvae::GenerateOptions dear;
    dear.rows = 5;
    dear.where = {"Amount>100", "Use Chip!=Online Transaction"};
    const cuvae::GenerateResult found = cuvae::generate_csv(model, dear, "-");
    std::cerr << found.drawn << " rows drawn for " << found.rows << "\n";

    cuvae::GenerateOptions even;
    even.rows = 6;
    even.balance = "Use Chip";
    even.header = false;
    cuvae::generate_csv(model, even, "-");
  });
}
