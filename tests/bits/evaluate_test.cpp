// Figures about synthetic rows, for programs and for people, and the whole job at once.
#include <bit>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "job.hpp"
#include "tables.hpp"

namespace cuvae::test {
namespace {

// The figures take logarithms and exponentials of the C library, whose last bits depend on the
// library and on whether the processor has fused multiply-adds. Models and rows don't.
std::uint64_t rounding_of_c_library() {
  std::uint64_t sum = 0;
  for (int i = 1; i < 100'000; ++i) {
    const double x = 1e-4 * i;
    for (const double value : {std::log(x), std::exp(-x)}) {
      sum = 31 * sum + std::bit_cast<std::uint64_t>(value);
    }
  }
  return sum;
}

class BitsOfFigures : public Bits {
 protected:
  void SetUp() override {
    Bits::SetUp();
    constexpr std::uint64_t listed = 0xe3ef7888c2d6990c;  // glibc 2.36 with fused multiply-adds
    if (rounding_of_c_library() != listed) {
      GTEST_SKIP() << "the C library rounds otherwise than the one the figures were listed with";
    }
  }

  void evaluate(const std::string& name, const std::string& real, const std::string& synthetic,
                const Arguments& options) {
    const std::string report = job.path("report.html");
    Arguments arguments{"evaluate", real, synthetic, "--json"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto with = [&](const Arguments& more) {
      Arguments all = arguments;
      all.insert(all.end(), more.begin(), more.end());
      return all;
    };
    const std::string figures = job.print(with({"--threads", "1", "--report", report, "--force"}));
    record.add(name + ".json", figures);
    record.add(name + ".html", contents(report));
    EXPECT_TRUE(job.print(with({"--threads", "3"}), {{"CUVAE_SIMD", "scalar"}}) == figures) << name;
    std::erase(arguments, "--json");
    record.add(name + ".txt", job.print(arguments));
  }
};

TEST_F(BitsOfFigures, Evaluated) {
  const std::string cards = job.add_table("cards.csv", job.simulate({"-n", "500"}));
  const std::string other = job.add_table("other.csv", job.simulate({"-n", "300", "--seed", "5"}));
  for (const std::string recipe : {"best", "seed"}) {
    job.train(cards, "model", {"--recipe", recipe, "--epochs", "5"});
    const std::string rows =
        job.add_table(recipe + ".csv", job.generate(job.path("model"), {"-n", "400"}));
    evaluate("cards-" + recipe, cards, rows, {});
    if (recipe == "seed") continue;
    evaluate("holdout", cards, rows, {"--holdout", other, "--target", "Use Chip"});
    evaluate("columns", cards, rows, {"--label", "Year", "--drop", "Zip", "--target", "Amount"});
  }
  const std::string mixed = job.add_table("mixed.csv", mixed_table(300, 9));
  job.train(mixed, "model", {});
  const std::string rows =
      job.add_table("mixed-rows.csv", job.generate(job.path("model"), {"-n", "400"}));
  evaluate("mixed", mixed, rows, {"--target", "Kind"});
}

// The folder that `run` filled. Its report isn't looked at: it holds times.
std::string run_whole_job(const Job& job, const std::string& recipe) {
  const std::string cards = job.add_table("cards.csv", job.simulate({"-n", "700"}));
  std::string folder = job.path(recipe);
  job.print({"run", cards, "-o", folder, "-n", "400", "--recipe", recipe, "--epochs", "4",
             "--holdout-share", "0.25", "--seed", "31", "--target", "Use Chip"});
  return folder;
}

TEST_F(Bits, WholeJob) {
  for (const std::string recipe : {"best", "fast", "seed"}) {
    const std::string folder = run_whole_job(job, recipe);
    record.add_model(recipe, contents(folder + "/model.safetensors"));
    record.add(recipe + ".csv", contents(folder + "/synthetic.csv"));
  }
}

TEST_F(BitsOfFigures, WholeJobFigures) {
  for (const std::string recipe : {"best", "fast", "seed"}) {
    const std::string folder = run_whole_job(job, recipe);
    auto metrics = nlohmann::ordered_json::parse(contents(folder + "/metrics.json"));
    EXPECT_EQ(metrics.at("provenance").erase("device_name"), 1U);
    record.add(recipe + ".metrics.json", metrics.dump(2));
  }
}

}  // namespace
}  // namespace cuvae::test
