// What few rows have is not learned: rare labels become others, the ends of numbers are cut.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <cuvae/table.hpp>

namespace cuvae {

struct ProtectOptions {
  // Labels of fewer rows, and numbers beyond those that so many rows reach, are not emitted. Not
  // set: usual_rare in label columns most of which are rare labels, and nothing elsewhere.
  std::optional<std::uint32_t> rare;
  std::string person;  // column of people; "": each row is one. People are counted, not rows
  bool star = false;   // rare labels become "*", not frequent ones
};

inline constexpr std::uint32_t usual_rare = 5;

// What was protected in a column, or would be.
struct ProtectedColumn {
  std::string name;
  bool done = false;         // not: rare labels are there and stay
  std::uint64_t labels = 0;  // that are rare
  std::uint64_t rows = 0;    // that have one of them, or a number beyond the ends
};

struct Protection {
  std::uint32_t rare = usual_rare;
  std::vector<ProtectedColumn> columns;  // those with something rare
  std::vector<std::string> notes;        // for people, naming options as `option`
};

// Rows keep their place. A rare label becomes a frequent one of those that begin like it, else any,
// in proportion to their rows, drawn by the row's number; "*" where none is frequent. Missing cells
// stay missing. Keys are not looked at, nor is the column of people.
// Throws Error(usage) where there is no column of people of that name.
Protection protect(Table& table, const ProtectOptions& options);

// What protect() would find among labels, without changing anything; columns of numbers are not
// looked at.
Protection rare_labels(const Table& table, const ProtectOptions& options);

}  // namespace cuvae
