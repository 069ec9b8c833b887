// Shards, conditions and headers; and models that an earlier version wrote.
#include "job.hpp"
#include "tables.hpp"

namespace cuvae::test {
namespace {

class BitsOfRows : public Bits {
 protected:
  // Three shards make the whole.
  void write_shards(const std::string& name, const std::string& model) {
    const std::string whole = job.generate(model, {"-n", "3000"});
    record.add(name + "-whole.csv", whole);
    EXPECT_TRUE(job.generate(model, {"-n", "7"}) +
                    job.generate(model, {"-n", "1800", "--first-row", "7"}) +
                    job.generate(model, {"-n", "1193", "--first-row", "1807", "--threads", "2"}) ==
                whole)
        << name;
    record.add(name + "-far.csv", job.generate(model, {"--first-row", "1000000000001"}));
    record.add(name + "-header.csv",
               job.generate(model, {"--first-row", "5", "--header", "always", "-n", "3"}));
    record.add(name + "-other-seed.csv", job.generate(model, {"--seed", "12345678901234567890"}));
  }

  void write_matching(const std::string& name, const std::string& model) {
    const auto where = [&](const std::string& what, const Arguments& conditions) {
      record.add(name + "-" + what + ".csv", job.generate(model, conditions));
      Arguments threads = conditions;
      threads.insert(threads.end(), {"--threads", "3"});
      EXPECT_TRUE(job.generate(model, threads) == job.generate(model, conditions)) << name << what;
    };
    where("label", {"--where", "Use Chip=Swipe Transaction"});
    where("not", {"--where", "Use Chip!=Swipe Transaction"});
    where("above", {"--where", "Amount>20", "--where", "Month<=6"});
    where("below", {"--where", "Amount<40"});
    where("at-least", {"--where", "Day>=15", "--where", "Year!=2010"});
    where("balance", {"--balance", "Use Chip"});
    where("balance-where", {"--balance", "Use Chip", "--where", "Amount>10"});
  }
};

TEST_F(BitsOfRows, Shards) {
  const std::string table = job.add_table("mixed.csv", mixed_table(800, 15));
  for (const std::string recipe : {"best", "fast", "seed"}) {
    record.add_model(recipe, job.train(table, "model", {"--recipe", recipe}));
    write_shards(recipe, job.path("model"));
    // More rows than one thread writes at a time.
    record.add(recipe + "-many.csv", job.generate(job.path("model"), {"-n", "70000"}));
  }
}

TEST_F(BitsOfRows, Conditions) {
  const std::string table = job.add_table("cards.csv", job.simulate({"-n", "3000"}));
  for (const std::string recipe : {"best", "fast"}) {
    record.add_model(recipe, job.train(table, "model", {"--recipe", recipe, "--epochs", "8"}));
    write_matching(recipe, job.path("model"));
  }
  record.add_model("first", job.train(table, "model", {"--condition", "Amount,Use Chip"}));
  write_matching("first", job.path("model"));
}

// Files in models_0.1/ never change: what was written once can be read forever.
TEST_F(BitsOfRows, OldModels) {
  for (const std::string recipe : {"best", "fast", "seed"}) {
    const std::string model = CUVAE_BITS_FOLDER "/models_0.1/" + recipe + ".safetensors";
    record.add_model(recipe, contents(model));
    write_shards(recipe, model);
    record.add(recipe + "-rows.csv", job.generate(model, {"--where", "Count<=20", "-n", "20"}));
    // The seed's rows have only some of the labels.
    if (recipe == "seed") continue;
    record.add(recipe + "-even.csv", job.generate(model, {"--balance", "Kind"}));
  }
}

}  // namespace
}  // namespace cuvae::test
