// Conditions as people write them, on columns of each kind.
#include "rows/conditions.hpp"

#include <gtest/gtest.h>

#include <cuvae/error.hpp>

namespace cuvae {
namespace {

using Cells = std::vector<std::string>;

ColumnSchema coded(const std::string& name, ColumnKind kind, const Cells& labels,
                   std::vector<std::uint64_t> counts = {}) {
  ColumnSchema column;
  column.name = name;
  column.kind = kind;
  column.labels = labels;
  column.counts = counts.empty() ? std::vector<std::uint64_t>(labels.size(), 5) : counts;
  column.maximum = static_cast<double>(labels.size() - 1);
  return column;
}

// One column of each kind; `a=b` and `a` share a beginning.
struct Fixture {
  Schema schema;
  std::vector<ColumnCoding> codings;

  Fixture() {
    schema.columns = {
        coded("Use Chip", ColumnKind::label,
              {"Chip", " Chip ", "5 > 3", "\"quoted\"", "say \"hi\"", "never", ""},
              {9, 9, 9, 9, 9, 0, 9}),
        coded("Day", ColumnKind::ordinal, {"2019-12-31", "2020-01-01", "2020-02-29"}),
        coded("Time", ColumnKind::ordinal, {"06:21", "13:00", ""}),
        coded("Year", ColumnKind::ordinal, {"7", "07", "2015"}),
        coded("a", ColumnKind::label, {"b=1", "x"}),
        coded("a=b", ColumnKind::label, {"1", "2"}),
    };
    ColumnSchema amount;
    amount.name = "Amount";
    amount.kind = ColumnKind::currency;
    amount.minimum = -10;
    amount.maximum = 90;
    amount.mean = 12.5;
    amount.decimals = 2;
    amount.missing = 3;
    schema.columns.push_back(amount);
    amount.name = "Fee";
    amount.missing = 0;
    schema.columns.push_back(amount);
    codings = codings_of(schema);
    codings[6].may_be_missing = true;
    codings[6].width = codings[7].width = 4;
  }

  Conditions conditions(const Cells& texts) const { return {schema, codings, texts}; }

  // The labels of a coded column that a row may have.
  Cells labels(std::uint32_t column, const Cells& texts) const {
    const Conditions all = conditions(texts);
    Cells found;
    for (std::uint32_t code = 0; code < schema.columns[column].labels.size(); ++code) {
      if (all.may_hold(column, code, code)) found.push_back(schema.columns[column].labels[code]);
    }
    return found;
  }

  // The message with which a condition is refused; "" where it is not.
  std::string refusal(const Cells& texts) const {
    try {
      conditions(texts);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::usage);
      return error.what();
    }
    return {};
  }

  // Amounts in cents that meet the conditions, of -10, 0, 12.50, 90 dollars and the missing one.
  std::vector<int> amounts(const Cells& texts) const {
    const std::vector<std::uint32_t> cents{0, 1000, 2250, 10000, missing_code};
    RowBlock block;
    block.rows = static_cast<std::uint32_t>(cents.size());
    block.columns.assign(schema.columns.size(), cents.data());
    std::vector<std::uint32_t> places;
    conditions(texts).find(block, places);
    std::vector<int> found;
    for (const std::uint32_t place : places) {
      found.push_back(cents[place] == missing_code ? -1 : static_cast<int>(cents[place]));
    }
    return found;
  }
};

TEST(Conditions, TakeSpacesAroundARelationAsTheLabelsWantThem) {
  const Fixture f;
  EXPECT_EQ(f.labels(0, {"Use Chip=Chip"}), Cells{"Chip"});
  EXPECT_EQ(f.labels(0, {"Use Chip = Chip"}), Cells{"Chip"});
  EXPECT_EQ(f.labels(0, {"Use Chip= Chip "}), Cells{" Chip "});
  EXPECT_EQ(f.labels(0, {"Use Chip = 5 > 3"}), Cells{"5 > 3"});
  EXPECT_EQ(f.labels(1, {"Day >= 2020-01-01"}), (Cells{"2020-01-01", "2020-02-29"}));
}

TEST(Conditions, TakeQuotesAsTheLabelsWantThem) {
  const Fixture f;
  EXPECT_EQ(f.labels(0, {"Use Chip=\"Chip\""}), Cells{"Chip"});
  EXPECT_EQ(f.labels(0, {"Use Chip=\"quoted\""}), Cells{"\"quoted\""});
  EXPECT_EQ(f.labels(0, {"Use Chip=say \"hi\""}), Cells{"say \"hi\""});
  EXPECT_EQ(f.labels(0, {"Use Chip=\"say \"\"hi\"\"\""}), Cells{"say \"hi\""});
}

TEST(Conditions, KnowMissingCells) {
  const Fixture f;
  EXPECT_EQ(f.labels(0, {"Use Chip="}), Cells{""});
  EXPECT_EQ(f.labels(0, {"Use Chip=\"\""}), Cells{""});
  EXPECT_EQ(f.labels(2, {"Time!="}), (Cells{"06:21", "13:00"}));
  EXPECT_EQ(f.labels(2, {"Time<23:00"}), (Cells{"06:21", "13:00"}));
  EXPECT_EQ(f.labels(2, {"Time<25:59:59"}), (Cells{"06:21", "13:00"}));
  EXPECT_EQ(f.amounts({"Amount="}), std::vector<int>{-1});
  EXPECT_EQ(f.amounts({"Amount!="}), (std::vector<int>{0, 1000, 2250, 10000}));
  EXPECT_EQ(f.amounts({"Amount!=12.5"}), (std::vector<int>{0, 1000, 10000, -1}));
  EXPECT_NE(f.refusal({"Fee="}), "");
  EXPECT_NE(f.refusal({"Year="}), "");
}

TEST(Conditions, CompareNumbersHoweverSpelled) {
  const Fixture f;
  EXPECT_EQ(f.amounts({"Amount>12.5"}), std::vector<int>{10000});
  EXPECT_EQ(f.amounts({"Amount >= $12.50"}), (std::vector<int>{2250, 10000}));
  EXPECT_EQ(f.amounts({"Amount=12.500"}), std::vector<int>{2250});
  EXPECT_EQ(f.amounts({"Amount<=-10"}), std::vector<int>{0});
  EXPECT_EQ(f.amounts({"Amount>-10", "Amount<90", "Amount!=0"}), std::vector<int>{2250});
  EXPECT_EQ(f.labels(3, {"Year=7"}), Cells{"7"});
  EXPECT_EQ(f.labels(3, {"Year=7.0"}), (Cells{"7", "07"}));
  EXPECT_EQ(f.labels(3, {"Year!=7"}), (Cells{"07", "2015"}));
}

TEST(Conditions, NameTheLongestColumn) {
  const Fixture f;
  EXPECT_EQ(f.labels(5, {"a=b=1"}), Cells{"1"});
  EXPECT_EQ(f.labels(4, {"a=b=1"}), (Cells{"b=1", "x"}));
  EXPECT_EQ(f.labels(4, {"a=x"}), Cells{"x"});
}

TEST(Conditions, RefuseWhatNoCellMeetsAndSayWhatThereIs) {
  const Fixture f;
  const auto says = [&](const Cells& texts, const std::string& part) {
    EXPECT_NE(f.refusal(texts).find(part), std::string::npos) << f.refusal(texts);
  };
  says({"Use Chip=Carrier Pigeon"}, "it holds 'Chip'");
  says({"Use Chip!=Carrier Pigeon"}, "it holds 'Chip'");
  says({"Use Chip=never"}, "no cell");  // known, but no row had it
  says({"Amount=many"}, "'many'");
  says({"Amount>06:21"}, "look like '12.5'");
  says({"Amount>100"}, "no cell");
  says({"Day>=2020"}, "look like '2019-12-31'");
  says({"Day>=2020-13-45"}, "can't be compared");
  says({"Time>8"}, "look like '06:21'");
  says({"Time>12:00:61"}, "look like '06:21'");
  says({"Time>12:60"}, "look like '06:21'");
  says({"a<3"}, "no numbers");
  says({"Nothing=1"}, "columns are Use Chip, Day");
  says({"Amount"}, "no condition");
}

TEST(Conditions, RefuseWhatContradictsItself) {
  const Fixture f;
  EXPECT_NE(f.refusal({"Use Chip=Chip", "Use Chip!=Chip"}), "");
  EXPECT_NE(f.refusal({"Amount>50", "Amount<20"}), "");
  EXPECT_NE(f.refusal({"Amount=", "Amount<20"}), "");
  EXPECT_NE(f.refusal({"Amount=", "Amount!="}), "");
  EXPECT_NE(f.refusal({"Day>2020-01-01", "Day<2020-02-29"}), "");
  EXPECT_EQ(f.refusal({"Amount>50", "Use Chip=Chip", "Amount<60"}), "");
}

}  // namespace
}  // namespace cuvae
