// Every recipe on every kind of table.
#include "tables.hpp"

#include <fmt/format.h>
#include <set>
#include <utility>

#include "job.hpp"

namespace cuvae::test {
namespace {

using NamedTables = std::vector<std::pair<std::string, std::string>>;

NamedTables tables() {
  const std::size_t few = 60;
  return {{"bom", mixed_table(few, 12, {',', "\n", true})},
          {"complete", mixed_table(400, 0)},
          {"crlf", mixed_table(few, 12, {',', "\r\n"})},
          {"joined", joined_table(500)},
          {"many-labels", many_labels_table(1500)},
          {"missing", mixed_table(400, 9)},
          {"mostly-missing", mixed_table(300, 2)},
          {"one-label", one_label_table(100)},
          {"one-number", one_number_table(100)},
          {"semicolon", mixed_table(few, 12, {';'})},
          {"tab", mixed_table(few, 12, {'\t'})},
          {"two-rows", two_rows_table()},
          {"wide", wide_table(150)}};
}

class BitsOfTables : public Bits {
 protected:
  void train_on_all(const std::string& recipe) {
    for (const auto& [name, text] : tables()) {
      train_and_generate(name, job.add_table("table.csv", text), {"--recipe", recipe});
    }
    for (const std::string dialect : {"v1", "v2"}) {
      const std::string cards = job.simulate({"-n", "600", "--dialect", dialect});
      train_and_generate("cards-" + dialect, job.add_table("table.csv", cards),
                         {"--recipe", recipe});
    }
  }
};

// A changed table is told from a changed answer.
TEST_F(BitsOfTables, Inputs) {
  for (const auto& [name, text] : tables()) {
    record.add(name + ".csv", text);
    // From standard input, because what it prints names the file.
    record.add(name + ".inspect.json", job.print({"inspect", "-", "--json"}, {}, text));
  }
}

TEST_F(BitsOfTables, Simulated) {
  for (const std::string dialect : {"v1", "v2"}) {
    // More rows than one thread makes at a time.
    const std::string cards = job.simulate({"-n", "20000", "--dialect", dialect});
    record.add(dialect + ".csv", cards);
    for (const char* threads : {"2", "3"}) {
      EXPECT_TRUE(cards ==
                  job.simulate({"-n", "20000", "--dialect", dialect, "--threads", threads}))
          << dialect << " with " << threads << " threads";
    }
    record.add(dialect + "-other-seed.csv",
               job.simulate({"-n", "500", "--dialect", dialect, "--seed", "99"}));
  }
}

TEST_F(BitsOfTables, TablesBest) {
  train_on_all("best");
}

TEST_F(BitsOfTables, TablesFast) {
  train_on_all("fast");
}

TEST_F(BitsOfTables, TablesSeed) {
  train_on_all("seed");
}

// A group that is gone leaves no lines behind.
TEST(BitsList, EachLineBelongsToAGroup) {
  std::set<std::string> groups;
  const auto* tests = testing::UnitTest::GetInstance();
  for (int s = 0; s < tests->total_test_suite_count(); ++s) {
    const auto* suite = tests->GetTestSuite(s);
    for (int t = 0; t < suite->total_test_count(); ++t)
      groups.insert(suite->GetTestInfo(t)->name());
  }
  const std::vector<ListedOutput> outputs = listed_outputs();
  EXPECT_FALSE(outputs.empty());
  for (const ListedOutput& output : outputs) {
    EXPECT_EQ(groups.count(output.name.substr(0, output.name.find('/'))), 1U) << output.name;
  }
}

}  // namespace
}  // namespace cuvae::test
