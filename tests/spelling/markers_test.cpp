#include "spelling/markers.hpp"

#include <gtest/gtest.h>

#include "cells.hpp"

namespace {

using namespace cuvae;
using test::Cells;

TEST(Markers, UsualOnesAreKnown) {
  for (const char* marker :
       {"NA",   "N/A", "n/a", "NULL", "null", "None",   "none",    "?", "-",  "--", ".",
        "#N/A", "#NA", "nan", "NaN",  "<NA>", "(null)", "missing", "",  "  ", "\t", " NA "}) {
    EXPECT_TRUE(is_usual_marker(marker)) << marker;
  }
  for (const char* cell : {"0", "-1", "N", "Nada", "no", "x", "NANA", "unknown thing", "-."}) {
    EXPECT_FALSE(is_usual_marker(cell)) << cell;
  }
}

TEST(Markers, MostFrequentFirstThenByText) {
  Cells cells({"1", "2", "NA", "?", "-999"});
  cells.add("?", 4);
  EXPECT_EQ(possible_markers(cells.list(), {}), (std::vector<std::string>{"?", "NA"}));
  EXPECT_EQ(possible_markers(cells.list(), {{"-999", "unseen"}, true}),
            (std::vector<std::string>{"?", "-999", "NA"}));
  EXPECT_EQ(possible_markers(cells.list(), {{"-999"}, false}), std::vector<std::string>{"-999"});
  EXPECT_TRUE(possible_markers(cells.list(), {{}, false}).empty());
}

}  // namespace
