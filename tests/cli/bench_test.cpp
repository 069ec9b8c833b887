// `cuvae bench`: what it reports, not how fast anything is.
#include <algorithm>
#include <csignal>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <set>
#include <unistd.h>

#include "process.hpp"

namespace cuvae::test {
namespace {

using Json = nlohmann::json;

const std::vector<std::string> stages{"read",   "encode", "train",   "generate",
                                      "format", "write",  "evaluate"};

Arguments small(Arguments more) {
  Arguments arguments{"bench", "--rows",       "500", "--rows", "200", "--batch-size",
                      "50",    "--batch-size", "20",  "--time", "0",   "--device",
                      "cpu"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

void expect_spread(const Json& spread) {
  for (const auto& [lower, upper] : {std::pair{"minimum", "lower_quartile"},
                                     {"lower_quartile", "median"},
                                     {"median", "upper_quartile"},
                                     {"upper_quartile", "maximum"}}) {
    EXPECT_LE(spread.at(lower), spread.at(upper));
  }
  EXPECT_GT(spread.at("minimum"), 0);
  EXPECT_GE(spread.at("repeats"), 1);
}

TEST(Bench, JsonHoldsEveryStageOfEveryRecipeAndSize) {
  const Folder temporary;
  const Outcome outcome =
      run(small({"--json", "--threads", "2"}), "", {{"TMPDIR", temporary / ""}});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(temporary.names().empty());
  const Json result = Json::parse(outcome.out);

  std::multiset<std::string> seen;
  for (const Json& one : result.at("measurements")) {
    const std::string recipe = one.at("recipe").is_null() ? "" : one.at("recipe");
    seen.insert(one.at("stage").get<std::string>() + " " + recipe);
    expect_spread(one.at("seconds"));
    EXPECT_EQ(one.at("device"), "cpu");
    EXPECT_GT(one.at("rows_per_s"), 0);
    EXPECT_EQ(one.at("limit").is_null(), one.at("stage") == "evaluate");
    EXPECT_EQ(one.at("share_of_limit").is_null(), one.at("stage") == "evaluate");
    EXPECT_TRUE(one.at("share_of_limit").is_null() || one.at("share_of_limit") > 0);
    EXPECT_EQ(one.at("batch_size").is_null(), one.at("stage") != "train");
    EXPECT_EQ(one.at("flop_per_s").is_null(),
              one.at("stage") != "train" && one.at("stage") != "generate");
  }
  for (const std::string& stage : stages) {
    if (stage == "read" || stage == "evaluate") {
      EXPECT_EQ(seen.count(stage + " "), 2U) << stage;
      continue;
    }
    for (const char* recipe : {"published", "fast", "best"}) {
      // Two batch sizes for the larger table, one for the smaller.
      EXPECT_EQ(seen.count(stage + " " + recipe), stage == "train" ? 3U : 2U) << stage << recipe;
    }
  }
}

TEST(Bench, JsonSaysWhatTheMachineDoesAtMost) {
  const Outcome outcome =
      run({"bench", "--stage", "train", "--recipe", "seed", "--rows", "500", "--batch-size", "500",
           "--time", "1", "--threads", "3", "--device", "cpu", "--json"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const Json result = Json::parse(outcome.out);
  const Json& limits = result.at("machine").at("limits");
  std::vector<unsigned> threads;
  for (const Json& limit : limits) {
    threads.push_back(limit.at("threads"));
    for (const char* rate : {"flop_per_s", "read_bytes_per_s", "write_bytes_per_s",
                             "copy_bytes_per_s", "file_bytes_per_s"}) {
      expect_spread(limit.at(rate));
    }
  }
  EXPECT_EQ(threads, (std::vector<unsigned>{1, 2, 3}));
  for (const Json& one : result.at("measurements")) {
    EXPECT_GE(one.at("seconds").at("repeats"), 3);
    EXPECT_EQ(one.at("flop_per_row"), 5652);  // of 15 columns
    const double share = one.at("flop_per_s").get<double>() /
                         limits.back().at("flop_per_s").at("maximum").get<double>();
    EXPECT_DOUBLE_EQ(one.at("share_of_limit"), share);
  }
}

TEST(Bench, TablesGoToStandardOutputAndJsonToAFile) {
  const Folder folder;
  const std::string path = folder / "b.json";
  const Arguments arguments =
      small({"--stage", "read", "--stage", "write", "--recipe", "best", "-o", path});
  const Outcome outcome = run(arguments);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.out.find('\x1b'), std::string::npos);
  EXPECT_NE(outcome.out.find("the machine's limits"), std::string::npos);
  for (const char* stage : {"\nread ", "\nwrite "}) {
    EXPECT_NE(outcome.out.find(stage), std::string::npos) << outcome.out;
  }
  EXPECT_EQ(outcome.out.find("\ntrain "), std::string::npos);
  EXPECT_EQ(Json::parse(contents(path)).at("measurements").size(), 4U);
  EXPECT_EQ(run(arguments).code, 2) << "an existing file";
}

TEST(Bench, WrongUsage) {
  for (const auto& [arguments, message] : std::vector<std::pair<Arguments, std::string>>{
           {{"bench", "--stage", "trian"}, "train"},
           {{"bench", "--recipe", "magic"}, "best"},
           {{"bench", "--rows", "0"}, "from 100"},
           {{"bench", "--batch-size", "none"}, "--batch-size"},
           {{"bench", "--time", "-1"}, "--time"},
           {{"bench", "--json", "-o", "-"}, "standard output"},
           {{"bench", "extra"}, "unexpected argument"}}) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    EXPECT_NE(last_line(outcome.err).find(message), std::string::npos) << outcome.err;
  }
}

TEST(Bench, WithoutAGpuSaysSo) {
  const Json devices = Json::parse(run({"devices", "--json"}).out).at("devices");
  for (const Json& device : devices) {
    if (device.at("id") != "cpu" && device.at("usable")) GTEST_SKIP() << "there is a GPU";
  }
  const Outcome outcome = run({"bench", "--stage", "read", "--rows", "200", "--time", "0"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("left out"), std::string::npos) << outcome.err;
  EXPECT_EQ(run({"bench", "--device", "cuda"}).code, 4);
}

TEST(Bench, AnInterruptionLeavesNoFile) {
  for (const char* stage : {"read", "write", "evaluate"}) {
    const Folder temporary;
    Tool tool({"bench", "--stage", stage, "--rows", "20k", "--time", "1000", "--device", "cpu"}, "",
              {{"TMPDIR", temporary / ""}});
    for (int tries = 0; tries < 3000 && temporary.names().empty(); ++tries) usleep(5'000);
    EXPECT_FALSE(temporary.names().empty());
    usleep(300'000);
    tool.send(SIGINT);
    const Outcome outcome = tool.wait();
    EXPECT_EQ(outcome.code, 130) << outcome.err;
    EXPECT_TRUE(temporary.names().empty()) << stage;
  }
}

}  // namespace
}  // namespace cuvae::test
