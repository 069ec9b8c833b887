// Philox against the published known answers.
#include "kernels/arithmetic/philox.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace cuvae {
namespace {

TEST(Golden, Philox) {
  std::ifstream file(CUVAE_TEST_DATA "/golden/philox4x32_10.json");
  const nlohmann::json golden = nlohmann::json::parse(file);
  ASSERT_FALSE(golden["cases"].empty());
  for (const auto& known : golden["cases"]) {
    PhiloxCounter counter{};
    for (std::size_t i = 0; i < 4; ++i) counter.word[i] = known["counter"][i].get<std::uint32_t>();
    const std::uint64_t key =
        known["key"][0].get<std::uint64_t>() | known["key"][1].get<std::uint64_t>() << 32;
    const PhiloxCounter words = philox4x32_10(counter, key);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(words.word[i], known["output"][i].get<std::uint32_t>());
    }
  }
}

}  // namespace
}  // namespace cuvae
