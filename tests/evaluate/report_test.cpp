#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <set>

#include <cuvae/report.hpp>

#include "report/html.hpp"
#include "tables.hpp"

namespace cuvae {
namespace {

using testing::Cells;
using testing::make_column;
using testing::make_table;

constexpr std::size_t most_bytes = 1'000'000;

// Reads a page as strictly as a page without surprises allows; collects what it finds.
class PageScanner {
 public:
  explicit PageScanner(const std::string& page) : page_(page) {
    while (at_ < page_.size() && problem.empty()) {
      if (page_[at_] == '<') {
        scan_tag();
      } else {
        scan_text();
      }
    }
    if (problem.empty() && !open_.empty()) problem = "open at the end: " + open_.back();
  }

  std::string problem;
  std::map<std::string, std::set<std::string>> tags;  // with the attributes seen
  std::map<std::string, std::size_t> counts;
  std::vector<std::string> links;
  std::set<std::string> ids;
  std::string text;

 private:
  static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  }

  std::string name() {
    const std::size_t begin = at_;
    while (at_ < page_.size() &&
           (is_name(page_[at_]) || (page_[at_] >= 'A' && page_[at_] <= 'Z'))) {
      ++at_;
    }
    return page_.substr(begin, at_ - begin);
  }

  bool take(const std::string& expected) {
    if (page_.compare(at_, expected.size(), expected) != 0) return false;
    at_ += expected.size();
    return true;
  }

  void scan_text() {
    const std::size_t end = std::min(page_.find('<', at_), page_.size());
    const std::string part = page_.substr(at_, end - at_);
    if (!open_.empty() && open_.back() != "style" && part.find('>') != std::string::npos) {
      problem = "bare > in text: " + part;
    }
    text += part;
    at_ = end;
  }

  void scan_tag() {
    if (take("<!DOCTYPE html>")) return;
    ++at_;
    if (take("/")) {
      const std::string tag = name();
      if (open_.empty() || open_.back() != tag || !take(">")) {
        problem = "unexpected end of " + tag;
        return;
      }
      open_.pop_back();
      return;
    }
    const std::string tag = name();
    if (tag.empty()) {
      problem = "stray < before " + page_.substr(at_, 30);
      return;
    }
    ++counts[tag];
    tags[tag];
    while (take(" ")) scan_attribute(tag);
    if (take("/>")) return;
    if (!take(">")) problem = "tag " + tag + " does not end";
    open_.push_back(tag);
  }

  void scan_attribute(const std::string& tag) {
    const std::string attribute = name();
    if (attribute.empty() || !take("=\"")) {
      problem = "malformed attribute of " + tag;
      return;
    }
    const std::size_t end = page_.find('"', at_);
    const std::string value = page_.substr(at_, end - at_);
    if (value.find_first_of("<>") != std::string::npos) problem = "markup in attribute: " + value;
    tags[tag].insert(attribute);
    if (attribute == "href") links.push_back(value);
    if (attribute == "id" && !ids.insert(value).second) problem = "id twice: " + value;
    at_ = end + 1;
  }

  const std::string& page_;
  std::size_t at_ = 0;
  std::vector<std::string> open_;
};

const std::set<std::string> allowed_tags{
    "html",    "head",    "meta",  "title",   "style", "body",   "a",          "header",  "p",
    "h1",      "h2",      "h3",    "nav",     "ul",    "li",     "main",       "section", "article",
    "div",     "small",   "svg",   "rect",    "path",  "text",   "circle",     "g",       "span",
    "b",       "i",       "table", "caption", "thead", "tbody",  "tr",         "th",      "td",
    "details", "summary", "dl",    "dt",      "dd",    "figure", "figcaption", "footer"};

const std::set<std::string> allowed_attributes{"lang",
                                               "charset",
                                               "http-equiv",
                                               "content",
                                               "name",
                                               "class",
                                               "href",
                                               "id",
                                               "aria-label",
                                               "aria-labelledby",
                                               "aria-hidden",
                                               "role",
                                               "viewBox",
                                               "preserveAspectRatio",
                                               "x",
                                               "y",
                                               "width",
                                               "height",
                                               "rx",
                                               "cx",
                                               "cy",
                                               "r",
                                               "d",
                                               "style",
                                               "text-anchor",
                                               "transform",
                                               "stroke-opacity",
                                               "scope",
                                               "tabindex",
                                               "open"};

PageScanner expect_harmless(const std::string& page) {
  PageScanner scanner(page);
  EXPECT_EQ(scanner.problem, "");
  for (const auto& [tag, attributes] : scanner.tags) {
    EXPECT_TRUE(allowed_tags.contains(tag)) << tag;
    for (const std::string& attribute : attributes) {
      EXPECT_TRUE(allowed_attributes.contains(attribute)) << tag << " " << attribute;
    }
  }
  for (const std::string& link : scanner.links) {
    EXPECT_TRUE(link.starts_with('#') && scanner.ids.contains(link.substr(1))) << link;
  }
  EXPECT_LE(page.size(), most_bytes);
  for (const char* network : {"http:", "https:", "//", "url(", "@import", "javascript:"}) {
    EXPECT_EQ(page.find(network), std::string::npos) << network;
  }
  return scanner;
}

ReportInfo some_info() {
  ReportInfo info;
  info.title = "cards.csv";
  for (int epoch = 0; epoch < 15; ++epoch)
    info.history.push_back({1.0 / (epoch + 1), 0.01 * epoch});
  info.provenance = {{"Version", "0.1.0"}, {"Seed", "7"}};
  return info;
}

Evaluation compare(const Table& real, const Table& synthetic, const Table* holdout = nullptr) {
  Monitor monitor;
  return evaluate(real, synthetic, {holdout}, {DeviceChoice::Kind::cpu, 0, 2}, monitor);
}

Table ordinary_table(std::size_t rows) {
  Cells amounts;
  Cells months;
  Cells cities;
  for (std::size_t row = 0; row < rows; ++row) {
    amounts.push_back(row % 9 == 0 ? "" : fmt::format("${}.25", row * 37 % 500));
    months.push_back(fmt::format("{}", 1 + row * 5 % 12));
    cities.push_back(fmt::format("city {}", row * row % 31));
  }
  return make_table({make_column("Amount", ColumnKind::currency, amounts),
                     make_column("Month", ColumnKind::ordinal, months),
                     make_column("City", ColumnKind::label, cities)});
}

TEST(Report, HoldsEverySection) {
  const Table table = ordinary_table(400);
  const std::string page = html_report(compare(table, table, &table), some_info());
  const PageScanner scanner = expect_harmless(page);
  for (const char* id : {"scores", "columns", "associations", "numbers", "training", "privacy",
                         "provenance", "column-0", "column-1", "column-2"}) {
    EXPECT_TRUE(scanner.ids.contains(id)) << id;
  }
  EXPECT_EQ(scanner.counts.at("h1"), 1U);
  EXPECT_NE(scanner.text.find("cards.csv"), std::string::npos);
  EXPECT_NE(page.find("Content-Security-Policy"), std::string::npos);
  EXPECT_NE(page.find("prefers-color-scheme:dark"), std::string::npos);
  EXPECT_NE(page.find("<html lang=\"en\">"), std::string::npos);
}

TEST(Report, LeavesOutWhatThereIsNot) {
  const Table table = make_table({make_column("only", ColumnKind::label, {"a", "b"})});
  const PageScanner scanner = expect_harmless(html_report(compare(table, table), {}));
  for (const char* id : {"associations", "training", "privacy", "provenance"}) {
    EXPECT_FALSE(scanner.ids.contains(id)) << id;
  }
}

TEST(Report, EveryDrawingHasAnAlternativeText) {
  const Table table = ordinary_table(400);
  const std::string page = html_report(compare(table, table, &table), some_info());
  std::size_t drawings = 0;
  for (std::size_t at = page.find("<svg"); at != std::string::npos;
       at = page.find("<svg", at + 1)) {
    const std::string tag = page.substr(at, page.find('>', at) - at);
    EXPECT_NE(tag.find("role=\"img\""), std::string::npos) << tag;
    EXPECT_NE(tag.find("aria-label=\""), std::string::npos) << tag;
    EXPECT_EQ(tag.find("aria-label=\"\""), std::string::npos) << tag;
    ++drawings;
  }
  EXPECT_GT(drawings, 8U);
  EXPECT_NE(page.find("class=\"cumulative\""), std::string::npos);
}

TEST(Report, ShowsMissingCellsOnlyWhereThereAreSome) {
  const Table some = make_table({make_column("Place", ColumnKind::label, {"a", "", "b", "a"}),
                                 make_column("Full", ColumnKind::label, {"a", "c", "b", "a"})});
  const std::string page = html_report(compare(some, some), {});
  EXPECT_TRUE(expect_harmless(page).ids.contains("missing"));
  const std::size_t at = page.find("Shares of missing cells");
  ASSERT_NE(at, std::string::npos);
  const std::string table = page.substr(at, page.find("</table>", at) - at);
  EXPECT_NE(table.find("<b>Place</b>"), std::string::npos);
  EXPECT_NE(table.find("25.0 %"), std::string::npos);
  EXPECT_EQ(table.find("Full"), std::string::npos);

  const Table none = make_table({make_column("Place", ColumnKind::label, {"a", "b"})});
  EXPECT_FALSE(expect_harmless(html_report(compare(none, none), {})).ids.contains("missing"));
}

TEST(Report, HostileNamesAndLabelsStayText) {
  const Cells hostile{"<script>alert(1)</script>",
                      "\"><img src=x onerror=alert(1)>",
                      "' onload='alert(1)",
                      "]]></style></svg><script>",
                      "<!-- ",
                      "--><b>",
                      "&lt;script&gt;",
                      "\xFF\xFE\x80<",
                      std::string("nul\0<i>", 7),
                      "\u202Edetrever\u2066",
                      "\x1B[31m",
                      "\r\n<h1>",
                      "{{7*7}}${7*7}<%= 7 %>",
                      "javascript:alert(1)",
                      std::string(5000, '<')};
  std::vector<Column> columns;
  for (std::size_t i = 0; i < hostile.size(); ++i) {
    columns.push_back(
        make_column(hostile[i], i % 2 == 0 ? ColumnKind::label : ColumnKind::ordinal, hostile));
  }
  const Table table = make_table(std::move(columns));
  ReportInfo info = some_info();
  info.title = hostile[1] + hostile[0];
  for (const std::string& text : hostile) info.provenance.emplace_back(text, text);
  PageScanner scanner(html_report(compare(table, table), info));
  EXPECT_EQ(scanner.problem, "");
  for (const auto& [tag, attributes] : scanner.tags) {
    EXPECT_TRUE(allowed_tags.contains(tag)) << tag;
    for (const std::string& attribute : attributes) {
      EXPECT_TRUE(allowed_attributes.contains(attribute)) << tag << " " << attribute;
    }
  }
  EXPECT_EQ(scanner.counts.at("h1"), 1U);
  for (const char* raw : {"\u202E", "\u2066", "\x1B", "\xFF"}) {
    EXPECT_EQ(scanner.text.find(raw), std::string::npos);
  }
  EXPECT_NE(scanner.text.find("&lt;script&gt;alert(1)&lt;/script&gt;"), std::string::npos);
  EXPECT_NE(scanner.text.find("&amp;lt;script&amp;gt;"), std::string::npos);
}

TEST(Report, IsAtMostAMegabyteForAHundredColumns) {
  std::vector<Column> columns;
  const std::string long_text(980, '"');  // each comes out as six bytes
  for (std::size_t i = 0; i < 100; ++i) {
    Cells cells;
    for (std::size_t row = 0; row < 120; ++row) {
      const std::size_t x = row * (i + 3) % (i % 2 == 0 ? 120 : 45);
      cells.push_back(i % 3 == 0 ? fmt::format("{}.5", x) : fmt::format("{}{}", long_text, x));
    }
    columns.push_back(make_column(fmt::format("{} {}", long_text, i),
                                  i % 3 == 0 ? ColumnKind::continuous : ColumnKind::label, cells));
  }
  const Table table = make_table(std::move(columns));
  ReportInfo info = some_info();
  info.history.assign(10000, {0.5, 0.1});
  const PageScanner scanner =
      expect_harmless(html_report(compare(table, testing::slice(table, 10, 70)), info));
  EXPECT_TRUE(scanner.ids.contains("column-99"));
}

TEST(Report, IsAtMostAMegabyteForAThousandColumns) {
  Evaluation evaluation;
  evaluation.real_rows = evaluation.synthetic_rows = 1;
  for (int i = 0; i < 1024; ++i) {
    ColumnMetrics column;
    column.name = fmt::format("column {}", i);
    column.histogram.labels = {"a", "b"};
    column.histogram.real = {0.5, 0.5};
    column.histogram.synthetic = {0.25, 0.75};
    evaluation.columns.push_back(column);
  }
  for (auto* matrix : {&evaluation.associations.real, &evaluation.associations.synthetic,
                       &evaluation.associations.similarity}) {
    for (std::size_t cell = 0; cell < 1024 * 1024; ++cell) {
      matrix->push_back(static_cast<double>(cell * 7919 % 1000) / 1000);
    }
  }
  expect_harmless(html_report(evaluation, some_info()));
}

TEST(Report, BearsNumbersThatAreNotFinite) {
  const Table constant = make_table({make_column("a", ColumnKind::continuous, {"1.5", "1.5"}),
                                     make_column("b", ColumnKind::continuous, {"2.5", "2.5"}),
                                     make_column("c", ColumnKind::label, {"", ""})});
  ReportInfo info;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  info.history = {{nan, nan}, {std::numeric_limits<double>::infinity(), 1}};
  const PageScanner scanner = expect_harmless(html_report(compare(constant, constant), info));
  EXPECT_EQ(scanner.text.find("nan"), std::string::npos);
  EXPECT_EQ(scanner.text.find("inf"), std::string::npos);
}

TEST(Html, EscapesTextAndAttributes) {
  Html html(100);
  {
    const auto element = html.element("p", {{"title", "a\"b<c>&'d"}, {"width", 1.5}});
    html.text("<&>\"'");
    html.single("meta", {{"name", "x"}});
  }
  EXPECT_EQ(html.take(),
            "<p title=\"a&quot;b&lt;c&gt;&amp;&#39;d\" width=\"1.5\">&lt;&amp;&gt;&quot;&#39;"
            "<meta name=\"x\"/></p>");
}

}  // namespace
}  // namespace cuvae
