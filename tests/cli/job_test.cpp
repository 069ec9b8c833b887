// What each verb is for, from the outside.
#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "process.hpp"

namespace cuvae::test {
namespace {

using nlohmann::json;

// One small simulated table and a model of it, made once.
class Job : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder = std::make_unique<Folder>();
    data = *folder / "cards.csv";
    model = *folder / "cards.safetensors";
    ASSERT_EQ(run({"simulate", "-n", "3000", "-o", data, "--seed", "11"}).code, 0);
    const Outcome outcome = run({"train", data, "-o", model, "--seed", "12", "--epochs", "3"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
  }
  static void TearDownTestSuite() { folder.reset(); }

  static inline std::unique_ptr<Folder> folder;
  static inline std::string data;
  static inline std::string model;
};

std::size_t line_count(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

json json_of(const Arguments& arguments, const std::string& input = "") {
  const Outcome outcome = run(arguments, input);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  return json::parse(outcome.out);
}

TEST_F(Job, RunMakesModelRowsMetricsAndReport) {
  Folder out;
  const std::string where = out / "new/result";
  const Outcome outcome =
      run({"run", data, "-o", where, "-n", "2000", "--seed", "5", "--epochs", "20"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("\nquality "), std::string::npos);
  EXPECT_NE(outcome.out.find("Merchant City"), std::string::npos);
  EXPECT_NE(outcome.out.find(where + "/report.html"), std::string::npos);
  EXPECT_NE(outcome.err.find("seed      5\n"), std::string::npos);
  for (const char* stage : {"\nread ", "\nencode ", "\ntrain ", "\ngenerate ", "\nevaluate "}) {
    EXPECT_NE(outcome.err.find(stage), std::string::npos) << stage;
  }

  const std::string synthetic = contents(where + "/synthetic.csv");
  EXPECT_EQ(line_count(synthetic), 2001U);
  EXPECT_EQ(lines(synthetic, 0, 1), lines(contents(data), 0, 1));

  const json metrics = json::parse(contents(where + "/metrics.json"));
  EXPECT_EQ(metrics["rows"]["real"], 3000);
  EXPECT_EQ(metrics["rows"]["synthetic"], 2000);
  EXPECT_EQ(metrics["columns"].size(), 15U);
  EXPECT_GT(metrics["scores"]["quality"], 0.1);
  EXPECT_LE(metrics["scores"]["quality"], 1.0);
  EXPECT_EQ(metrics["provenance"]["seed"], 5);
  EXPECT_EQ(metrics["provenance"]["options"]["recipe"], "best");
  EXPECT_EQ(metrics["provenance"]["history"].size(),
            metrics["provenance"]["options"]["epochs"].get<std::size_t>());

  const std::string report = contents(where + "/report.html");
  EXPECT_NE(report.find("<html"), std::string::npos);
  EXPECT_NE(report.find("cards.csv"), std::string::npos);
  EXPECT_EQ(json_of({"inspect", where + "/model.safetensors", "--json"})["seed"], 5);
}

TEST_F(Job, RunIsTrainAndGenerateWithOneSeed) {
  Folder out;
  ASSERT_EQ(
      run({"run", data, "-o", out / "run", "-n", "500", "--seed", "12", "--epochs", "3"}).code, 0);
  EXPECT_EQ(contents(out / "run/model.safetensors"), contents(model));
  ASSERT_EQ(run({"generate", model, "-n", "500", "-o", out / "rows.csv", "--seed", "12"}).code, 0);
  EXPECT_EQ(contents(out / "run/synthetic.csv"), contents(out / "rows.csv"));
}

TEST_F(Job, RunAnswersInJson) {
  Folder out;
  const Outcome outcome =
      run({"run", data, "-o", out / "r", "-n", "300", "--epochs", "20", "--json", "--quiet"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  const json object = json::parse(outcome.out);
  EXPECT_EQ(object["outputs"]["synthetic"], out / "r/synthetic.csv");
  for (const char* stage : {"read", "encode", "train", "generate", "evaluate"}) {
    EXPECT_GE(object["seconds"][stage], 0.0) << stage;
  }
  const json metrics = json::parse(contents(out / "r/metrics.json"));
  EXPECT_EQ(object["scores"], metrics["scores"]);
  EXPECT_EQ(object["columns"], metrics["columns"]);
}

TEST_F(Job, SameSeedSameBytesOtherSeedOtherBytes) {
  Folder out;
  const auto train = [&](const std::string& name, const std::string& seed) {
    EXPECT_EQ(run({"train", data, "-o", out / name, "--seed", seed, "--epochs", "2"}).code, 0);
    return contents(out / name);
  };
  EXPECT_EQ(train("a", "7"), train("b", "7"));
  EXPECT_NE(train("c", "7"), train("d", "8"));
}

TEST_F(Job, ARandomSeedIsToldAndRepeats) {
  Folder out;
  const json first = json_of({"generate", model, "-n", "200", "-o", out / "a.csv", "--json"});
  const json second = json_of({"generate", model, "-n", "200", "-o", out / "b.csv", "--json"});
  EXPECT_NE(first["seed"], second["seed"]);
  const std::string seed = std::to_string(first["seed"].get<std::uint64_t>());
  const Outcome again = run({"generate", model, "-n", "200", "-o", out / "c.csv", "--seed", seed});
  EXPECT_EQ(contents(out / "a.csv"), contents(out / "c.csv"));
  EXPECT_NE(again.err.find("seed      " + seed), std::string::npos);

  const json trained = json_of({"train", data, "-o", out / "m", "--epochs", "1", "--json"});
  EXPECT_EQ(json_of({"inspect", out / "m", "--json"})["seed"], trained["seed"]);
}

TEST_F(Job, ThreadsAndVectorWidthDoNotChangeAByte) {
  Folder out;
  std::string first_model;
  std::string first_rows;
  for (const char* threads : {"1", "2", "3"}) {
    for (const char* simd : {"", "scalar", "avx2", "avx512"}) {
      const Environment environment =
          *simd == '\0' ? Environment{} : Environment{{"CUVAE_SIMD", simd}};
      const Outcome trained = run({"train", data, "-o", out / "m", "--seed", "3", "--epochs", "2",
                                   "--threads", threads, "--force"},
                                  "", environment);
      if (trained.code == 4) continue;  // this processor lacks the instructions
      ASSERT_EQ(trained.code, 0) << trained.err;
      ASSERT_EQ(run({"generate", out / "m", "-n", "2500", "-o", out / "s.csv", "--seed", "3",
                     "--threads", threads, "--force"},
                    "", environment)
                    .code,
                0);
      if (first_model.empty()) {
        first_model = contents(out / "m");
        first_rows = contents(out / "s.csv");
      }
      EXPECT_TRUE(contents(out / "m") == first_model) << threads << " threads, " << simd;
      EXPECT_TRUE(contents(out / "s.csv") == first_rows) << threads << " threads, " << simd;
    }
  }
  EXPECT_EQ(line_count(first_rows), 2501U);
}

TEST_F(Job, ShardsConcatenateToTheWhole) {
  Folder out;
  const auto shard = [&](const std::string& first, const std::string& rows) {
    const Outcome outcome = run(
        {"generate", model, "-n", rows, "--first-row", first, "-o", "-", "--seed", "9", "--quiet"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome.out;
  };
  const std::string whole = shard("0", "10000");
  EXPECT_TRUE(shard("0", "1") + shard("1", "4999") + shard("5000", "5000") == whole);
  // Data row 0 stands in line 1, below the header.
  EXPECT_EQ(shard("5000", "1000"), lines(whole, 5001, 1000));
}

TEST_F(Job, RowsFarOutCanBeMadeAlone) {
  const std::string far = "9000000000000000000";
  const Outcome outcome =
      run({"generate", model, "-n", "3", "--first-row", far, "-o", "-", "--seed", "9", "-q"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(line_count(outcome.out), 3U);
}

TEST_F(Job, HeaderCanBeForcedOrLeftOut) {
  const auto first_line = [&](const char* header, const char* first_row) {
    return lines(run({"generate", model, "-n", "2", "--first-row", first_row, "--header", header,
                      "-o", "-", "--seed", "9"})
                     .out,
                 0, 1);
  };
  const std::string names = lines(contents(data), 0, 1);
  EXPECT_EQ(first_line("always", "7"), names);
  EXPECT_EQ(first_line("auto", "0"), names);
  EXPECT_NE(first_line("auto", "7"), names);
  EXPECT_NE(first_line("never", "0"), names);
}

TEST_F(Job, StandardInputAndOutputStandForFiles) {
  Folder out;
  const Outcome simulated = run({"simulate", "-n", "3000", "-o", "-", "--seed", "11"});
  EXPECT_TRUE(simulated.out == contents(data));
  ASSERT_EQ(
      run({"train", "-", "-o", out / "m", "--seed", "12", "--epochs", "3"}, simulated.out).code, 0);
  EXPECT_TRUE(contents(out / "m") == contents(model));
  EXPECT_EQ(json_of({"inspect", "-", "--json"}, simulated.out)["rows"], 3000);
  EXPECT_EQ(json_of({"evaluate", data, "-", "--json"}, simulated.out)["scores"]["quality"], 1.0);
}

TEST_F(Job, SimulateWritesBothDialects) {
  const Outcome v1 = run({"simulate", "-n", "2000", "-o", "-", "--dialect", "v1", "--seed", "1"});
  const Outcome v2 = run({"simulate", "-n", "2000", "-o", "-", "--dialect", "v2", "--seed", "1"});
  EXPECT_NE(v1.out.find(", ONLINE,"), std::string::npos);
  EXPECT_EQ(v2.out.find(", ONLINE,"), std::string::npos);
  EXPECT_NE(v2.out.find(",ONLINE,"), std::string::npos);
}

TEST_F(Job, EvaluateATableAgainstItselfIsPerfect) {
  const json object = json_of({"evaluate", data, data, "--json"});
  EXPECT_NEAR(object["scores"]["quality"], 1.0, 1e-12);
  EXPECT_NEAR(object["scores"]["mean_kl"], 0.0, 1e-12);
  EXPECT_EQ(object["columns"].size(), 15U);
}

TEST_F(Job, EvaluateWithHoldoutAndReport) {
  Folder out;
  ASSERT_EQ(run({"simulate", "-n", "500", "-o", out / "held.csv", "--seed", "99"}).code, 0);
  ASSERT_EQ(run({"generate", model, "-n", "500", "-o", out / "s.csv", "--seed", "1"}).code, 0);
  const Arguments evaluate{"evaluate",       data,       out / "s.csv",      "--holdout",
                           out / "held.csv", "--report", out / "report.html"};
  const Outcome outcome = run(evaluate);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("nearer to training"), std::string::npos);
  EXPECT_NE(contents(out / "report.html").find("held.csv"), std::string::npos);
  const json object =
      json_of({"evaluate", data, out / "s.csv", "--holdout", out / "held.csv", "--json"});
  EXPECT_FALSE(object["privacy"].is_null());
}

TEST_F(Job, InspectExplainsColumns) {
  const Outcome outcome = run({"inspect", data});
  ASSERT_EQ(outcome.code, 0);
  const json object = json_of({"inspect", data, "--json"});
  EXPECT_EQ(object["type"], "table");
  EXPECT_EQ(object["columns"].size(), 15U);
  for (const json& column : object["columns"]) {
    EXPECT_NE(column["reason"], "");
    EXPECT_NE(outcome.out.find(column["reason"].get<std::string>()), std::string::npos);
  }
  EXPECT_EQ(object["columns"][6]["name"], "Amount");
  EXPECT_EQ(object["columns"][6]["kind"], "currency");
  EXPECT_EQ(json_of({"inspect", data, "--json", "--label", "Amount"})["columns"][6]["kind"],
            "label");
  EXPECT_EQ(
      json_of({"inspect", data, "--json", "--drop", "User", "--drop", "Card"})["columns"].size(),
      13U);
}

TEST_F(Job, InspectExplainsModels) {
  const json object = json_of({"inspect", model, "--json"});
  EXPECT_EQ(object["type"], "model");
  EXPECT_EQ(object["shape"]["autoregressive"], true);
  EXPECT_EQ(object["shape"]["latent"], 4);
  EXPECT_EQ(object["rows"], 3000);
  EXPECT_EQ(object["history"].size(), 3U);
  const Outcome outcome = run({"inspect", model});
  EXPECT_NE(outcome.out.find("autoregressive decoder"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("Merchant Name + Merchant City"), std::string::npos) << outcome.out;
}

TEST_F(Job, InspectExplainsPublishedModels) {
  Folder out;
  const std::string seed = out / "seed";
  ASSERT_EQ(run({"train", data, "-o", seed, "--epochs", "3", "--recipe", "seed"}).code, 0);
  const json object = json_of({"inspect", seed, "--json"});
  EXPECT_EQ(object["type"], "model");
  EXPECT_EQ(object["parameters"], 1107);
  EXPECT_EQ(object["rows"], 3000);
  EXPECT_EQ(object["history"].size(), 3U);
  EXPECT_EQ(object["options"]["epochs"], 3);
  EXPECT_EQ(object["columns"][12]["name"], "MCC");
  const Outcome outcome = run({"inspect", seed});
  EXPECT_NE(outcome.out.find("encoder 15-15-12-10-8; decoder 4-8-10-12-15"), std::string::npos)
      << outcome.out;
}

TEST_F(Job, TrainingOptionsReachTheModel) {
  Folder out;
  const json trained = json_of(
      {"train",           data,   "-o",       out / "m", "--epochs", "1",   "--recipe",     "seed",
       "--hidden",        "6,5",  "--latent", "2",       "--loss",   "mse", "--batch-size", "64",
       "--learning-rate", "0.01", "--drop",   "User",    "--json"});
  const json object = json_of({"inspect", out / "m", "--json"});
  EXPECT_EQ(object["shape"]["columns"], 14);
  EXPECT_EQ(object["shape"]["hidden"], json({6, 5}));
  EXPECT_EQ(object["shape"]["latent"], 2);
  EXPECT_EQ(object["options"]["loss"], "mse");
  EXPECT_EQ(object["options"]["batch_size"], 64);
  EXPECT_EQ(object["options"]["learning_rate"], 0.01);
  EXPECT_EQ(object["options"], trained["options"]);
}

// Every recipe: shards join to the whole, whatever the threads, and rows are ones that could be.
TEST_F(Job, RecipesGiveTheSameRowsHoweverTheyAreCut) {
  Folder out;
  for (const std::string recipe : {"fast", "best", "seed"}) {
    const std::string at = out / recipe;
    ASSERT_EQ(
        run({"train", data, "-o", at, "--epochs", "2", "--recipe", recipe, "--seed", "4"}).code, 0);
    const auto rows = [&](const char* count, const char* first, const char* threads) {
      return run({"generate", at, "-n", count, "--first-row", first, "--threads", threads, "--seed",
                  "9", "-o", "-"})
          .out;
    };
    const std::string whole = rows("3000", "0", "1");
    EXPECT_EQ(line_count(whole), 3001U) << recipe;
    EXPECT_EQ(rows("1100", "0", "2") + rows("1900", "1100", "2"), whole) << recipe;
  }
}

TEST_F(Job, CacheFilesChangeNoByteOfAModelAndLeaveNothing) {
  for (const std::string recipe : {"seed", "fast", "best"}) {
    Folder out;
    Folder cache;
    const Arguments train{"train", data, "--recipe", recipe, "--epochs", "2", "--seed", "4"};
    const auto with = [&](Arguments more) {
      more.insert(more.begin(), train.begin(), train.end());
      return more;
    };
    const std::string plain = out / "plain.safetensors";
    const std::string cached = out / "cached.safetensors";
    const Outcome in_memory = run(with({"-o", plain, "--memory", "1G"}));
    ASSERT_EQ(in_memory.code, 0) << in_memory.err;
    EXPECT_EQ(in_memory.err.find("cache files"), std::string::npos);
    const Outcome outcome = run(with({"-o", cached, "--memory", "1k", "--cache", cache / "."}));
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("cache files in " + (cache / ".")), std::string::npos);
    EXPECT_EQ(contents(plain), contents(cached)) << recipe;
    EXPECT_TRUE(std::filesystem::is_empty(cache / "."));
  }
  Folder out;
  const std::string where = out / "result";
  const Outcome whole =
      run({"run", data, "-o", where, "-n", "500", "--epochs", "1", "--memory", "1k"});
  EXPECT_EQ(whole.code, 0) << whole.err;
  EXPECT_NE(whole.err.find("cache files in " + where), std::string::npos);
  EXPECT_EQ(run({"train", data, "-o", out / "m", "--cache", out / "none"}).code, 2);
}

TEST_F(Job, RunSetsRowsAside) {
  Folder out;
  const json metrics = json_of({"run", data, "-o", out / "r", "-n", "1000", "--epochs", "3",
                                "--seed", "3", "--holdout-share", "0.2", "--json", "--quiet"});
  EXPECT_EQ(metrics["rows"]["real"], 2400);
  EXPECT_EQ(metrics["privacy"]["reference_rows"], 600);
  EXPECT_GT(metrics["privacy"]["holdout"]["scores"]["quality"], 0.8);
  EXPECT_GT(metrics["discriminator"]["shuffled"], metrics["discriminator"]["real"]);
  EXPECT_EQ(run({"run", data, "-o", out / "s", "--holdout-share", "1"}).code, 2);
}

// The table that `run` keeps of its rows is the one that reading its file gives.
TEST_F(Job, RereadingTheRowsGivesTheSameFigures) {
  Folder out;
  for (const char* recipe : {"best", "published"}) {
    const Arguments job{"run", data,       "-o", out / recipe, "-n",   "3000",   "--seed",
                        "4",   "--epochs", "2",  "--recipe",   recipe, "--quiet"};
    ASSERT_EQ(run(job).code, 0);
    const std::string kept = contents(out / recipe + "/metrics.json");
    Arguments again = job;
    again.insert(again.end(), {"--reread", "--force"});
    ASSERT_EQ(run(again).code, 0);
    EXPECT_TRUE(contents(out / recipe + "/metrics.json") == kept) << recipe;
  }
}

TEST_F(Job, TargetIsPredictedFromSyntheticRows) {
  Folder out;
  const Arguments arguments{"run", data,       "-o",       out / "r", "-n",       "1000", "--seed",
                            "3",   "--target", "Use Chip", "--force", "--epochs", "60"};
  const Outcome outcome = run(arguments);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("\nlearned "), std::string::npos);
  const json learned = json::parse(contents(out / "r/metrics.json"))["prediction"];
  EXPECT_EQ(learned["target"], "Use Chip");
  EXPECT_EQ(learned["training_rows"], 1000);
  EXPECT_EQ(learned["labels"], 3);
  EXPECT_GT(learned["synthetic"], learned["shuffled"]);
  EXPECT_NE(contents(out / "r/report.html").find("of Use Chip, one by one"), std::string::npos);
  const Outcome refused = run({"run", data, "-o", out / "s", "--target", "Chip"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.err.find("Use Chip"), std::string::npos);
  EXPECT_EQ(refused.err.find("epoch"), std::string::npos);  // before any training
  EXPECT_EQ(run({"evaluate", data, data, "--target", "Chip"}).code, 2);
}

// The columns asked for first, rows under conditions are still those of the endless table.
TEST_F(Job, ConditionColumnsComeFirst) {
  Folder out;
  const std::string at = out / "m";
  ASSERT_EQ(
      run({"train", data, "-o", at, "--epochs", "2", "--seed", "4", "--condition", "Use Chip,Year"})
          .code,
      0);
  const auto rows = [&](const char* count, std::vector<std::string> more) {
    std::vector<std::string> all{"generate", at,   "-n", count,      "--seed",
                                 "9",        "-o", "-",  "--header", "never"};
    all.insert(all.end(), more.begin(), more.end());
    return run(all).out;
  };
  std::istringstream whole(rows("20000", {}));
  std::string wanted;
  std::size_t found = 0;
  for (std::string line; std::getline(whole, line);) {
    if (line.find(",Online Transaction,") != std::string::npos && found++ < 200) {
      wanted += line + '\n';
    }
  }
  ASSERT_GE(found, 200U);
  for (const char* threads : {"1", "3"}) {
    EXPECT_EQ(rows("200", {"--where", "Use Chip=Online Transaction", "--threads", threads}),
              wanted);
  }
  EXPECT_EQ(run({"train", data, "-o", out / "n", "--condition", "Chip"}).code, 2);
  EXPECT_EQ(run({"train", data, "-o", out / "n", "--condition", "Year", "--recipe", "seed"}).code,
            2);
}

// Rows under conditions are those of the endless table that meet them, in order.
TEST_F(Job, ConditionsPickRowsOfTheEndlessTable) {
  const auto rows = [&](const char* count, std::vector<std::string> more) {
    std::vector<std::string> arguments{"generate", model, "-n", count,      "--seed",
                                       "9",        "-o",  "-",  "--header", "never"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return outcome.out;
  };
  const auto amount = [](const std::string& line) {
    return std::stod(line.substr(line.find('$') + 1));
  };
  std::istringstream whole(rows("20000", {}));
  std::string wanted, dear;
  std::size_t found = 0, found_dear = 0;
  for (std::string line; std::getline(whole, line);) {
    if (line.find(",Online Transaction,") != std::string::npos && found++ < 300) {
      wanted += line + '\n';
    }
    if (amount(line) > 100 && found_dear++ < 100) dear += line + '\n';
  }
  ASSERT_GE(found, 300U);
  ASSERT_GE(found_dear, 100U);
  const std::string condition = "Use Chip=Online Transaction";
  EXPECT_EQ(rows("300", {"--where", condition}), wanted);
  EXPECT_EQ(rows("300", {"--where", condition, "--threads", "1"}), wanted);
  EXPECT_EQ(rows("100", {"--where", "Amount>100"}), dear);
  EXPECT_EQ(rows("300", {"--where", condition, "--where", "Amount>=-100000"}), wanted);
}

TEST_F(Job, BalancedLabelsComeEquallyOften) {
  const std::string text = run({"generate", model, "-n", "902", "--seed", "9", "-o", "-",
                                "--header", "never", "--balance", "Use Chip"})
                               .out;
  std::map<std::string, int> counts;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    for (const char* label :
         {",Online Transaction,", ",Chip Transaction,", ",Swipe Transaction,"}) {
      counts[label] += line.find(label) != std::string::npos ? 1 : 0;
    }
  }
  ASSERT_EQ(counts.size(), 3U);
  for (const auto& [label, count] : counts) EXPECT_NEAR(count, 300.5, 0.6) << label;
}

TEST_F(Job, ConditionsThatCannotBeMetAreRefused) {
  Folder out;
  for (const char* condition :
       {"Use Chip=Carrier Pigeon", "No Such=1", "Amount", "Amount>many", "Amount>1000000000"}) {
    const Outcome outcome =
        run({"generate", model, "-n", "5", "-o", out / "x.csv", "--where", condition});
    EXPECT_EQ(outcome.code, 2) << condition << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(out / "x.csv"));
  }
  EXPECT_EQ(run({"generate", model, "-n", "5", "-o", out / "x.csv", "--balance", "Nothing"}).code,
            2);
}

TEST_F(Job, ColumnsAreTakenTogetherByHand) {
  Folder out;
  const Outcome outcome =
      run({"train", data, "-o", out / "m", "--epochs", "1", "--together", "Card,Use Chip"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("Card + Use Chip"), std::string::npos) << outcome.err;
  EXPECT_EQ(run({"train", data, "-o", out / "n", "--epochs", "1", "--together", "Card,Chip"}).code,
            2);
}

TEST(HostileNames, ReachOutputsButNeverTheTerminal) {
  Folder out;
  const std::string header =
      "\"a\x1b[31m\",\"line\nbreak\",\"<script>alert(1)</script>\",\"x,\"\"y\"\n";
  std::string table = header;
  for (int row = 0; row < 40; ++row) {
    table += std::to_string(row % 7) + ",\"v\x1b]0;t\x07\"," + std::to_string(row) + ".5,<b>\n";
  }
  write(out / "t.csv", table);
  const Outcome outcome = run({"run", out / "t.csv", "-o", out / "r", "-n", "20"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ((outcome.out + outcome.err).find('\x1b'), std::string::npos);
  EXPECT_EQ(contents(out / "r/report.html").find("<script>alert"), std::string::npos);
  const json metrics = json::parse(contents(out / "r/metrics.json"));
  EXPECT_EQ(metrics["columns"][2]["name"], "<script>alert(1)</script>");
  const Outcome inspected = run({"inspect", out / "t.csv"});
  EXPECT_EQ(inspected.out.find('\x1b'), std::string::npos);
  const json again = json_of({"inspect", out / "r/synthetic.csv", "--json"});
  EXPECT_EQ(again["columns"][1]["name"], "line\nbreak");
}

}  // namespace
}  // namespace cuvae::test
