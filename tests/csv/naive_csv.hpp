// A CSV reader that is as plain as can be, and the reference's rules over its cells.
#pragma once

#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <cuvae/table.hpp>

namespace naive {

using Rows = std::vector<std::vector<std::string>>;

inline Rows parse(const std::string& text, char delimiter) {
  Rows rows(1, std::vector<std::string>(1));
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    std::string& cell = rows.back().back();
    if (quoted) {
      if (c != '"') {
        cell += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        cell += text[++i];
      } else {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == delimiter) {
      rows.back().emplace_back();
    } else if (c == '\n' || (c == '\r' && (i + 1 == text.size() || text[i + 1] == '\n'))) {
      i += c == '\r';
      rows.emplace_back(1);
    } else {
      cell += c;
    }
  }
  while (!rows.empty() && rows.back().size() == 1 && rows.back()[0].empty()) rows.pop_back();
  return rows;
}

inline bool all_digits(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

inline std::string unsigned_part(const std::string& text) {
  return !text.empty() && (text[0] == '-' || text[0] == '+') ? text.substr(1) : text;
}

inline bool is_whole(const std::string& text) {
  const std::string rest = unsigned_part(text);
  const std::size_t point = rest.find('.');
  if (point == std::string::npos) return all_digits(rest);
  return all_digits(rest.substr(0, point)) &&
         rest.find_first_not_of('0', point + 1) == std::string::npos;
}

inline bool is_number(const std::string& text) {
  if (unsigned_part(text).find_first_not_of("0123456789.eE+-") != std::string::npos) return false;
  if (text.empty()) return false;
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return *end == '\0' && std::isfinite(value);
}

inline std::string without_dollars(const std::string& text) {
  std::string rest;
  for (const char c : text) {
    if (c != '$') rest += c;
  }
  return rest;
}

inline long double whole(const std::string& text) {
  return std::strtold(text.substr(0, text.find('.')).c_str(), nullptr);
}

// Tokens where the pattern has 'd'.
inline bool looks_like(const std::string& text, const std::string& pattern) {
  if (text.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (pattern[i] == 'd' ? !digit : text[i] != pattern[i]) return false;
  }
  return true;
}

template <class F>
bool all(const std::set<std::string>& cells, F&& f) {
  for (const std::string& cell : cells) {
    if (!f(cell)) return false;
  }
  return true;
}

inline cuvae::ColumnKind kind_of(const std::set<std::string>& present) {
  using cuvae::ColumnKind;
  if (present.empty()) return ColumnKind::label;
  if (all(present, [](const std::string& c) {
        return (c.rfind("$", 0) == 0 || c.rfind("-$", 0) == 0) && is_number(without_dollars(c));
      })) {
    return ColumnKind::currency;
  }
  if (all(present, is_whole)) {
    const bool exact = all(
        present, [](const std::string& c) { return std::abs(whole(c)) <= 9007199254740992.0L; });
    return exact ? ColumnKind::ordinal : ColumnKind::label;
  }
  if (all(present, is_number)) return ColumnKind::continuous;
  const bool times = all(present, [](const std::string& c) {
    return looks_like(c, "dd:dd") || looks_like(c, "dd:dd:dd");
  });
  const bool dates = all(present, [](const std::string& c) { return looks_like(c, "dddd-dd-dd"); });
  return times || dates ? ColumnKind::ordinal : ColumnKind::label;
}

inline std::vector<std::string> labels_of(const std::set<std::string>& present, bool missing) {
  std::vector<std::string> labels;
  if (all(present, is_whole)) {
    // long double holds 64 bits: enough for the values the tests make.
    std::map<std::pair<long double, std::string>, int> ordered;
    for (const std::string& cell : present) ordered[{whole(cell), cell}] = 0;
    for (const auto& entry : ordered) labels.push_back(entry.first.second);
  } else {
    labels.assign(present.begin(), present.end());
  }
  if (missing) labels.emplace_back();
  return labels;
}

}  // namespace naive
