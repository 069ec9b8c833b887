// Help, wrong usage, completion and the manual page.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "process.hpp"

namespace cuvae::test {
namespace {

const std::vector<std::string> verbs{"run",      "train",   "generate", "evaluate",
                                     "simulate", "inspect", "bench",    "devices"};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The names "--x" that a help text lists.
std::vector<std::string> options_in(const std::string& help) {
  std::vector<std::string> options;
  for (std::size_t at = help.find("\n  -"); at != std::string::npos;
       at = help.find("\n  -", at + 1)) {
    const std::string line = help.substr(at + 1, help.find('\n', at + 1) - at - 1);
    const std::size_t name = line.find("--");
    options.push_back(line.substr(name, line.find_first_of(" ,", name) - name));
  }
  return options;
}

TEST(Help, EveryVerbHasExamplesAndTheCommonOptions) {
  for (const std::string& verb : verbs) {
    const Outcome outcome = run({verb, "--help"});
    EXPECT_EQ(outcome.code, 0) << verb;
    EXPECT_EQ(outcome.err, "") << verb;
    EXPECT_TRUE(contains(outcome.out, "Usage: cuvae " + verb)) << verb;
    EXPECT_TRUE(contains(outcome.out, "Examples:\n  cuvae " + verb)) << verb;
    for (const char* option : {"--device", "--threads", "--seed", "--force", "--quiet", "--json",
                               "--no-color", "--help", "--version"}) {
      EXPECT_TRUE(contains(outcome.out, option)) << verb << " " << option;
    }
  }
}

TEST(Help, FitsEightyColumns) {
  for (const std::string& verb : verbs) {
    const std::string help = run({verb, "-h"}).out;
    for (std::size_t begin = 0; begin < help.size();) {
      const std::size_t end = help.find('\n', begin);
      EXPECT_LE(end - begin, 80U) << verb << ": " << help.substr(begin, end - begin);
      begin = end + 1;
    }
  }
}

TEST(Help, NamesVerbsExitCodesAndEnvironment) {
  const Outcome outcome = run({"--help"});
  EXPECT_EQ(outcome.code, 0);
  for (const std::string& verb : verbs) EXPECT_TRUE(contains(outcome.out, "\n  " + verb + " "));
  for (const char* part : {"130 interrupted", "CUVAE_SIMD", "NO_COLOR", "--force"}) {
    EXPECT_TRUE(contains(outcome.out, part)) << part;
  }
}

TEST(Usage, VersionOfToolAndVerb) {
  EXPECT_EQ(run({"--version"}).out, run({"train", "--version"}).out);
  EXPECT_EQ(run({"--version"}).out.rfind("cuvae ", 0), 0U);
}

struct WrongUsage {
  Arguments arguments;
  std::string message;  // part of the last line
};

TEST(Usage, MistakesAreNamedWithARemedy) {
  const std::vector<WrongUsage> cases{
      {{}, "no verb given"},
      {{"trian"}, "did you mean train?"},
      {{"frobnicate"}, "Verbs: run, train"},
      {{"train", "a.csv", "-o", "m", "--epoch", "3"}, "did you mean --epochs?"},
      {{"train", "a.csv"}, "--output is required"},
      {{"train", "a.csv", "b.csv", "-o", "m"}, "unexpected argument 'b.csv'"},
      {{"--seed", "3", "train"}, "--seed stands before the verb"},
      {{"train", "a.csv", "-o", "m", "--epochs", "0"}, "from 1 to 1,000,000"},
      {{"train", "a.csv", "-o", "m", "--epochs", "ten"}, "'ten' is not a whole number"},
      {{"train", "a.csv", "-o", "m", "--epochs"}, "--epochs"},
      {{"train", "a.csv", "-o", "m", "--batch-size", "0"}, "--batch-size"},
      {{"train", "a.csv", "-o", "m", "--learning-rate", "0"}, "a number above 0"},
      {{"train", "a.csv", "-o", "m", "--learning-rate", "nan"}, "a number above 0"},
      {{"train", "a.csv", "-o", "m", "--delimiter", "7"}, "no number is spelled with"},
      {{"train", "a.csv", "-o", "m", "--kl-weight", "-1"}, "--kl-weight"},
      {{"train", "a.csv", "-o", "m", "--hidden", "12"}, "12,10"},
      {{"train", "a.csv", "-o", "m", "--hidden", "12,0"}, "from 1 to 256"},
      {{"train", "a.csv", "-o", "m", "--latent", "65"}, "from 0 to 64"},
      {{"train", "a.csv", "-o", "m", "--latent", "17"}, "0 to 16"},
      {{"train", "a.csv", "-o", "m", "--recipe", "fast", "--latent", "0"}, "1 to 16"},
      {{"train", "a.csv", "-o", "m", "--hidden", "6,5"}, "no meaning"},
      {{"train", "a.csv", "-o", "m", "--recipe", "seed", "--together", "a,b"}, "no meaning"},
      {{"train", "a.csv", "-o", "m", "--loss", "mae"}, "there are: bce-kl, mse"},
      {{"train", "a.csv", "-o", "m", "--recipe", "magic"}, "--recipe: there is no recipe"},
      {{"train", "a.csv", "-o", "m", "--delimiter", "::"}, "one character"},
      {{"train", "a.csv", "-o", "m", "--device", "tpu"}, "tpu"},
      {{"train", "a.csv", "-o", "m", "--threads", "-2"}, "--threads"},
      {{"train", "a.csv", "-o", "m", "--seed", "18446744073709551616"}, "--seed"},
      {{"train", "a.csv", "-o", "-"}, "standard output"},
      {{"generate", "m", "-o", "a.csv"}, "--rows is required"},
      {{"generate", "m", "-o", "a.csv", "-n", "0"}, "from 1 to"},
      {{"generate", "m", "-o", "a.csv", "-n", "2e6"}, "'2e6' is not a whole number"},
      {{"generate", "m", "-o", "-", "-n", "5", "--json"}, "--json and -o -"},
      {{"generate", "m", "-o", "a.csv", "-n", "5", "--header", "perhaps"}, "--header"},
      {{"simulate", "-n", "5", "-o", "a.csv", "--dialect", "v3"}, "--dialect"},
      {{"evaluate", "-", "-"}, "one file only"},
      {{"run", "a.csv", "-o", "-"}, "name a folder"},
      {{"run", "a.csv", "-o", "out", "-n", "-1"}, "--rows"},
  };
  for (const WrongUsage& wrong : cases) {
    const Outcome outcome = run(wrong.arguments);
    const std::string line = last_line(outcome.err);
    std::string command;
    for (const std::string& argument : wrong.arguments) command += argument + " ";
    EXPECT_EQ(outcome.code, 2) << command << "\n" << outcome.err;
    EXPECT_EQ(outcome.out, "") << command;
    EXPECT_EQ(line.rfind("cuvae: error: ", 0), 0U) << command << "\n" << line;
    EXPECT_TRUE(contains(line, wrong.message)) << command << "\n" << line;
  }
}

TEST(Completion, OffersEveryVerbAndOption) {
  for (const char* shell : {"bash", "zsh"}) {
    const Outcome outcome = run({"completion", shell});
    ASSERT_EQ(outcome.code, 0);
    for (const std::string& verb : verbs) {
      EXPECT_TRUE(contains(outcome.out, verb)) << shell;
      const std::size_t begin = outcome.out.find("    " + verb + ")");
      ASSERT_NE(begin, std::string::npos) << shell << " " << verb;
      const std::string part = outcome.out.substr(begin, outcome.out.find(";;", begin) - begin);
      const std::vector<std::string> options = options_in(run({verb, "--help"}).out);
      EXPECT_GE(options.size(), 9U);
      for (const std::string& option : options) {
        EXPECT_TRUE(contains(part, option)) << shell << " " << verb << " " << option;
      }
    }
  }
  EXPECT_EQ(run({"completion", "fish"}).code, 2);
}

TEST(Completion, BashOffersWhatFits) {
  Folder folder;
  write(folder / "cuvae.bash", run({"completion", "bash"}).out);
  const auto offered = [&](const std::string& words) {
    const std::string script = "source " + (folder / "cuvae.bash") + "; COMP_WORDS=(cuvae " +
                               words + "); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _cuvae; " +
                               "echo \"${COMPREPLY[*]}\" > " + (folder / "reply");
    write(folder / "script", script);
    EXPECT_EQ(std::system(("bash " + (folder / "script")).c_str()), 0);
    return contents(folder / "reply");
  };
  EXPECT_EQ(offered("ev"), "evaluate\n");
  EXPECT_EQ(offered("train --lo"), "--loss\n");
  EXPECT_EQ(offered("train --loss ''"), "bce-kl mse\n");
  EXPECT_EQ(offered("run --device c"), "cpu cuda\n");
}

TEST(Manual, DescribesEveryOption) {
  const Outcome outcome = run({"manual"});
  ASSERT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out.rfind(".TH CUVAE 1", 0), 0U);
  for (const std::string& verb : verbs) {
    EXPECT_TRUE(contains(outcome.out, ".SS cuvae " + verb));
    for (const std::string& option : options_in(run({verb, "--help"}).out)) {
      std::string escaped;
      for (const char letter : option) escaped += letter == '-' ? "\\-" : std::string(1, letter);
      EXPECT_TRUE(contains(outcome.out, escaped)) << verb << " " << option;
    }
  }
}

TEST(Devices, ListsTheProcessor) {
  const Outcome text = run({"devices"});
  EXPECT_EQ(text.code, 0);
  EXPECT_EQ(text.out.rfind("cpu ", 0), 0U);
  const Outcome outcome = run({"devices", "--json"});
  const auto object = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(object["devices"][0]["id"], "cpu");
  EXPECT_EQ(object["devices"][0]["usable"], true);
}

TEST(Devices, AMissingGpuIsItsOwnExitCodeWithTheReason) {
  const auto devices = nlohmann::json::parse(run({"devices", "--json"}).out)["devices"];
  for (const auto& device : devices) {
    if (device["id"] != "cpu" && device["usable"] == true) GTEST_SKIP() << "there is a GPU";
  }
  Folder folder;
  const Outcome outcome = run({"simulate", "-n", "10", "-o", folder / "a.csv", "--device", "cuda"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_TRUE(contains(last_line(outcome.err), "cpu")) << outcome.err;
  EXPECT_TRUE(folder.names().empty());
}

TEST(Color, PlainTextWithoutATerminal) {
  for (const Environment& environment :
       {Environment{}, Environment{{"NO_COLOR", "1"}}, Environment{{"TERM", "dumb"}}}) {
    const Outcome outcome = run({"trian"}, "", environment);
    EXPECT_FALSE(contains(outcome.err, "\x1b"));
  }
}

}  // namespace
}  // namespace cuvae::test
