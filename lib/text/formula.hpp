// Cells that a spreadsheet would run when it opens the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <cuvae/schema.hpp>
#include <cuvae/table.hpp>

namespace cuvae {

// Starts with = + - @, a tab or a carriage return, and is no number.
bool is_formula(std::string_view cell);

// A quote before such a cell makes spreadsheets take it as text; other cells stay.
std::string without_formula(const std::string& cell);

// The same for the names and labels of a schema.
Schema without_formulas(Schema schema);

// Takes these quotes away from the names and labels of a table that was written with them.
void restore_formulas(Table& table);

// Cells of a table that are formulas.
std::uint64_t count_formulas(const Table& table);

}  // namespace cuvae
