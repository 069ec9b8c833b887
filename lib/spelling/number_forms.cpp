#include "spelling/number_forms.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <utility>

#include "spelling/number_around.hpp"
#include "text/cell_format.hpp"

namespace cuvae {
namespace {

// Most forms of a column differ in what this looks at; the rest is spelled and compared.
bool may_spell(const NumberTemplate& form, const NumberCell& cell) {
  const bool exponent = form.exponent_below != NumberTemplate::never_below ||
                        form.exponent_from != NumberTemplate::always_below;
  if (cell.has_exponent) return exponent;
  if (form.exponent_below == NumberTemplate::always_below) return false;
  const bool bare = (form.bare_whole || form.bare_zero) && cell.decimals == 0;
  return (bare || cell.decimals >= form.decimals.least) &&
         (form.decimals.most == DecimalsRange::shortest || cell.decimals <= form.decimals.most);
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool is_known(const Around& bare, const std::vector<NumberTemplate>& forms) {
  const auto before = trimmed(bare.before);
  const auto behind = trimmed(bare.behind);
  if (before.empty() && behind.empty()) return true;
  return std::any_of(forms.begin(), forms.end(), [&](const NumberTemplate& form) {
    SignedAround known;
    return find_sign(form.positive.before, form.positive.behind, known) &&
           (before.empty() || before == trimmed(known.bare.before)) &&
           (behind.empty() || behind == trimmed(known.bare.behind));
  });
}

}  // namespace

std::optional<double> signed_value(const NumberCell& cell) {
  SignedAround around;
  if (!find_sign(cell.before, cell.behind, around)) return {};
  return around.sign == CellSign::minus ? -cell.value : cell.value;
}

NumberSpelling::NumberSpelling(NumberStyle style, std::vector<NumberTemplate> forms)
    : style_(std::move(style)), forms_(std::move(forms)) {
  for (const NumberTemplate& form : forms_) {
    by_decimals_.push_back(static_cast<std::uint32_t>(by_decimals_.size()));
    most_bytes_ = std::max(most_bytes_, most_bytes_of(form, style_));
  }
  const auto most = [this](std::uint32_t form) {
    const int decimals = forms_[form].decimals.most;
    return decimals == DecimalsRange::shortest ? std::numeric_limits<int>::max() : decimals;
  };
  std::stable_sort(by_decimals_.begin(), by_decimals_.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return most(a) < most(b); });
}

std::optional<SpelledCell> NumberSpelling::parse(std::string_view cell) const {
  CellPieces pieces;
  NumberCell read;
  if (!take_apart(cell, pieces) || !read_number(pieces, style_.marks, read)) return {};
  const std::optional<double> value = signed_value(read);
  if (!value) return {};
  std::string text(most_bytes_, '\0');
  for (const std::uint32_t form : by_decimals_) {
    if (!may_spell(forms_[form], read)) continue;
    const char* const end = spell_number(text.data(), *value, forms_[form], style_);
    if (cell == std::string_view(text.data(), static_cast<std::size_t>(end - text.data()))) {
      return SpelledCell{*value, form};
    }
  }
  return {};
}

char* NumberSpelling::spell(char* out, const SpelledCell& cell) const {
  const std::size_t form = cell.form < forms_.size() ? cell.form : 0;
  return spell_number(out, cell.number, forms_[form], style_);
}

std::vector<SpellingPart> NumberSpelling::parts() const {
  SpellingPart part;
  for (const NumberTemplate& form : forms_) {
    const bool exponent = form.exponent_below != NumberTemplate::never_below ||
                          form.exponent_from != NumberTemplate::always_below;
    if (exponent || form.decimals.most == DecimalsRange::shortest) {
      part.decimals = -1;
      break;
    }
    part.decimals = std::max(part.decimals, form.decimals.most);
  }
  return {part};
}

std::optional<double> NumberSpelling::number_in(std::string_view text) const {
  text = trimmed(text);
  CellPieces pieces;
  NumberCell read;
  SignedAround around;
  if (take_apart(text, pieces) && read_number(pieces, style_.marks, read) &&
      find_sign(read.before, read.behind, around) && is_known(around.bare, forms_)) {
    return around.sign == CellSign::minus ? -read.value : read.value;
  }
  return cuvae::number_in(text);
}

std::string NumberSpelling::example(double number) const {
  std::string text(most_bytes_, '\0');
  text.resize(static_cast<std::size_t>(spell(text.data(), {number, 0}) - text.data()));
  return text;
}

std::string NumberSpelling::description() const {
  constexpr double positive = 1234.5;
  std::string text = fmt::format("numbers as '{}'", example(positive));
  const std::string negative = example(-positive);
  if (negative != fmt::format("-{}", example(positive))) text += fmt::format(" and '{}'", negative);
  if (forms_.size() > 1) text += fmt::format(", in {} forms", forms_.size());
  return text;
}

}  // namespace cuvae
