// Numbers as people read them.
#pragma once

#include <string>

#include <cuvae/evaluate.hpp>

namespace cuvae {

std::string whole_number(std::uint64_t number);  // 2,000,000
std::string score_text(double score);            // 0.824; a dash where there is none
std::string nats_text(double nats);              // 0.0035, 1.24
std::string percent_text(double share);          // 11.3 %, 0.05 %, < 0.01 %

// What a reader calls a column's closeness: 1 - KS or 1 - TV.
double shape_score(const ColumnMetrics& column);

}  // namespace cuvae
