#include "text/kind_vote.hpp"

#include <gtest/gtest.h>

#include <cuvae/error.hpp>

namespace {

using namespace cuvae;

TEST(Kinds, ReasonsCountCells) {
  KindVote whole;
  whole.add("7", 19963);
  EXPECT_EQ(whole.reason(whole.kind(), 0), "all 19,963 cells are whole numbers");
  KindVote big;
  big.add("9007199254740993", 2);
  big.add("5", 1);
  EXPECT_EQ(big.kind(), ColumnKind::label);
  EXPECT_NE(big.reason(big.kind(), 4).find("2 lie beyond 2^53 (4 are missing)"), std::string::npos);
}

TEST(Kinds, NamesReadBack) {
  for (const ColumnKindTraits& traits : column_kinds) {
    EXPECT_EQ(column_kind_from(to_string(traits.kind)), traits.kind);
  }
  EXPECT_THROW(column_kind_from("number"), Error);
}

}  // namespace
