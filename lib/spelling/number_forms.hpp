// The spelling of a column of numbers: its forms, and what they share.
#pragma once

#include <vector>

#include "spelling/number_template.hpp"
#include "spelling/spelling.hpp"

namespace cuvae {

class NumberSpelling final : public Spelling {
 public:
  static constexpr std::size_t most_forms = 64;

  // One form at least; most frequent first.
  NumberSpelling(NumberStyle style, std::vector<NumberTemplate> forms);

  const NumberStyle& style() const { return style_; }
  const std::vector<NumberTemplate>& templates() const { return forms_; }

  ColumnKind kind() const override { return ColumnKind::continuous; }
  std::uint32_t forms() const override { return static_cast<std::uint32_t>(forms_.size()); }

  // Of the forms that spell the cell, the one with the fewest decimals; the first of these.
  std::optional<SpelledCell> parse(std::string_view cell) const override;

  // A form that does not exist is the first one.
  char* spell(char* out, const SpelledCell& cell) const override;
  std::size_t most_bytes() const override { return most_bytes_; }

  std::vector<SpellingPart> parts() const override;
  void split(double number, double* parts) const override { parts[0] = number; }
  double join(const double* parts) const override { return parts[0]; }
  std::optional<double> number_in(std::string_view text) const override;
  std::string description() const override;
  nlohmann::json to_json() const override;

 private:
  std::string example(double number) const;

  NumberStyle style_;
  std::vector<NumberTemplate> forms_;
  std::vector<std::uint32_t> by_decimals_;  // [forms] those that parse() tries first
  std::size_t most_bytes_ = 0;
};

// Whether a cell's number has the sign of a negative one, by what stands around it; nothing where
// that contradicts itself.
std::optional<double> signed_value(const NumberCell& cell);

}  // namespace cuvae
