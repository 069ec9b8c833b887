// Commands of the tool that have to succeed, and what they wrote.
#pragma once

#include <gtest/gtest.h>
#include <string>

#include "process.hpp"
#include "record.hpp"

namespace cuvae::test {

// A folder of tables and models, and the commands over them. All of them compute on the CPU.
class Job {
 public:
  // The path of a file in the folder.
  std::string path(const std::string& name) const { return folder_ / name; }
  std::string add_table(const std::string& name, const std::string& text) const;

  // Runs `arguments`; a failure fails the test. What it printed.
  std::string print(Arguments arguments, const Environment& environment = {},
                    const std::string& input = "") const;
  // The same for commands with an output file "-o NAME", whose bytes are the result.
  std::string simulate(const Arguments& options) const;
  std::string train(const std::string& table, const std::string& model, const Arguments& options,
                    const Environment& environment = {}) const;
  std::string generate(const std::string& model, const Arguments& options,
                       const Environment& environment = {}) const;

 private:
  Folder folder_;
};

// The tests of one group each; a test's name is the name of its group.
class Bits : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_sha256sum()) GTEST_SKIP() << "sha256sum of coreutils is not installed";
  }
  void TearDown() override {
    if (!IsSkipped()) record.compare();
  }

  // Trains on a table and generates from the model; both are recorded as `name`.
  void train_and_generate(const std::string& name, const std::string& table,
                          const Arguments& options);

  Job job;
  Record record{testing::UnitTest::GetInstance()->current_test_info()->name()};
};

}  // namespace cuvae::test
