#include "spelling/instant_shape.hpp"

#include <algorithm>
#include <string>

#include "spelling/instant_words.hpp"

namespace cuvae {
namespace {

using Field = InstantField;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr std::string_view no_break_space = "\xc2\xa0";
constexpr std::string_view narrow_no_break_space = "\xe2\x80\xaf";

// A number or a month's name in a date, and what stands before it.
struct DateValue {
  char kind = '\0';  // d: one or two digits, Y: four, M: a name
  std::string_view before{};
  std::string_view text{};
};

class ShapeFinder {
 public:
  explicit ShapeFinder(std::string_view cell)
      : rest_(cell.substr(0, cell.find_last_not_of(' ') + 1)), behind_(cell.substr(rest_.size())) {}

  std::optional<InstantShape> find() {
    while (rest_.starts_with(' ') && padding_of(rest_) == 0) put_text(take(1));
    if (!weekday()) return std::nullopt;
    const std::string_view start = rest_;
    const InstantShape before = shape_;
    if (compact_date() || date()) {
      if (!rest_.empty() && !(between() && time(false))) return std::nullopt;
    } else {
      rest_ = start;
      shape_ = before;
      const bool found = has_weekday_ || !is_digit_or_blank() ? day_of_c() : time(true);
      if (!found) return std::nullopt;
    }
    if (!rest_.empty()) return std::nullopt;
    put_text(behind_);
    return shape_;
  }

 private:
  std::string_view rest_;
  std::string_view behind_;  // blanks at the end
  InstantShape shape_;
  bool has_weekday_ = false;
  bool is_compact_ = false;

  bool is_digit_or_blank() const { return rest_.starts_with(' ') || digits_ahead(rest_) > 0; }

  void put(InstantElement element) { shape_.format.elements.push_back(std::move(element)); }
  void put(Field field) { put(InstantElement{.field = field}); }
  void put_text(std::string_view text) {
    auto& elements = shape_.format.elements;
    if (text.empty()) return;
    if (elements.empty() || elements.back().field != Field::text) elements.emplace_back();
    elements.back().text += text;
  }

  std::size_t digits_ahead(std::string_view text) const {
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) -
                                    text.begin());
  }
  std::string_view word_ahead(std::string_view text) const {
    return text.substr(
        0, static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_letter) -
                                    text.begin()));
  }
  std::string_view take(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  bool put_name(Field field, std::string_view word) {
    const auto name =
        field == Field::weekday ? instant_words::weekday_at(word) : instant_words::month_at(word);
    const auto letters = instant_words::letters_of(word);
    if (name.index < 0 || name.length != word.size() || !letters) return false;
    put({.field = field, .letters = *letters});
    return true;
  }

  // False where there is a word that is no weekday, and no month.
  bool weekday() {
    const std::string_view word = word_ahead(rest_);
    if (word.empty() || instant_words::month_at(word).length == word.size()) return true;
    if (!put_name(Field::weekday, word)) return false;
    take(word.size());
    const std::size_t separator = rest_.starts_with(", ")                            ? 2
                                  : rest_.starts_with(',') || rest_.starts_with(' ') ? 1
                                                                                     : 0;
    put_text(take(separator));
    has_weekday_ = true;
    return separator > 0;
  }

  // Digits alone are more often a number.
  bool compact_date() {
    if (digits_ahead(rest_) != 8 || rest_.size() < 13) return false;
    const char next = rest_[8];
    const std::size_t digits = digits_ahead(rest_.substr(9));
    if ((next != 'T' && next != ' ' && next != '_') || (digits != 4 && digits != 6)) return false;
    put(Field::year);
    put(Field::month);
    put(Field::day);
    take(8);
    is_compact_ = true;
    return true;
  }

  // A number may have a blank before it in the place of a zero.
  static std::size_t padding_of(std::string_view text) {
    const bool blank = text.size() > 1 && text[0] == ' ' && is_digit(text[1]) &&
                       (text.size() < 3 || !is_digit(text[2]));
    return blank ? 1 : 0;
  }

  // The next value of a date, and the text behind it.
  static std::size_t separator_of(std::string_view text) {
    if (text.empty()) return 0;
    if (text[0] == '/' || text[0] == '-') return 1;
    std::size_t length = text[0] == '.' || text[0] == ',' ? 1 : 0;
    if (length < text.size() && text[length] == ' ') ++length;
    return length;
  }

  std::optional<DateValue> date_value(std::string_view& rest, const DateValue* before) const {
    DateValue value;
    std::string_view text = rest;
    std::size_t separator = 0;
    if (before != nullptr) {
      separator = separator_of(text);
      value.before = text.substr(0, separator);
      text.remove_prefix(separator);
    }
    text.remove_prefix(padding_of(text));
    const std::size_t digits = digits_ahead(text);
    const std::string_view word = word_ahead(text);
    if (digits == 1 || digits == 2) {
      value.kind = 'd';
    } else if (digits == 4) {
      value.kind = 'Y';
    } else if (!word.empty() && instant_words::month_at(word).length == word.size()) {
      value.kind = 'M';
    } else {
      return std::nullopt;
    }
    const bool has_name = value.kind == 'M' || (before != nullptr && before->kind == 'M');
    if (before != nullptr && separator == 0 && !has_name) return std::nullopt;
    value.text = value.kind == 'M' ? word : text.substr(0, digits);
    text.remove_prefix(value.text.size());
    // The hour behind a date without a year.
    if (value.kind == 'd' && text.starts_with(':')) return std::nullopt;
    rest = text;
    return value;
  }

  bool date() {
    std::array<DateValue, 3> values;
    std::string kinds;
    std::string_view rest = rest_;
    while (kinds.size() < values.size()) {
      const auto value = date_value(rest, kinds.empty() ? nullptr : &values[kinds.size() - 1]);
      if (!value) break;
      values[kinds.size()] = *value;
      kinds += value->kind;
    }
    if (!put_date(values, kinds)) return false;
    rest_ = rest;
    return true;
  }

  static bool is_year_of_months(std::string_view year) {
    return year.starts_with("19") || year.starts_with("20");
  }

  bool put_date(const std::array<DateValue, 3>& values, const std::string& kinds) {
    // A blank behind one of two points stands for a zero of the number behind it.
    std::string_view first = values[1].before;
    std::string_view second = values[2].before;
    if (first != second && first.starts_with('.') && second.starts_with('.')) {
      first = second = first.substr(0, 1);
    }
    const std::array<std::string_view, 3> before{"", first, second};
    const bool alike =
        first == second && !first.empty() && first.front() != ' ' && first.front() != ',';
    const auto fields = [&](Field a, Field b, Field c) {
      const std::array<Field, 3> found{a, b, c};
      for (std::size_t i = 0; i < kinds.size(); ++i) {
        put_text(before[i]);
        if (found[i] != Field::month_name) {
          put(found[i]);
        } else if (!put_name(Field::month_name, values[i].text)) {
          return false;
        }
      }
      return true;
    };
    if (kinds == "Ydd") return alike && fields(Field::year, Field::month, Field::day);
    if (kinds == "YMd") return fields(Field::year, Field::month_name, Field::day);
    if (kinds == "dMY") return fields(Field::day, Field::month_name, Field::year);
    if (kinds == "MdY") return fields(Field::month_name, Field::day, Field::year);
    if (kinds == "dMd") {
      return values[2].text.size() == 2 && fields(Field::day, Field::month_name, Field::short_year);
    }
    if (kinds == "Mdd") {
      return values[2].text.size() == 2 && fields(Field::month_name, Field::day, Field::short_year);
    }
    if (kinds == "ddY" || kinds == "ddd") {
      const bool has_year = values[0].text.size() == 2 || values[2].text.size() != 1;
      if (!alike || !has_year) return false;
      const std::size_t at = shape_.format.elements.size();
      fields(Field::day, Field::month, kinds == "ddY" ? Field::year : Field::short_year);
      shape_.open = {at, at + 2, at + 4};
      shape_.separator = first.front();
      return true;
    }
    const bool joined = first == "-" || first == "/";
    if (kinds == "MY" && is_year_of_months(values[1].text)) {
      return fields(Field::month_name, Field::year, Field::text);
    }
    if (kinds == "YM" && is_year_of_months(values[0].text)) {
      return fields(Field::year, Field::month_name, Field::text);
    }
    if (kinds == "Yd" && joined && is_year_of_months(values[0].text)) {
      return values[1].text.size() == 2 && fields(Field::year, Field::month, Field::text);
    }
    if (kinds == "dY" && joined && is_year_of_months(values[1].text)) {
      return fields(Field::month, Field::year, Field::text);
    }
    return false;
  }

  // What stands between a date and a time.
  bool between() {
    static constexpr std::array<std::string_view, 9> texts{"T",   "t", ", ", ",", " at ",
                                                           " - ", " ", ":",  "_"};
    for (const std::string_view text : texts) {
      if (!rest_.starts_with(text)) continue;
      put_text(take(text.size()));
      return true;
    }
    return false;
  }

  bool two_digits(Field field) {
    if (digits_ahead(rest_) != 2) return false;
    put(field);
    take(2);
    return true;
  }

  bool compact_time() {
    const std::size_t digits = digits_ahead(rest_);
    if (digits != 4 && digits != 6) return false;
    put(Field::hour);
    put(Field::minute);
    if (digits == 6) put(Field::second);
    take(digits);
    return digits == 4 || fraction();
  }

  bool fraction() {
    if (!rest_.starts_with('.') && !rest_.starts_with(',')) return true;
    const std::size_t digits = digits_ahead(rest_.substr(1));
    if (digits == 0 || digits > 9) return false;
    put({.field = Field::fraction, .digits = 9, .text = std::string(rest_.substr(0, 1))});
    take(1 + digits);
    return true;
  }

  bool time(bool alone) {
    if (is_compact_) return compact_time() && zone();
    const std::size_t padding = padding_of(rest_);
    const std::size_t digits = digits_ahead(rest_.substr(padding));
    if (digits == 0 || digits > (alone ? 4U : 2U)) return false;
    const std::size_t place = shape_.format.elements.size();
    put(Field::hour);
    take(padding + digits);
    bool has_minute = false;
    if (rest_.starts_with(':')) {
      has_minute = true;
      put_text(take(1));
      if (!two_digits(Field::minute)) return false;
      if (rest_.starts_with(':')) {
        put_text(take(1));
        if (!two_digits(Field::second) || !fraction()) return false;
      }
    }
    const bool has_half = half();
    if (has_half) shape_.format.elements[place].field = Field::half_hour;
    return (has_minute || has_half) && zone();
  }

  bool half() {
    std::size_t blank = 0;
    for (const std::string_view text :
         {std::string_view(" "), no_break_space, narrow_no_break_space}) {
      if (rest_.starts_with(text)) blank = text.size();
    }
    const std::string_view text = rest_.substr(blank);
    static constexpr std::array<std::string_view, 8> halves{"AM",   "PM",   "am",   "pm",
                                                            "A.M.", "P.M.", "a.m.", "p.m."};
    const auto found = std::find_if(halves.begin(), halves.end(),
                                    [&](std::string_view name) { return text.starts_with(name); });
    if (found == halves.end()) return false;
    put_text(take(blank));
    put({.field = Field::half,
         .letters = found->back() == 'm' || found->front() >= 'a' ? Letters::lower : Letters::upper,
         .pointed = found->size() == 4});
    take(found->size());
    return true;
  }

  // An offset is part of the form; behind a time without a date, it is rather the end of a span of
  // hours. Behind it nothing, or the year of C's asctime.
  bool zone() {
    if (rest_.empty()) return true;
    static constexpr std::array<std::string_view, 18> names{
        "Z",   "UTC", "GMT",  "EST", "EDT", "CST", "CDT", "MST", "MDT",
        "PST", "PDT", "CEST", "CET", "BST", "EET", "IST", "JST", "z"};
    const std::size_t blank = rest_.front() == ' ' ? 1 : 0;
    const std::string_view text = rest_.substr(blank);
    const std::string_view word = word_ahead(text);
    std::size_t length = 0;
    if (std::find(names.begin(), names.end(), word) != names.end()) {
      length = word.size();
    } else if (shape_.format.has_date() && (text.starts_with('+') || text.starts_with('-'))) {
      const std::size_t digits = digits_ahead(text.substr(1));
      length = digits == 2 || digits == 4 ? 1 + digits : 0;
      if (digits == 2 && text.substr(3).starts_with(':')) {
        length = digits_ahead(text.substr(4)) == 2 ? 6 : 0;
      }
    }
    if (length == 0) return blank == 1 && is_year_behind(text);
    put_text(take(blank + length));
    return true;
  }

  bool is_year_behind(std::string_view text) const { return digits_ahead(text) == 4; }

  // Jan  3 10:15:00 2024, with a weekday before it or none.
  bool day_of_c() {
    const std::string_view word = word_ahead(rest_);
    if (word.empty() || !put_name(Field::month_name, word)) return false;
    take(word.size());
    if (!rest_.starts_with(' ')) return false;
    put_text(take(1));
    const std::size_t padding = padding_of(rest_);
    const std::size_t digits = digits_ahead(rest_.substr(padding));
    if (digits == 0 || digits > 2) return false;
    put(Field::day);
    take(padding + digits);
    if (!rest_.starts_with(' ')) return false;
    put_text(take(1));
    if (!time(false) || !rest_.starts_with(' ') || digits_ahead(rest_.substr(1)) != 4) return false;
    put_text(take(1));
    put(Field::year);
    take(4);
    return true;
  }
};

}  // namespace

std::optional<InstantFormat> InstantShape::in_order(DateOrder order) const {
  InstantFormat result = format;
  if (!is_open()) return result;
  const Field year = format.elements[open[2]].field;
  if (order == DateOrder::year_first && year == Field::year) return std::nullopt;
  const std::array<Field, 3> fields =
      order == DateOrder::day_first     ? std::array{Field::day, Field::month, year}
      : order == DateOrder::month_first ? std::array{Field::month, Field::day, year}
                                        : std::array{year, Field::month, Field::day};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    result.elements[open[i]].field = fields[i];
  }
  return result;
}

std::optional<InstantShape> shape_of(std::string_view cell) {
  if (cell.size() > most_instant_bytes || cell.size() < 4) return std::nullopt;
  return ShapeFinder(cell).find();
}

}  // namespace cuvae
