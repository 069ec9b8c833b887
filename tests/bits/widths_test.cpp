// Number of threads, width of SIMD registers and where the table lies change nothing.
#include "job.hpp"
#include "tables.hpp"

namespace cuvae::test {
namespace {

constexpr int no_such_device = 4;

// The levels that this machine has; the tool says so itself.
std::vector<std::string> simd_levels() {
  std::vector<std::string> levels;
  for (const char* level : {"scalar", "avx2", "avx512"}) {
    const Outcome outcome = run({"devices"}, "", {{"CUVAE_SIMD", level}});
    if (outcome.code == no_such_device) continue;
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    levels.push_back(level);
  }
  return levels;
}

class BitsOfWidths : public Bits {
 protected:
  void train_everywhere(const std::string& name, const std::string& table, Arguments options) {
    train_and_generate(name, table, options);
    const std::string model = contents(job.path("model"));
    const Arguments rows{"-n", "5000"};
    const std::string generated = job.generate(job.path("model"), rows);
    record.add(name + "-5000.csv", generated);
    const auto same = [&](const std::string& what, const Arguments& more,
                          const Environment& environment) {
      Arguments training = options;
      training.insert(training.end(), more.begin(), more.end());
      EXPECT_TRUE(job.train(table, "other", training, environment) == model)
          << name << ", " << what;
      Arguments generating = rows;
      generating.insert(generating.end(), more.begin(), more.end());
      EXPECT_TRUE(job.generate(job.path("model"), generating, environment) == generated)
          << name << ", rows, " << what;
    };
    same("3 threads", {"--threads", "3"}, {});
    for (const std::string& level : levels)
      same(level, {"--threads", "2"}, {{"CUVAE_SIMD", level}});
    options.insert(options.end(), {"--memory", "1k"});
    EXPECT_TRUE(job.train(table, "other", options) == model) << name << ", through cache files";
  }

  const std::vector<std::string> levels = simd_levels();
};

TEST_F(BitsOfWidths, Widths) {
  const std::string cards = job.add_table("cards.csv", job.simulate({"-n", "4500"}));
  const std::string mixed = job.add_table("mixed.csv", mixed_table(1000, 9));
  for (const std::string recipe : {"best", "fast", "seed"}) {
    for (const std::string batch : {"32", "500", "4096"}) {
      train_everywhere("cards-" + recipe + "-" + batch, cards,
                       {"--recipe", recipe, "--batch-size", batch, "--epochs", "1"});
    }
    train_everywhere("mixed-" + recipe, mixed, {"--recipe", recipe, "--epochs", "1"});
  }
  train_everywhere("latent-0", cards, {"--latent", "0", "--epochs", "1"});
  train_everywhere("mse", cards, {"--recipe", "seed", "--loss", "mse", "--epochs", "1"});
}

}  // namespace
}  // namespace cuvae::test
