// The simulated table as a reader sees it.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

#include <cuvae/error.hpp>
#include <cuvae/simulate.hpp>

#include "support/temporary_folder.hpp"

namespace cuvae {
namespace {

using Row = std::vector<std::string>;

enum ColumnNumber : std::size_t {
  user,
  card,
  year,
  month,
  day,
  time_of_day,
  amount,
  use_chip,
  merchant,
  city,
  state,
  zip,
  mcc,
  errors,
  fraud,
  columns
};

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string simulated(const SimulateOptions& options) {
  const TemporaryFolder folder;
  Monitor monitor;
  const std::string path = folder / "cards.csv";
  const std::uint64_t bytes = simulate_cards(options, path, IfExists::fail, monitor);
  std::string text = read(path);
  EXPECT_EQ(bytes, text.size());
  return text;
}

SimulateOptions options_of(std::uint64_t rows, std::uint64_t seed = 1, unsigned threads = 2) {
  SimulateOptions options;
  options.rows = rows;
  options.seed = seed;
  options.threads = threads;
  return options;
}

// Cells without quotes; the header is left out.
std::vector<Row> parse(const std::string& text) {
  std::vector<Row> rows;
  Row row(1);
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      row.emplace_back();
    } else if (c == '\n' && !quoted) {
      rows.push_back(std::move(row));
      row.assign(1, "");
    } else {
      row.back() += c;
    }
  }
  rows.erase(rows.begin());
  return rows;
}

// The text with a 9 for each digit.
std::string shape(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }, '9');
  return text;
}

// Some sixteen people, made once for all tests that look at them.
const std::vector<Row>& sample() {
  static const std::vector<Row> rows = parse(simulated(options_of(200'000)));
  return rows;
}

template <class F>
double share(F&& counts) {
  std::size_t count = 0;
  for (const Row& row : sample()) count += counts(row) ? 1 : 0;
  return static_cast<double>(count) / static_cast<double>(sample().size());
}

TEST(Simulate, WritesTheHeaderAndSoManyRows) {
  for (const std::uint64_t rows : {0U, 1U, 2U, 5U, 6U, 17U, 4'096U, 4'097U, 20'000U}) {
    const std::string text = simulated(options_of(rows));
    EXPECT_EQ(text.substr(0, text.find('\n')),
              "User,Card,Year,Month,Day,Time,Amount,Use Chip,Merchant Name,Merchant City,"
              "Merchant State,Zip,MCC,Errors?,Is Fraud?");
    const std::vector<Row> parsed = parse(text);
    ASSERT_EQ(parsed.size(), rows);
    for (const Row& row : parsed) ASSERT_EQ(row.size(), columns);
  }
}

TEST(Simulate, SameBytesAtAnyNumberOfThreads) {
  const std::string one = simulated(options_of(60'000, 3, 1));
  EXPECT_EQ(one, simulated(options_of(60'000, 3, 2)));
  EXPECT_EQ(one, simulated(options_of(60'000, 3, 7)));
}

TEST(Simulate, AnotherSeedIsAnotherTable) {
  EXPECT_NE(simulated(options_of(1'000, 1)), simulated(options_of(1'000, 2)));
}

TEST(Simulate, SharesAreThoseOfTheRealTable) {
  const double online = share([](const Row& row) { return row[city] == "ONLINE"; });
  EXPECT_GT(online, 0.08);
  EXPECT_LT(online, 0.14);
  EXPECT_EQ(online, share([](const Row& row) { return row[state].empty(); }));
  EXPECT_EQ(online, share([](const Row& row) { return row[use_chip] == "Online Transaction"; }));
  const double no_zip = share([](const Row& row) { return row[zip].empty(); });
  EXPECT_GT(no_zip, online + 0.002);
  EXPECT_LT(no_zip, online + 0.02);
  const double with_error = share([](const Row& row) { return !row[errors].empty(); });
  EXPECT_GT(with_error, 0.01);
  EXPECT_LT(with_error, 0.025);
  const double with_fraud = share([](const Row& row) { return row[fraud] == "Yes"; });
  EXPECT_GT(with_fraud, 0.0005);
  EXPECT_LT(with_fraud, 0.004);
  const double negative = share([](const Row& row) { return row[amount][1] == '-'; });
  EXPECT_GT(negative, 0.01);
  EXPECT_LT(negative, 0.08);
}

TEST(Simulate, FraudIsMoreOftenOnlineThanOtherPurchases) {
  const double online = share([](const Row& row) { return row[state].empty(); });
  std::size_t frauds = 0;
  std::size_t online_frauds = 0;
  for (const Row& row : sample()) {
    frauds += row[fraud] == "Yes";
    online_frauds += row[fraud] == "Yes" && row[state].empty();
  }
  EXPECT_GT(static_cast<double>(online_frauds), 3 * online * static_cast<double>(frauds));
}

TEST(Simulate, AMerchantStaysWhereItIs) {
  std::map<std::string, Row> places;
  for (const Row& row : sample()) {
    const Row place(row.begin() + city, row.begin() + errors);
    ASSERT_EQ(places.try_emplace(row[merchant], place).first->second, place) << row[merchant];
  }
  EXPECT_GT(places.size(), 3'000U);
}

TEST(Simulate, MerchantsAreSigned64BitNumbersBeyondADouble) {
  constexpr std::int64_t largest_exact = std::int64_t{1} << 53;
  std::size_t beyond = 0;
  std::size_t negative = 0;
  for (const Row& row : sample()) {
    const std::int64_t id = std::stoll(row[merchant]);
    ASSERT_EQ(std::to_string(id), row[merchant]);
    beyond += id > largest_exact || id < -largest_exact;
    negative += id < 0;
  }
  EXPECT_GT(beyond, sample().size() * 9 / 10);
  EXPECT_GT(negative, sample().size() / 10);
}

TEST(Simulate, CellsAreSpelledAsInThePublicFile) {
  const std::set<std::string> methods{"Swipe Transaction", "Chip Transaction",
                                      "Online Transaction"};
  for (std::size_t r = 0; r < sample().size(); r += 7) {
    const Row& row = sample()[r];
    ASSERT_EQ(shape(row[time_of_day]), "99:99");
    ASSERT_LT(row[time_of_day], "24:00");
    ASSERT_LT(row[time_of_day].substr(3), "60");
    const std::string dollars = row[amount].substr(row[amount].starts_with("$-") ? 2 : 1);
    ASSERT_EQ(row[amount].front(), '$');
    ASSERT_EQ(shape(dollars), std::string(dollars.size() - 3, '9') + ".99") << row[amount];
    ASSERT_TRUE(dollars[0] != '0' || dollars[1] == '.') << row[amount];
    ASSERT_NE(dollars, "0.00");
    if (!row[zip].empty()) {
      const std::size_t digits = row[zip].size() - 2;
      ASSERT_TRUE(digits >= 3 && digits <= 5) << row[zip];
      ASSERT_EQ(shape(row[zip]), std::string(digits, '9') + ".9");
      ASSERT_TRUE(row[zip].ends_with(".0") && row[zip].front() != '0') << row[zip];
    }
    ASSERT_EQ(shape(row[mcc]), "9999");
    ASSERT_EQ(methods.count(row[use_chip]), 1U) << row[use_chip];
    ASSERT_TRUE(row[fraud] == "Yes" || row[fraud] == "No") << row[fraud];
    // A place abroad has a country and no zip; one at home has both.
    ASSERT_EQ(row[zip].empty(), row[state].size() != 2) << row[state];
  }
}

TEST(Simulate, DatesExistAndRowsAreInOrder) {
  std::vector<int> before;
  for (const Row& row : sample()) {
    std::vector<int> key;
    for (const std::size_t column : {user, card, year, month, day}) {
      key.push_back(std::stoi(row[column]));
      ASSERT_EQ(std::to_string(key.back()), row[column]);
    }
    const bool leap = key[2] % 4 == 0;  // 1991 ... 2020
    constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    ASSERT_GE(key[2], 1991);
    ASSERT_LE(key[2], 2020);
    ASSERT_TRUE(key[3] >= 1 && key[3] <= 12);
    ASSERT_GE(key[4], 1);
    ASSERT_LE(key[4], lengths[key[3] - 1] + (leap && key[3] == 2 ? 1 : 0));
    ASSERT_LT(key[1], 9);
    key.push_back(std::stoi(row[time_of_day].substr(0, 2)) * 60 +
                  std::stoi(row[time_of_day].substr(3)));
    ASSERT_LE(before, key);
    before = std::move(key);
  }
}

TEST(Simulate, PeopleHaveCardsAndAHome) {
  std::map<std::string, std::set<std::string>> cards;
  std::map<std::string, std::map<std::string, std::size_t>> cities;
  std::map<std::string, std::size_t> rows;
  for (const Row& row : sample()) {
    cards[row[user]].insert(row[card]);
    ++cities[row[user]][row[city]];
    ++rows[row[user]];
  }
  EXPECT_EQ(cards.size(), 16U);  // 200,000 / 12,193
  std::size_t with_home = 0;
  std::set<std::size_t> card_counts;
  for (const auto& [person, visits] : cities) {
    card_counts.insert(cards[person].size());
    std::size_t most = 0;
    for (const auto& [place, count] : visits) most = std::max(most, place == "ONLINE" ? 0 : count);
    with_home += most * 3 > rows[person];
  }
  EXPECT_GT(card_counts.size(), 3U);
  EXPECT_GT(with_home, cards.size() * 3 / 4);
}

TEST(Simulate, ChipsComeIn2014) {
  std::set<std::string> years;
  for (const Row& row : sample()) {
    if (row[use_chip] == "Chip Transaction") years.insert(row[year]);
  }
  ASSERT_FALSE(years.empty());
  EXPECT_GE(*years.begin(), "2014");
  EXPECT_LE(*years.begin(), "2015");
}

TEST(Simulate, DialectsDifferInSpellingOnly) {
  SimulateOptions options = options_of(100'000);
  const std::string v2 = simulated(options);
  options.dialect = CardDialect::v1;
  const std::string v1 = simulated(options);
  EXPECT_NE(v2.find(",ONLINE,,,"), std::string::npos);
  EXPECT_EQ(v2.find(", ONLINE,"), std::string::npos);
  EXPECT_EQ(v1.find(",ONLINE,"), std::string::npos);
  EXPECT_NE(v2.find(",Bad PIN,"), std::string::npos);
  EXPECT_NE(v2.find(",\"Bad PIN,Insufficient Balance\","), std::string::npos);
  EXPECT_NE(v1.find(",\"Bad PIN,\","), std::string::npos);
  EXPECT_NE(v1.find(",\"Bad PIN,Insufficient Balance,\","), std::string::npos);
  std::vector<Row> rows = parse(v1);
  for (Row& row : rows) {
    if (row[city] == " ONLINE") row[city] = "ONLINE";
    if (!row[errors].empty()) row[errors].pop_back();
  }
  EXPECT_EQ(rows, parse(v2));
}

TEST(Simulate, LeavesAnExistingFileAlone) {
  const TemporaryFolder folder;
  const std::string path = folder / "cards.csv";
  std::ofstream(path) << "mine";
  Monitor monitor;
  try {
    simulate_cards(options_of(10), path, IfExists::fail, monitor);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
  }
  EXPECT_EQ(read(path), "mine");
  EXPECT_GT(simulate_cards(options_of(10), path, IfExists::replace, monitor), 10U);
  EXPECT_EQ(parse(read(path)).size(), 10U);
}

TEST(Simulate, WhenCancelledLeavesNothing) {
  class Impatient : public Monitor {
   public:
    void progress(std::string_view, std::uint64_t, std::uint64_t) override { enough_ = true; }
    bool cancelled() const override { return enough_; }

   private:
    std::atomic<bool> enough_{false};
  };
  for (const unsigned threads : {1U, 2U, 5U}) {
    const TemporaryFolder folder;
    Impatient monitor;
    try {
      simulate_cards(options_of(50'000'000, 1, threads), folder / "cards.csv", IfExists::fail,
                     monitor);
      FAIL() << "no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::interrupted);
    }
    EXPECT_TRUE(folder.names().empty());
  }
}

TEST(Simulate, AFullDiskIsAnErrorAtAnyNumberOfThreads) {
  if (access("/dev/full", W_OK) != 0) GTEST_SKIP() << "no /dev/full here";
  for (const unsigned threads : {1U, 4U}) {
    Monitor monitor;
    try {
      simulate_cards(options_of(100'000, 1, threads), "/dev/full", IfExists::replace, monitor);
      FAIL() << "no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::runtime);
    }
  }
}

TEST(Simulate, ProgressGrowsToTheEnd) {
  class Watcher : public Monitor {
   public:
    void progress(std::string_view stage, std::uint64_t done, std::uint64_t total) override {
      EXPECT_EQ(stage, "simulate");
      EXPECT_EQ(total, 30'000U);
      EXPECT_GE(done, latest);
      latest = done;
    }
    std::uint64_t latest = 0;
  };
  const TemporaryFolder folder;
  Watcher monitor;
  simulate_cards(options_of(30'000, 1, 3), folder / "cards.csv", IfExists::fail, monitor);
  EXPECT_EQ(monitor.latest, 30'000U);
}

}  // namespace
}  // namespace cuvae
