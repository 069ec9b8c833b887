// Keys made anew: of the shape that the real ones have, none twice, none of the real ones.
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <unordered_set>

#include <cuvae/error.hpp>

#include "spelling/check_digits.hpp"
#include "spelling/key_spelling.hpp"
#include "spelling/keyed_bijection.hpp"

namespace cuvae {
namespace {

using Texts = std::vector<std::string>;
using Keys = std::shared_ptr<const KeySpelling>;

// Numbers that look like chance, the same in each run.
std::uint64_t drawn(std::uint64_t i, std::uint64_t below) {
  std::uint64_t x = (i + 1) * 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return (x ^ (x >> 31U)) % below;
}

template <class Make>
Texts made(std::uint64_t count, Make make) {
  Texts texts;
  for (std::uint64_t i = 0; i < count; ++i) texts.push_back(make(i));
  return texts;
}

Keys learned(const Texts& texts, bool forced = false) {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& text : texts) ++counts[text];
  std::vector<CellCount> cells;
  for (const auto& [text, count] : counts) cells.push_back({text, count});
  return std::dynamic_pointer_cast<const KeySpelling>(learn_keys(cells, texts.size(), forced));
}

std::string key(const KeySpelling& keys, std::uint64_t row, std::uint64_t seed = 7) {
  std::string text(keys.most_bytes(), '\0');
  const char* end = keys.spell(text.data(), row, seed);
  text.resize(static_cast<std::size_t>(end - text.data()));
  return text;
}

// Rows of several shards, and some at the far end of the endless table.
void expect_new_ones(const Texts& real, std::uint64_t rows, const std::regex& shape) {
  const Keys keys = learned(real);
  ASSERT_NE(keys, nullptr);
  const std::unordered_set<std::string> known(real.begin(), real.end());
  std::unordered_set<std::string> seen;
  std::uint64_t repeats = 0;
  std::uint64_t real_ones = 0;
  const auto look = [&](std::uint64_t row) {
    const std::string text = key(*keys, row);
    repeats += seen.insert(text).second ? 0 : 1;
    real_ones += known.contains(text) ? 1 : 0;
    if (row < 300) {
      EXPECT_TRUE(std::regex_match(text, shape)) << text;
    }
  };
  for (std::uint64_t row = 0; row < rows; ++row) look(row);
  for (std::uint64_t row = ~std::uint64_t{0}; row > ~std::uint64_t{0} - 1000; --row) look(row);
  for (std::uint64_t row = 1; row < 1000; ++row) look(row << 40U);
  EXPECT_EQ(repeats, 0U);
  EXPECT_EQ(real_ones, 0U);
  EXPECT_NE(key(*keys, 5), key(*keys, 6));
}

Texts uids() {
  return made(2000, [](std::uint64_t i) {
    return fmt::format("u-{:x}-{:08x}", i, drawn(i, std::uint64_t{1} << 32U));
  });
}

TEST(Keys, OfAPatternAreNewInAMillionRows) {
  expect_new_ones(uids(), 1'000'000, std::regex("u-[1-9a-f][0-9a-f]{1,3}-[0-9a-f]{8}"));
}

TEST(Keys, SerialNumbersContinueBehindTheGreatest) {
  const Keys keys = learned(made(2000, [](std::uint64_t i) { return std::to_string(i); }));
  ASSERT_NE(keys, nullptr);
  EXPECT_EQ(key(*keys, 0), "2000");
  EXPECT_EQ(key(*keys, 1), "2001");
  EXPECT_EQ(key(*keys, ~std::uint64_t{0}), "18446744073709553615");
}

TEST(Keys, SerialNumbersOfAPatternKeepItsWidth) {
  const Keys keys = learned(
      made(3000, [](std::uint64_t i) { return fmt::format("INV-{}-{:06}", 2023 + i / 1500, i); }));
  ASSERT_NE(keys, nullptr);
  EXPECT_TRUE(std::regex_match(key(*keys, 0), std::regex("INV-202[34]-003000"))) << key(*keys, 0);
  EXPECT_EQ(key(*keys, 999'999'000).substr(9), "1000002000");
}

TEST(Keys, StartOfSerialNumbersDoesNotTellTheGreatest) {
  const auto greatest = [](std::uint64_t last) {
    return key(*learned(made(2000, [&](std::uint64_t i) { return std::to_string(last - i); })), 0);
  };
  EXPECT_EQ(greatest(102'123), "103000");
  EXPECT_EQ(greatest(102'987), "103000");
}

TEST(Keys, AccountsOfFewDigitsGoOnInTheZeros) {
  const Texts real =
      made(2000, [](std::uint64_t i) { return fmt::format("{:08}", drawn(i, 10'000)); });
  expect_new_ones(real, 1'000'000, std::regex("[0-9]{8}"));
}

TEST(Keys, UuidsHaveTheirVersionAndVariant) {
  const auto uuid = [](std::uint64_t i) {
    return fmt::format("{:08x}-{:04x}-4{:03x}-{:x}{:03x}-{:012x}", drawn(6 * i, 1ULL << 32U),
                       drawn(6 * i + 1, 65536), drawn(6 * i + 2, 4096), 8 + drawn(6 * i + 3, 4),
                       drawn(6 * i + 4, 4096), drawn(6 * i + 5, 1ULL << 48U));
  };
  expect_new_ones(
      made(500, uuid), 50'000,
      std::regex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  const Texts braces = made(500, [&](std::uint64_t i) {
    std::string text = uuid(i);
    for (char& c : text) c = static_cast<char>(std::toupper(c));
    return fmt::format("{{{}}}", text);
  });
  EXPECT_TRUE(std::regex_match(key(*learned(braces), 3),
                               std::regex("\\{[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB].*\\}")));
}

TEST(Keys, CardNumbersAreValidAndOfTheIssuersSeen) {
  const Texts real = made(1500, [](std::uint64_t i) {
    const char* const prefixes[] = {"4", "51", "37"};
    std::string number = prefixes[i % 3];
    while (number.size() < (i % 3 == 2 ? 14U : 15U)) {
      number += static_cast<char>('0' + drawn(i * 16 + number.size(), 10));
    }
    number += '0';
    set_check(number.data(), number.size(), number.size() - 1, CheckDigits::luhn);
    return number;
  });
  expect_new_ones(real, 100'000, std::regex("4[0-9]{15}|51[0-9]{14}|37[0-9]{13}"));
  const Keys keys = learned(real);
  for (std::uint64_t row = 0; row < 1000; ++row) {
    EXPECT_TRUE(has_valid_check(key(*keys, row), CheckDigits::luhn)) << key(*keys, row);
  }
}

TEST(Keys, IbansAreValidAndOfTheCountriesSeenOften) {
  Texts real = made(1000, [](std::uint64_t i) {
    std::string iban = i % 4 == 0 ? "NL00BANK" : "DE00";
    while (iban.size() < (i % 4 == 0 ? 18U : 22U)) {
      iban += static_cast<char>('0' + drawn(i * 32 + iban.size(), 10));
    }
    set_check(iban.data(), iban.size(), 2, CheckDigits::iban);
    return iban;
  });
  real.push_back("MT31MALT01100000000000000000123");  // the only one of its country
  expect_new_ones(real, 100'000, std::regex("DE[0-9]{20}|NL[0-9]{2}BANK[0-9]{10}"));
  const Keys keys = learned(real);
  std::uint64_t german = 0;
  for (std::uint64_t row = 0; row < 1000; ++row) {
    const std::string iban = key(*keys, row);
    EXPECT_TRUE(has_valid_check(iban, CheckDigits::iban)) << iban;
    german += iban.starts_with("DE") ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(german), 750, 60);
  EXPECT_EQ(keys->to_json().dump().find("MT"), std::string::npos);
}

TEST(Keys, KnownCheckDigits) {
  EXPECT_TRUE(has_valid_check("GB82 WEST 1234 5698 7654 32", CheckDigits::iban));
  EXPECT_FALSE(has_valid_check("GB83 WEST 1234 5698 7654 32", CheckDigits::iban));
  EXPECT_TRUE(has_valid_check("79927398713", CheckDigits::luhn));
  EXPECT_FALSE(has_valid_check("79927398710", CheckDigits::luhn));
  EXPECT_TRUE(has_valid_check("978-0-306-40615-7", CheckDigits::gtin));
  EXPECT_FALSE(has_valid_check("978-0-306-40615-2", CheckDigits::gtin));
}

TEST(Keys, EmailAddressesKeepDomainsOfManyAndNoOthers) {
  const Texts real = made(1000, [](std::uint64_t i) {
    const std::string domain =
        i % 2 == 0 ? "gmail.com" : fmt::format("own{}.net", drawn(i, 100'000));
    return fmt::format("{}{}.person@{}", char('a' + drawn(i, 26)), drawn(i + 5, 900'000), domain);
  });
  expect_new_ones(real, 100'000, std::regex("[a-z0-9.]+@(gmail\\.com|example\\.(com|net|org))"));
  EXPECT_EQ(learned(real)->to_json().dump().find("own"), std::string::npos);
}

TEST(Keys, NamesOfPersonsComeFromLists) {
  const char* const given[] = {"Anna", "John", "Maria", "Peter", "Grizelda", "Ottokar"};
  const Texts real = made(600, [&](std::uint64_t i) {
    return fmt::format("{} Unheard{}{}", given[i % 6], char('a' + i / 6 % 26), char('a' + i / 156));
  });
  expect_new_ones(real, 200'000, std::regex("[A-Z][a-z]+ ([A-Z]\\. )*[A-Z][a-z]+"));
  EXPECT_EQ(learned(real)->to_json().dump().find("Unheard"), std::string::npos);
}

TEST(Keys, AddressesHaveANumberAndAStreet) {
  const Texts real = made(900, [](std::uint64_t i) {
    return fmt::format("{} {} {}", 100 + i, i % 2 == 0 ? "Elm" : "Made Up", "Road");
  });
  expect_new_ones(real, 200'000, std::regex("[0-9]+ [A-Z][a-z]+ Road(-[0-9]+)?"));
}

TEST(Keys, PhonesKeepTheirFormat) {
  const Texts real = made(2000, [](std::uint64_t i) {
    const int areas[] = {212, 415, 303};
    return fmt::format("({}) {}-{:04}", areas[i % 3], 200 + drawn(i, 800), drawn(i + 9, 10'000));
  });
  expect_new_ones(real, 100'000, std::regex("\\((212|415|303)\\) [2-9][0-9]{2}-[0-9]{4}"));
}

TEST(Keys, AreNoneWhereRowsRepeatOrMeasure) {
  const auto is_key = [](const Texts& texts) { return learned(texts) != nullptr; };
  EXPECT_FALSE(is_key(made(500, [](auto i) { return fmt::format("{:.3f}", 1.37 * double(i)); })));
  EXPECT_FALSE(is_key(made(500, [](auto i) { return std::to_string(17 * i * i + 3 * i); })));
  EXPECT_FALSE(is_key(made(500, [](auto i) { return fmt::format("${}.00", i * i); })));
  EXPECT_FALSE(is_key(made(500, [](auto i) { return fmt::format("c{}", i % 90); })));
  EXPECT_FALSE(is_key(made(2000, [](auto i) { return fmt::format("{:05}", drawn(i, 99'999)); })));
  EXPECT_FALSE(is_key(
      made(500, [](auto i) { return std::to_string(1'500'000'000 + drawn(i, 100'000'000)); })));
  EXPECT_FALSE(is_key(made(40, [](auto i) { return fmt::format("id-{:08}", drawn(i, 1 << 26)); })));
}

TEST(Keys, FreeTextIsNone) {
  const char* const words[] = {"order", "late", "please", "account", "my", "broken", "again"};
  EXPECT_EQ(learned(made(600,
                         [&](std::uint64_t i) {
                           std::string text;
                           for (std::uint64_t w = 0; w < 4 + i % 5; ++w) {
                             text += words[drawn(9 * i + w, 7)];
                             text += w % 3 == 2 ? ", " : " ";
                           }
                           return text;
                         })),
            nullptr);
}

TEST(Keys, AreRefusedWhereAllOfTheirShapeAreTaken) {
  const Texts pairs = made(676, [](std::uint64_t i) {
    return std::string{char('A' + i / 26), char('A' + i % 26)};
  });
  EXPECT_EQ(learned(pairs), nullptr);
  const Keys forced = learned(pairs, true);
  ASSERT_NE(forced, nullptr);
  EXPECT_GT(key(*forced, 0).size(), 2U);
  EXPECT_NE(forced->description().find("longer"), std::string::npos);
}

TEST(Keys, ForcedMakesThemOfAnything) {
  for (const Texts& texts : {Texts{"x"}, Texts{"1.5", "2.5"}, Texts{"a b c", "d", "\xc3\xa9"},
                             Texts{"", "0", "1"}, Texts{"00", "01", "02"}}) {
    const Keys keys = learned(texts, true);
    ASSERT_NE(keys, nullptr);
    std::set<std::string> seen(texts.begin(), texts.end());
    for (std::uint64_t row = 0; row < 1000; ++row) {
      EXPECT_TRUE(seen.insert(key(*keys, row)).second) << key(*keys, row);
    }
  }
}

TEST(Keys, OfOtherSeedsAndColumnsAreOthers) {
  const Keys keys = learned(uids());
  EXPECT_NE(key(*keys, 0, key_seed(1, 0)), key(*keys, 0, key_seed(1, 1)));
  EXPECT_NE(key(*keys, 0, key_seed(1, 0)), key(*keys, 0, key_seed(2, 0)));
}

TEST(Keys, DoNotDependOnTheOrderOfCells) {
  Texts texts = uids();
  std::vector<CellCount> cells;
  for (const auto& text : texts) cells.push_back({text, 1});
  const auto one = learn_keys(cells, cells.size(), false);
  std::reverse(cells.begin(), cells.end());
  EXPECT_EQ(one->to_json(), learn_keys(cells, cells.size(), false)->to_json());
}

TEST(Keys, AreTheSameFromJson) {
  const Keys keys = learned(uids());
  const auto json = nlohmann::json::parse(keys->to_json().dump());
  const auto read = std::dynamic_pointer_cast<const KeySpelling>(spelling_from_json(json));
  ASSERT_NE(read, nullptr);
  EXPECT_EQ(read->to_json(), keys->to_json());
  for (std::uint64_t row = 0; row < 1000; ++row) EXPECT_EQ(key(*read, row), key(*keys, row));
}

TEST(Keys, HoldNothingOfOneRow) {
  const Texts real = uids();
  const std::string json = learned(real)->to_json().dump();
  for (const auto& text : real) {
    EXPECT_EQ(json.find(text.substr(text.rfind('-') + 1)), std::string::npos);
  }
}

// Whatever stands in a field, a file is read or refused, and what is read spells within its bounds.
TEST(Keys, DamagedJsonIsRefused) {
  const auto whole = learned(uids())->to_json();
  const nlohmann::json others[] = {nullptr,
                                   -1,
                                   0,
                                   1,
                                   1e300,
                                   "",
                                   "word",
                                   18446744073709551615U,
                                   nlohmann::json::array(),
                                   nlohmann::json::object()};
  std::uint64_t refused = 0;
  const auto flat = whole.flatten();
  for (const auto& [path, value] : flat.items()) {
    if (path.find("/free/") != std::string::npos && path.back() != '0') continue;
    for (const auto& other : others) {
      auto damaged = whole;
      damaged[nlohmann::json::json_pointer(path)] = other;
      try {
        const auto read = std::dynamic_pointer_cast<const KeySpelling>(spelling_from_json(damaged));
        for (const std::uint64_t row : {std::uint64_t{0}, ~std::uint64_t{0}}) {
          std::string text(read->most_bytes(), '\0');
          EXPECT_LE(read->spell(text.data(), row, 1), text.data() + text.size());
        }
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::data);
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 100U);
}

TEST(KeyedBijection, MeetsEachPlaceOnce) {
  for (const std::uint64_t size : {1U, 2U, 3U, 10U, 97U, 1000U, 65'537U}) {
    const KeyedBijection bijection(size);
    std::vector<bool> met(size, false);
    for (std::uint64_t i = 0; i < size; ++i) {
      const auto place = static_cast<std::uint64_t>(bijection(i, 3, 0));
      ASSERT_LT(place, size);
      EXPECT_FALSE(met[place]);
      met[place] = true;
    }
  }
}

TEST(KeyedBijection, StaysWithinTheLargest) {
  const KeyedBijection bijection(KeyedBijection::largest);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    EXPECT_LT(bijection(KeyedBijection::largest - 1 - i, 3, 0), KeyedBijection::largest);
  }
}

}  // namespace
}  // namespace cuvae
