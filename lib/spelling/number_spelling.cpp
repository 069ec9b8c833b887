#include "spelling/number_spelling.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <unordered_map>
#include <utility>

#include "spelling/new_numbers.hpp"
#include "spelling/number_around.hpp"
#include "spelling/number_decimals.hpp"
#include "spelling/number_forms.hpp"
#include "spelling/number_marks.hpp"

namespace cuvae {
namespace {

// Columns of at most so many distinct numbers get no new ones: the tokenizer keeps each of them
// (most_exact_values there).
constexpr std::size_t most_exact_numbers = 4096;

constexpr int any = -1;

struct ReadCell {
  NumberCell number;
  double value = 0;  // with the sign
  std::uint64_t count = 0;
  std::uint32_t around = 0;  // of the column's

  NumberSide side() const {
    if (value == 0) return NumberSide::zero;
    return value < 0 ? NumberSide::negative : NumberSide::positive;
  }
  bool is_whole() const { return value == std::trunc(value); }
  CellDecimals decimals() const {
    return {number.decimals,
            number.trailing_zeros,
            number.significant,
            number.whole_digits,
            is_whole(),
            value == 0,
            count};
  }
};

struct ReadColumn {
  NumberStyle style;
  std::vector<ReadCell> cells;
  std::vector<AroundCount> around;  // by side
  std::size_t distinct = 0;         // numbers
  std::uint64_t rows = 0;
  bool whole_only = true;
  bool negatives = false;
  bool grouped = false;
};

class AroundIndex {
 public:
  explicit AroundIndex(std::vector<AroundCount>& all) : all_(all) {}

  // Nothing where it has two signs.
  std::optional<std::uint32_t> add(std::string_view before, std::string_view behind,
                                   NumberSide side, std::uint64_t count) {
    std::string key(before);
    key += '0';
    key += behind;
    key += static_cast<char>('0' + static_cast<int>(side));
    const auto [at, is_new] = places_.try_emplace(key, static_cast<std::uint32_t>(all_.size()));
    if (is_new) {
      AroundCount one;
      one.around = {std::string(before), std::string(behind)};
      one.side = side;
      if (!find_sign(before, behind, one.parts)) return {};
      all_.push_back(std::move(one));
    }
    all_[at->second].count += count;
    return at->second;
  }

 private:
  std::vector<AroundCount>& all_;
  std::unordered_map<std::string, std::uint32_t> places_;
};

std::size_t count_distinct(const std::vector<ReadCell>& cells) {
  std::vector<double> values;
  values.reserve(cells.size());
  for (const ReadCell& cell : cells) values.push_back(cell.value + 0.0);
  std::sort(values.begin(), values.end());
  return static_cast<std::size_t>(std::unique(values.begin(), values.end()) - values.begin());
}

// More kinds of text around numbers than this are no way to spell numbers.
constexpr std::size_t most_around = 192;

bool read_cells(std::span<const CellCount> cells, std::string* note, ReadColumn& column) {
  std::vector<CellPieces> pieces(cells.size());
  MarksVote vote;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!take_apart(cells[i].text, pieces[i])) return false;
    if (!vote.add(pieces[i])) return false;
  }
  const std::optional<NumberMarks> marks = vote.marks(note);
  if (!marks) return false;
  column.style.marks = *marks;
  column.cells.resize(cells.size());
  std::vector<PaddedCell> padded;
  padded.reserve(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    ReadCell& cell = column.cells[i];
    if (!read_number(pieces[i], *marks, cell.number) || cell.number.code) return false;
    cell.count = cells[i].count;
    padded.push_back({cell.number.before, cell.number.behind, characters_of(cells[i].text)});
  }
  column.style.padding = learn_padding(padded);
  AroundIndex index(column.around);
  for (ReadCell& cell : column.cells) {
    const std::optional<double> value = signed_value(cell.number);
    if (!value) return false;
    cell.value = *value;
    strip_padding(column.style.padding, cell.number.before, cell.number.behind);
    const auto around = index.add(cell.number.before, cell.number.behind, cell.side(), cell.count);
    if (!around || column.around.size() > most_around) return false;
    cell.around = *around;
    column.rows += cell.count;
    column.whole_only = column.whole_only && cell.number.decimals == 0 && !cell.number.has_exponent;
    column.negatives = column.negatives || cell.value < 0;
    column.grouped = column.grouped || cell.number.grouped;
  }
  column.distinct = count_distinct(column.cells);
  return true;
}

bool has_plus(const ReadColumn& column) {
  return std::any_of(column.around.begin(), column.around.end(),
                     [](const AroundCount& one) { return one.parts.sign == CellSign::plus; });
}

// +49 123 456, 552 100 554: whole numbers of one length in threes.
bool are_phones(const ReadColumn& column) {
  if (!column.whole_only || column.negatives) return false;
  if (has_plus(column)) return true;
  constexpr int shortest_code = 7;
  const int digits = column.cells[0].number.whole_digits;
  return column.style.marks.group == " " && digits >= shortest_code &&
         std::all_of(column.cells.begin(), column.cells.end(),
                     [&](const ReadCell& cell) { return cell.number.whole_digits == digits; });
}

// Texts that are no unit, symbol or sign; names that make a category of a whole number ("3 stars").
bool are_names(const ReadColumn& column) {
  constexpr std::size_t most_categories = 10;
  std::vector<Around> names;
  for (const AroundCount& one : column.around) {
    if (!may_stand_around(one.parts.bare, column.whole_only)) return true;
    if (has_name(one.parts.bare)) names.push_back(one.parts.bare);
  }
  constexpr std::size_t most_names = 24;
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.size() > most_names) return true;
  if (!column.whole_only || names.empty()) return false;
  return names.size() > 1 || column.distinct < most_categories;
}

// 10E3, 5E12: codes rather than powers of ten.
bool are_exponent_codes(const ReadColumn& column) {
  bool some = false;
  for (const ReadCell& cell : column.cells) {
    if (!cell.number.has_exponent) continue;
    some = true;
    if (cell.number.point || cell.number.exponent_plus || cell.number.exponent_minus) return false;
  }
  return some;
}

// Versions (1.1 beside 1.10) and dotted codes (250.00 beside 401.9): plain digits that repeat, or
// numbers that are the same but for their zeros.
bool are_dotted_codes(const ReadColumn& column) {
  if (column.negatives || column.grouped || column.whole_only) return false;
  const bool plain =
      std::all_of(column.around.begin(), column.around.end(), [](const AroundCount& one) {
        return one.parts.sign == CellSign::none &&
               one.around.before.find_first_not_of(' ') == std::string::npos &&
               one.around.behind.find_first_not_of(' ') == std::string::npos;
      });
  if (!plain) return false;
  constexpr std::size_t most_codes = 1000;
  constexpr std::size_t repeats = 10;
  const std::size_t alike = column.cells.size() - column.distinct;
  if (alike * 5 > column.distinct) return true;
  return column.cells.size() <= most_codes && column.rows >= repeats * column.cells.size();
}

// When a number gets an exponent.
struct ExponentRule {
  bool any = false;    // some cell has one
  bool known = false;  // the number says whether
  int below = NumberTemplate::never_below;
  int from = NumberTemplate::always_below;
  NumberTemplate shape;  // letter and digits
  std::vector<CellDecimals> mantissas;
};

// The power of ten of a cell's first digit.
int power_of(double value) {
  return value == 0 ? 0 : static_cast<int>(std::floor(std::log10(std::abs(value)) + 1e-12));
}

int usual_limit(int low, int high, std::initializer_list<int> usual) {
  for (const int limit : usual) {
    if (limit >= low && limit <= high) return limit;
  }
  return high;
}

// False where the cells' exponents are written in several ways.
bool learn_exponents(const ReadColumn& column, ExponentRule& rule) {
  int lowest = NumberTemplate::always_below;  // of cells without an exponent
  int highest = NumberTemplate::never_below;
  bool plain = false;
  for (const ReadCell& cell : column.cells) {
    if (cell.number.has_exponent) continue;
    plain = true;
    if (cell.value == 0) continue;
    lowest = std::min(lowest, power_of(cell.value));
    highest = std::max(highest, power_of(cell.value));
  }
  int most_small = NumberTemplate::never_below;
  int least_large = NumberTemplate::always_below;
  std::optional<bool> plus;
  std::optional<char> letter;
  int digits = 4;
  rule.known = true;
  for (const ReadCell& cell : column.cells) {
    const NumberCell& number = cell.number;
    if (!number.has_exponent) continue;
    rule.any = true;
    if (number.whole_digits != 1 || number.grouped) return false;
    if (letter && *letter != number.exponent_letter) return false;
    letter = number.exponent_letter;
    if (!number.exponent_minus) {
      if (plus && *plus != number.exponent_plus) return false;
      plus = number.exponent_plus;
    }
    digits = std::min(digits, number.exponent_digits);
    CellDecimals mantissa = cell.decimals();
    mantissa.whole = number.decimals == number.trailing_zeros;
    rule.mantissas.push_back(mantissa);
    if (cell.value == 0) continue;
    const int power = power_of(cell.value);
    if (power < lowest) most_small = std::max(most_small, power);
    if (power > highest) least_large = std::min(least_large, power);
    if (power >= lowest && power <= highest) rule.known = false;
  }
  if (!rule.any) return true;
  rule.shape.exponent_letter = letter.value_or('e');
  rule.shape.exponent_plus = plus.value_or(digits > 1);
  rule.shape.exponent_digits = digits;
  if (!plain) {
    rule.below = NumberTemplate::always_below;
    return true;
  }
  if (most_small != NumberTemplate::never_below) {
    rule.below = usual_limit(most_small + 1, std::min(lowest, 0), {-4, -6, -5, -3});
  }
  if (least_large != NumberTemplate::always_below) {
    rule.from = usual_limit(highest + 1, least_large, {16, 21, 15, 6, 5});
  }
  return true;
}

// What of a form a cell decides; `any` where it would do with each.
struct Choice {
  int around = 0;
  int level = any;
  int point = any;
  int bare_point = any;
  int grouped = any;
  int exponent = any;

  auto operator<=>(const Choice&) const = default;
};

constexpr int Choice::*choices[] = {&Choice::level, &Choice::point, &Choice::bare_point,
                                    &Choice::grouped, &Choice::exponent};

// The forms of a column in one way to take its decimals.
class FormLearner {
 public:
  FormLearner(const ReadColumn& column, const ExponentRule& exponents)
      : column_(column), exponents_(exponents), around_(around_forms(column.around)) {
    find_places();
    for (const ReadCell& cell : column.cells) {
      if (!cell.number.has_exponent) decimals_.push_back(cell.decimals());
      if (cell.value == 0 && std::signbit(cell.value)) minus_zero_ = true;
    }
    find_group_from();
  }

  // Null where the column's cells are not what these forms spell.
  std::shared_ptr<const NumberSpelling> learn(std::span<const CellCount> cells, DecimalsTry way) {
    std::uint64_t rows = 0;
    for (const ReadCell& cell : column_.cells) rows += cell.count;
    const bool exact =
        column_.distinct <= most_exact_numbers && !nearly_unique(column_.distinct, rows);
    const auto rule = learn_decimals(decimals_, way, exact);
    const auto mantissas = learn_decimals(exponents_.mantissas, way, true);
    if (!rule || !mantissas || mantissas->levels.size() > 1) return nullptr;
    rule_ = *rule;
    mantissa_ = *mantissas;
    std::map<Choice, std::uint64_t> counts;
    for (const ReadCell& cell : column_.cells) counts[choice_of(cell)] += cell.count;
    const std::vector<NumberTemplate> forms = forms_of(counts);
    if (forms.size() > NumberSpelling::most_forms) return nullptr;
    return without_unused(NumberSpelling(column_.style, forms), cells);
  }

 private:
  // The form of each text around, the most frequent that has it.
  void find_places() {
    for (const AroundCount& one : column_.around) {
      const auto found = std::find_if(around_.begin(), around_.end(), [&](const AroundForm& form) {
        const Around& of_side = one.side == NumberSide::negative ? form.negative
                                : one.side == NumberSide::zero   ? form.zero
                                                                 : form.positive;
        return of_side == one.around;
      });
      places_.push_back(static_cast<int>(found - around_.begin()) %
                        static_cast<int>(around_.size()));
    }
  }

  // Some write 1234 but 12,345.
  void find_group_from() {
    bool four_grouped = false;
    bool four_plain = false;
    bool five_plain = false;
    for (const ReadCell& cell : column_.cells) {
      const int digits = cell.number.whole_digits;
      four_grouped = four_grouped || (digits == 4 && cell.number.grouped);
      four_plain = four_plain || (digits == 4 && !cell.number.grouped);
      five_plain = five_plain || (digits > 4 && !cell.number.grouped);
    }
    group_from_ = four_plain && !four_grouped && !five_plain ? 5 : 4;
  }

  Choice choice_of(const ReadCell& cell) const {
    const NumberCell& number = cell.number;
    Choice choice;
    choice.around = places_[cell.around];
    if (exponents_.any && !exponents_.known) choice.exponent = number.has_exponent ? 1 : 0;
    if (number.has_exponent) return choice;
    choice.level = rule_.level(cell.decimals()).value_or(any);
    if (number.decimals == 0) choice.point = number.point ? 1 : 0;
    if (number.decimals > 0 && std::abs(cell.value) < 1) {
      choice.bare_point = number.whole_digits == 0 ? 1 : 0;
    }
    if (number.whole_digits >= group_from_) choice.grouped = number.grouped ? 1 : 0;
    return choice;
  }

  std::vector<NumberTemplate> forms_of(const std::map<Choice, std::uint64_t>& counts) const {
    Choice usual;
    for (const auto member : choices) {
      std::map<int, std::uint64_t> tally;
      for (const auto& [choice, count] : counts) {
        if (choice.*member != any) tally[choice.*member] += count;
      }
      const auto most =
          std::max_element(tally.begin(), tally.end(),
                           [](const auto& a, const auto& b) { return a.second < b.second; });
      usual.*member = most == tally.end() ? 0 : most->first;
    }
    std::map<Choice, std::uint64_t> settled;
    for (const auto& [choice, count] : counts) {
      Choice one = choice;
      for (const auto member : choices) {
        if (one.*member == any) one.*member = usual.*member;
      }
      settled[one] += count;
    }
    std::vector<std::pair<Choice, std::uint64_t>> order(settled.begin(), settled.end());
    std::stable_sort(order.begin(), order.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    std::vector<NumberTemplate> forms;
    for (const auto& [choice, count] : order) {
      const NumberTemplate form = form_of(choice);
      if (std::find(forms.begin(), forms.end(), form) == forms.end()) forms.push_back(form);
    }
    return forms;
  }

  NumberTemplate form_of(const Choice& choice) const {
    NumberTemplate form;
    const AroundForm& around = around_[static_cast<std::size_t>(choice.around)];
    form.negative = around.negative;
    form.zero = around.zero;
    form.positive = around.positive;
    if (!rule_.levels.empty()) {
      form.decimals = rule_.levels[static_cast<std::size_t>(choice.level)];
    }
    form.bare_whole = rule_.bare_whole;
    form.bare_zero = rule_.bare_zero;
    form.minus_zero = minus_zero_;
    form.point_at_end = choice.point == 1;
    form.bare_point = choice.bare_point == 1;
    form.group_from = choice.grouped == 1 ? group_from_ : 0;
    if (!exponents_.any || (!exponents_.known && choice.exponent == 0)) return form;
    form.exponent_below = exponents_.known ? exponents_.below : NumberTemplate::always_below;
    if (exponents_.known) form.exponent_from = exponents_.from;
    if (!mantissa_.levels.empty()) form.mantissa = mantissa_.levels[0];
    form.exponent_letter = exponents_.shape.exponent_letter;
    form.exponent_plus = exponents_.shape.exponent_plus;
    form.exponent_digits = exponents_.shape.exponent_digits;
    return form;
  }

  // The forms that cells have, most frequent first, so that each cell has the first that spells it.
  static std::shared_ptr<const NumberSpelling> without_unused(const NumberSpelling& all,
                                                              std::span<const CellCount> cells) {
    std::vector<std::uint64_t> counts(all.forms());
    for (const CellCount& cell : cells) {
      const std::optional<SpelledCell> parsed = all.parse(cell.text);
      if (!parsed) return nullptr;
      counts[parsed->form] += cell.count;
    }
    std::vector<NumberTemplate> used;
    for (std::size_t form = 0; form < counts.size(); ++form) {
      if (counts[form] > 0) used.push_back(all.templates()[form]);
    }
    return std::make_shared<NumberSpelling>(all.style(), std::move(used));
  }

  const ReadColumn& column_;
  const ExponentRule& exponents_;
  std::vector<AroundForm> around_;
  std::vector<int> places_;  // of column_.around in around_
  std::vector<CellDecimals> decimals_;
  DecimalsRule rule_;
  DecimalsRule mantissa_;
  int group_from_ = 4;
  bool minus_zero_ = false;
};

}  // namespace

std::shared_ptr<const Spelling> learn_numbers(std::span<const CellCount> cells, std::string* note) {
  ReadColumn column;
  std::string said;
  if (cells.empty() || !read_cells(cells, &said, column)) return nullptr;
  if (are_phones(column) || are_names(column) || are_exponent_codes(column)) return nullptr;
  ExponentRule exponents;
  if (!learn_exponents(column, exponents)) return nullptr;
  FormLearner learner(column, exponents);
  for (const DecimalsTry way : {DecimalsTry::needed, DecimalsTry::shortest, DecimalsTry::free}) {
    if (way == DecimalsTry::free && are_dotted_codes(column)) return nullptr;
    if (auto spelling = learner.learn(cells, way)) {
      if (note) *note = said;
      return spelling;
    }
  }
  return nullptr;
}

std::shared_ptr<const Spelling> whole_number_spelling() {
  NumberTemplate form;
  form.negative.before = "-";
  return std::make_shared<NumberSpelling>(NumberStyle{}, std::vector{form});
}

}  // namespace cuvae
