// Options of training and of reading, one at a time.
#include "job.hpp"
#include "tables.hpp"

namespace cuvae::test {
namespace {

struct Case {
  const char* name;
  Arguments options;
};

// What every recipe takes.
const std::vector<Case> common_cases{
    {"batch-32", {"--batch-size", "32"}},
    {"batch-4096", {"--batch-size", "4096"}},
    {"batch-500", {"--batch-size", "500"}},
    {"continuous", {"--continuous", "Merchant Name"}},
    {"epochs-7", {"--epochs", "7"}},
    {"drop", {"--drop", "Merchant City", "--drop", "Errors?"}},
    {"kl-0", {"--kl-weight", "0"}},
    {"kl-0.25", {"--kl-weight", "0.25"}},
    {"label", {"--label", "Amount", "--label", "Year"}},
    {"latent-1", {"--latent", "1"}},
    {"latent-8", {"--latent", "8"}},
    {"rate-0.02", {"--learning-rate", "0.02"}},
    {"seed-0", {"--seed", "0"}},
    {"seed-largest", {"--seed", "18446744073709551615"}},
};

const std::vector<Case> seed_cases{
    {"hidden-3-5", {"--hidden", "3,5"}},
    {"hidden-32-16", {"--hidden", "32,16"}},
    {"hidden-70-33", {"--hidden", "70,33"}},
    {"latent-40", {"--latent", "40"}},
    {"mse", {"--loss", "mse"}},
    {"mse-batch-32", {"--loss", "mse", "--batch-size", "32"}},
};

const std::vector<Case> digit_cases{
    {"condition", {"--condition", "Use Chip,Amount"}},
    {"latent-16", {"--latent", "16"}},
    {"together", {"--together", "Month,Use Chip"}},
    {"together-twice", {"--together", "Month,Use Chip", "--together", "Day,Errors?"}},
};

class BitsOfOptions : public Bits {
 protected:
  void train_with(const std::string& recipe, const std::vector<Case>& cases) {
    const std::string table = job.add_table("cards.csv", job.simulate({"-n", "700"}));
    for (const Case& one : cases) {
      Arguments options = one.options;
      options.insert(options.end(), {"--recipe", recipe});
      train_and_generate(one.name, table, options);
    }
  }
};

TEST_F(BitsOfOptions, OptionsBest) {
  train_with("best", common_cases);
  train_with("best", digit_cases);
  train_with("best", {{"latent-0", {"--latent", "0"}}});
}

TEST_F(BitsOfOptions, OptionsFast) {
  train_with("fast", common_cases);
  train_with("fast", digit_cases);
}

TEST_F(BitsOfOptions, OptionsSeed) {
  train_with("seed", common_cases);
  train_with("seed", seed_cases);
}

}  // namespace
}  // namespace cuvae::test
