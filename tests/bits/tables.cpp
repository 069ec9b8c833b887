#include "tables.hpp"

#include <cstdint>
#include <fmt/format.h>

namespace cuvae::test {
namespace {

// SplitMix64: the distributions of the standard library differ between its implementations.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}

  std::uint64_t below(std::uint64_t end) {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t bits = state_;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
    return (bits ^ (bits >> 31)) % end;
  }

  // Small numbers are drawn more often.
  std::uint64_t skewed(std::uint64_t end) { return below(below(end) + 1); }

  const std::string& one_of(const std::vector<std::string>& texts) {
    return texts[skewed(texts.size())];
  }

 private:
  std::uint64_t state_;
};

class Writer {
 public:
  Writer(const TableSpelling& spelling, const std::vector<std::string>& names)
      : spelling_(spelling) {
    if (spelling.byte_order_mark) text_ = "\xef\xbb\xbf";
    line(names);
  }

  void line(const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) text_ += spelling_.delimiter;
      add(cells[i]);
    }
    text_ += spelling_.line_end;
  }

  std::string text() && { return std::move(text_); }

 private:
  void add(const std::string& cell) {
    const std::string special = std::string("\"\r\n") + spelling_.delimiter;
    if (cell.find_first_of(special) == std::string::npos) {
      text_ += cell;
      return;
    }
    text_ += '"';
    for (const char character : cell) {
      if (character == '"') text_ += '"';
      text_ += character;
    }
    text_ += '"';
  }

  TableSpelling spelling_;
  std::string text_;
};

std::string currency(Draw& draw) {
  const std::uint64_t cents = draw.skewed(30'000);
  return fmt::format("{}${}.{:02}", draw.below(10) == 0 ? "-" : "", cents / 100, cents % 100);
}

std::string thousandths(Draw& draw) {
  const std::uint64_t value = draw.skewed(9'000);
  return fmt::format("{}{}.{:03}", draw.below(4) == 0 ? "-" : "", value / 1000, value % 1000);
}

std::string date(Draw& draw) {
  return fmt::format("{}-{:02}-{:02}", 2001 + draw.skewed(20), 1 + draw.below(12),
                     1 + draw.below(28));
}

std::string clock(Draw& draw) {
  return fmt::format("{:02}:{:02}", draw.below(24), draw.below(60));
}

std::string label(const char* name, std::uint64_t number) {
  return fmt::format("{} {:04}", name, number);
}

const std::vector<std::string> kinds{"debit", "credit", " padded ", "Debit", "none"};
const std::vector<std::string> notes{"plain",     "with, comma",       "with; semicolon",
                                     "with\ttab", "a \"quoted\" word", "two\nlines",
                                     "bar | bar"};
const std::vector<std::string> bytes{"caf\xe9", "\xff\xfe", "na\xc3\xafve", "\xe2\x82\xac 5",
                                     "ascii"};

std::vector<std::string> mixed_row(Draw& draw) {
  const std::string amount = currency(draw);
  return {amount,
          thousandths(draw),
          fmt::format("{}e-{}", 1 + draw.below(9), draw.below(5)),
          std::to_string(draw.skewed(41)),
          std::to_string(draw.skewed(1'000'000'000)),
          clock(draw),
          fmt::format("{}:{:02}", clock(draw), draw.below(60)),
          date(draw),
          draw.one_of(kinds),
          std::to_string(9'223'372'036'854'775'000U + draw.skewed(12)),
          "yes",
          "2.50",
          draw.below(40) == 0 ? std::to_string(draw.below(3)) : "",
          "",
          draw.one_of(notes),
          draw.one_of(bytes)};
}

}  // namespace

std::string mixed_table(std::size_t rows, std::size_t missing_in, const TableSpelling& spelling) {
  Draw draw(11);
  Writer writer(spelling, {"Amount", "Score", "Rate", "Count", "Large", "Time", "Clock", "Day",
                           "Kind", "Id", "Same", "Level", "Rare", "Never", "Note", "Bytes"});
  for (std::size_t row = 0; row < rows; ++row) {
    std::vector<std::string> cells = mixed_row(draw);
    for (std::string& cell : cells) {
      if (missing_in > 0 && draw.below(missing_in) == 0) cell.clear();
    }
    writer.line(cells);
  }
  return std::move(writer).text();
}

std::string many_labels_table(std::size_t rows) {
  Draw draw(12);
  Writer writer({}, {"Shop", "Gate", "Lane", "Number"});
  for (std::size_t row = 0; row < rows; ++row) {
    // Each shop is there at least once.
    const std::uint64_t shop = row < 1100 ? row : draw.skewed(1100);
    writer.line({label("Shop", shop), label("Gate", row < 33 ? row : draw.skewed(33)),
                 label("Lane", row < 32 ? row : shop % 32), std::to_string(draw.below(100'000))});
  }
  return std::move(writer).text();
}

std::string joined_table(std::size_t rows) {
  Draw draw(13);
  Writer writer({}, {"City", "State", "Zip", "Amount", "Colour"});
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint64_t city = draw.skewed(60);
    const bool abroad = city % 7 == 3;
    writer.line({label("City", city), abroad ? "" : label("State", city % 8),
                 abroad ? "" : std::to_string(10'000 + 37 * city), currency(draw),
                 draw.one_of(kinds)});
  }
  return std::move(writer).text();
}

std::string wide_table(std::size_t rows) {
  constexpr std::size_t columns = 70;
  Draw draw(14);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < columns; ++i) names.push_back(fmt::format("Column {}", i));
  Writer writer({}, names);
  for (std::size_t row = 0; row < rows; ++row) {
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < columns; ++i) {
      switch (i % 5) {
        case 0:
          cells.push_back(currency(draw));
          break;
        case 1:
          cells.push_back(thousandths(draw));
          break;
        case 2:
          cells.push_back(std::to_string(draw.skewed(5 + i)));
          break;
        case 3:
          cells.push_back(clock(draw));
          break;
        default:
          cells.push_back(draw.one_of(kinds));
      }
    }
    writer.line(cells);
  }
  return std::move(writer).text();
}

std::string one_number_table(std::size_t rows) {
  Draw draw(15);
  Writer writer({}, {"Score"});
  for (std::size_t row = 0; row < rows; ++row) writer.line({thousandths(draw)});
  return std::move(writer).text();
}

std::string one_label_table(std::size_t rows) {
  Draw draw(16);
  Writer writer({}, {"Shop"});
  for (std::size_t row = 0; row < rows; ++row) writer.line({label("Shop", draw.skewed(50))});
  return std::move(writer).text();
}

std::string two_rows_table() {
  return "Amount,Score,Count,Kind\n$2.00,0.5,1,debit\n$4.50,1.25,3,credit\n";
}

}  // namespace cuvae::test
