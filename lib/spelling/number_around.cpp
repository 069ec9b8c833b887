#include "spelling/number_around.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "text/utf8.hpp"

namespace cuvae {
namespace {

constexpr std::size_t most_bytes_around = 24;

std::size_t blanks_at_start(std::string_view text) {
  return std::min(text.find_first_not_of(' '), text.size());
}

std::size_t blanks_at_end(std::string_view text) {
  const std::size_t last = text.find_last_not_of(' ');
  return last == std::string_view::npos ? text.size() : text.size() - last - 1;
}

std::size_t blanks_of(Padding::Place place, const PaddedCell& cell) {
  switch (place) {
    case Padding::Place::start:
      return blanks_at_start(cell.before);
    case Padding::Place::inside: {
      const std::size_t blanks = blanks_at_end(cell.before);
      return blanks == cell.before.size() ? 0 : blanks;
    }
    case Padding::Place::end:
      return blanks_at_end(cell.behind);
    case Padding::Place::none:
      break;
  }
  return 0;
}

std::optional<Padding> padding_at(Padding::Place place, std::span<const PaddedCell> cells) {
  Padding padding;
  padding.place = place;
  std::size_t least = SIZE_MAX;
  std::size_t most = 0;
  for (const PaddedCell& cell : cells) {
    least = std::min(least, blanks_of(place, cell));
    most = std::max(most, blanks_of(place, cell));
  }
  if (least == most || most > static_cast<std::size_t>(NumberStyle::most_width)) return {};
  for (const PaddedCell& cell : cells) {
    if (blanks_of(place, cell) == least) continue;
    if (padding.width != 0 && padding.width != cell.characters) return {};
    padding.width = cell.characters;
  }
  if (padding.width > NumberStyle::most_width) return {};
  const bool lined_up = std::all_of(cells.begin(), cells.end(), [&](const PaddedCell& cell) {
    return cell.characters >= padding.width;
  });
  if (!lined_up) return {};
  padding.least = static_cast<int>(least);
  return padding;
}

std::string without_blanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

bool has_name_letter(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_letter_at(text, at)) return true;
  }
  return false;
}

using Sides = std::vector<const AroundCount*>;

void sort_by_count(Sides& side) {
  std::sort(side.begin(), side.end(), [](const AroundCount* a, const AroundCount* b) {
    return a->count != b->count ? a->count > b->count : a->around < b->around;
  });
}

const AroundCount* take_alike(Sides& side, const Around& bare) {
  const auto found = std::find_if(side.begin(), side.end(),
                                  [&](const AroundCount* one) { return one->parts.bare == bare; });
  if (found == side.end()) return nullptr;
  const AroundCount* const one = *found;
  side.erase(found);
  return one;
}

// A minus sign before all but the blanks.
Around negated(const Around& bare) {
  Around around = bare;
  around.before.insert(blanks_at_start(around.before), 1, '-');
  return around;
}

void add_forms(Sides negative, Sides zero, Sides positive, std::vector<AroundForm>& forms) {
  for (Sides* side : {&negative, &zero, &positive}) sort_by_count(*side);
  const std::size_t first = forms.size();
  const Around* usual_negative = negative.empty() ? nullptr : &negative[0]->around;
  for (const AroundCount* one : positive) {
    const AroundCount* const other = take_alike(negative, one->parts.bare);
    AroundForm form{{}, one->around, one->around, one->count};
    form.negative = other            ? other->around
                    : usual_negative ? *usual_negative
                                     : negated(one->parts.bare);
    if (other) form.count += other->count;
    forms.push_back(form);
  }
  for (const AroundCount* one : negative) {
    AroundForm form{one->around, {}, {}, one->count};
    form.positive = positive.empty() ? one->parts.bare : positive[0]->around;
    form.zero = form.positive;
    forms.push_back(form);
  }
  if (zero.size() == 1 && forms.size() > first) {
    for (std::size_t i = first; i < forms.size(); ++i) forms[i].zero = zero[0]->around;
    forms[first].count += zero[0]->count;
    return;
  }
  for (const AroundCount* one : zero) {
    const auto alike =
        std::find_if(forms.begin() + static_cast<std::ptrdiff_t>(first), forms.end(),
                     [&](const AroundForm& form) { return form.zero == one->around; });
    if (alike != forms.end()) continue;
    AroundForm form{{}, one->around, one->around, one->count};
    form.negative = usual_negative ? *usual_negative : negated(one->parts.bare);
    if (!positive.empty()) form.positive = positive[0]->around;
    forms.push_back(form);
  }
}

}  // namespace

Padding learn_padding(std::span<const PaddedCell> cells) {
  for (const Padding::Place place :
       {Padding::Place::start, Padding::Place::inside, Padding::Place::end}) {
    if (const std::optional<Padding> padding = padding_at(place, cells)) return *padding;
  }
  return {};
}

void strip_padding(const Padding& padding, std::string_view& before, std::string_view& behind) {
  switch (padding.place) {
    case Padding::Place::none:
      break;
    case Padding::Place::start:
      before.remove_prefix(blanks_at_start(before));
      break;
    case Padding::Place::inside:
      before.remove_suffix(blanks_at_end(before));
      break;
    case Padding::Place::end:
      behind.remove_suffix(blanks_at_end(behind));
      break;
  }
}

std::vector<AroundForm> around_forms(std::span<const AroundCount> counts) {
  // Blanks aside, what stands around numbers of both signs is the same.
  std::map<std::pair<std::string, std::string>, std::array<Sides, 3>> groups;
  for (const AroundCount& one : counts) {
    const auto key =
        std::pair(without_blanks(one.parts.bare.before), without_blanks(one.parts.bare.behind));
    groups[key][static_cast<std::size_t>(one.side)].push_back(&one);
  }
  std::vector<AroundForm> forms;
  for (const auto& [key, sides] : groups) add_forms(sides[0], sides[1], sides[2], forms);
  std::stable_sort(forms.begin(), forms.end(),
                   [](const AroundForm& a, const AroundForm& b) { return a.count > b.count; });
  return forms;
}

bool may_stand_around(const Around& bare, bool whole_only) {
  const std::string before = without_blanks(bare.before);
  const std::string behind = without_blanks(bare.behind);
  if (bare.before.size() > most_bytes_around || bare.behind.size() > most_bytes_around)
    return false;
  if (!is_utf8(bare.before) || !is_utf8(bare.behind)) return false;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; };
  if (std::any_of(before.begin(), before.end(), is_control)) return false;
  if (std::any_of(behind.begin(), behind.end(), is_control)) return false;
  if (before.find_first_of("#_/\\:@&=|;*") != std::string::npos) return false;
  if (behind.find_first_of("#_\\:@&=|;*?!") != std::string::npos) return false;
  if (behind.starts_with('-') || behind.starts_with('.') || behind.starts_with(',')) return false;
  if (!has_name_letter(before) || is_currency_name(before)) return true;
  return !whole_only && bare.before.ends_with(' ');
}

bool has_name(const Around& bare) {
  const std::string before = without_blanks(bare.before);
  return has_name_letter(bare.behind) || (has_name_letter(before) && !is_currency_name(before));
}

int characters_of(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace cuvae
