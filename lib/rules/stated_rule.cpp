#include "rules/stated_rule.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

#include <cuvae/error.hpp>

#include "text/display.hpp"

namespace cuvae {
namespace {

constexpr std::string_view operators = "=<>+-*/,";
constexpr std::string_view blanks = " \t";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "12", "0.19": no sign, no exponent.
bool is_decimal(std::string_view text) {
  const std::size_t point = text.find('.');
  const auto digits = [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), is_digit);
  };
  if (point == std::string_view::npos) return digits(text);
  return digits(text.substr(0, point)) && digits(text.substr(point + 1));
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { next(); }

  std::vector<StatedRule> run() {
    std::vector<StatedRule> rules;
    do {
      one(rules);
    } while (take(","));
    if (!word_.empty() || quoted_) fail("has something behind its end");
    return rules;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::string word_;  // an operator, a number or a name; empty at the end
  bool quoted_ = false;
  bool operator_ = false;

  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(ErrorKind::usage,
                fmt::format("the rule {} {}; write it as low <= high, total = qty * price or "
                            "net = gross - tax, with names that hold blanks or operators in double "
                            "quotes",
                            in_quotes(text_), problem));
  }

  void next() {
    word_.clear();
    quoted_ = operator_ = false;
    at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size());
    if (at_ == text_.size()) return;
    const char first = text_[at_];
    if (first == '"' || first == '`') return quoted_name(first);
    if (operators.find(first) != std::string_view::npos) {
      operator_ = true;
      const bool two = (first == '<' || first == '>' || first == '=') && at_ + 1 < text_.size() &&
                       text_[at_ + 1] == '=';
      word_ = text_.substr(at_, two ? 2 : 1);
      at_ += word_.size();
      return;
    }
    const std::size_t end =
        std::min(text_.find_first_of(fmt::format("{}{}", operators, blanks), at_), text_.size());
    word_ = text_.substr(at_, end - at_);
    at_ = end;
  }

  void quoted_name(char quote) {
    quoted_ = true;
    for (++at_;; ++at_) {
      if (at_ >= text_.size()) fail("has a quote that is not closed");
      if (text_[at_] == quote) {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != quote) break;
        ++at_;
      }
      word_ += text_[at_];
    }
    ++at_;
    if (word_.empty()) fail("has an empty name");
  }

  bool is_operator(std::string_view which) const { return operator_ && word_ == which; }
  bool take(std::string_view which) {
    if (!is_operator(which)) return false;
    next();
    return true;
  }

  std::string name() {
    if (operator_ || (word_.empty() && !quoted_)) fail("lacks the name of a column");
    std::string result = word_;
    next();
    return result;
  }

  void one(std::vector<StatedRule>& rules) {
    std::string left = name();
    if (take("=") || take("==")) {
      StatedRule& rule = rules.emplace_back();
      rule.target = std::move(left);
      rule.text = text_;
      expression(rule.terms);
      return;
    }
    if (is_operator("<") || is_operator(">")) {
      fail("compares strictly, which is not offered: take <= or >=");
    }
    if (!is_operator("<=") && !is_operator(">="))
      fail("has neither = nor <= behind its first name");
    const std::string order = word_;
    while (take(order)) {
      std::string right = name();
      StatedRule& rule = rules.emplace_back();
      rule.at_least = true;
      rule.text = text_;
      rule.target = order == "<=" ? right : left;
      rule.terms.emplace_back().columns.push_back(order == "<=" ? left : right);
      left = std::move(right);
    }
  }

  void expression(std::vector<StatedTerm>& terms) {
    bool negative = take("-");
    for (;;) {
      term(terms.emplace_back());
      if (negative) terms.back().factor.digits *= -1;
      if (take("+")) {
        negative = false;
      } else if (take("-")) {
        negative = true;
      } else {
        return;
      }
    }
  }

  void term(StatedTerm& term) {
    bool numbers = false;
    for (;;) {
      if (!quoted_ && is_decimal(word_)) {
        if (numbers) fail("multiplies two numbers; write their product");
        numbers = true;
        term.factor = decimal();
      } else {
        if (term.columns.size() == 2) fail("multiplies three columns; at most two can be");
        term.columns.push_back(name());
      }
      if (!take("*")) break;
    }
    if (!take("/")) return;
    if (quoted_ || !is_decimal(word_)) fail("divides by a column; only a number can divide");
    term.divisor = decimal();
    if (term.divisor.digits == 0) fail("divides by zero");
  }

  Decimal decimal() {
    constexpr std::size_t most_digits = 15;
    Decimal result;
    const std::size_t point = word_.find('.');
    std::string digits = word_;
    if (point != std::string::npos) {
      digits.erase(point, 1);
      result.decimals = static_cast<int>(word_.size() - point - 1);
    }
    if (digits.size() > most_digits) {
      fail(fmt::format("has a number of more than {} digits", most_digits));
    }
    result.digits = std::strtoll(digits.c_str(), nullptr, 10);
    next();
    return result;
  }
};

}  // namespace

std::vector<StatedRule> parse_rule(std::string_view text) {
  return Parser(text).run();
}

std::string rule_name(std::string_view name) {
  const bool plain = !name.empty() && !is_decimal(name) &&
                     name.find('"') == std::string_view::npos &&
                     name.find('`') == std::string_view::npos &&
                     name.find_first_of(operators) == std::string_view::npos &&
                     name.find_first_of(blanks) == std::string_view::npos;
  if (plain) return std::string(name);
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace cuvae
