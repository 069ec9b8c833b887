#include "spelling/instant_format.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace cuvae {
namespace {

using Field = InstantField;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Flags and digits between % and the letter.
struct Specifier {
  bool trimmed = false;
  bool dropped = false;
  bool pointed = false;
  Padding padding = Padding::zero;
  std::optional<Letters> letters;
  int digits = -1;
};

class Compiler {
 public:
  explicit Compiler(std::string_view text) : text_(text) {}

  std::optional<InstantFormat> compile(std::string& fault) {
    while (at_ < text_.size() && fault_.empty()) {
      if (text_[at_] != '%') {
        put_text(text_[at_++]);
      } else {
        ++at_;
        put_specifier();
      }
    }
    if (fault_.empty()) check();
    fault = fault_;
    if (!fault_.empty()) return std::nullopt;
    return format_;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  InstantFormat format_;
  std::string fault_;

  void put_text(char c) {
    auto& elements = format_.elements;
    if (elements.empty() || elements.back().field != Field::text) elements.emplace_back();
    elements.back().text += c;
  }

  Specifier flags() {
    Specifier found;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '-') {
        found.padding = Padding::none;
        found.trimmed = true;
      } else if (c == '_') {
        found.padding = Padding::blank;
      } else if (c == '^') {
        found.letters = Letters::upper;
      } else if (c == '~') {
        found.letters = Letters::lower;
      } else if (c == ':') {
        found.pointed = true;
      } else if (c == '?') {
        found.dropped = true;
      } else if (is_digit(c)) {
        found.digits = c - '0';
      } else {
        break;
      }
    }
    return found;
  }

  void put_number(Field field, const Specifier& flags) {
    format_.elements.push_back({.field = field, .padding = flags.padding});
  }
  void put_name(Field field, bool full, const Specifier& flags) {
    format_.elements.push_back(
        {.field = field, .letters = flags.letters.value_or(Letters::title), .full = full});
  }
  void put_fraction(const Specifier& flags) {
    InstantElement fraction{.field = Field::fraction,
                            .trimmed = flags.trimmed,
                            .dropped = flags.dropped,
                            .digits = flags.digits < 1 ? 6 : flags.digits};
    auto& elements = format_.elements;
    if (!elements.empty() && elements.back().field == Field::text &&
        (elements.back().text.back() == '.' || elements.back().text.back() == ',')) {
      fraction.text = elements.back().text.back();
      elements.back().text.pop_back();
      if (elements.back().text.empty()) elements.pop_back();
    }
    elements.push_back(std::move(fraction));
  }
  // Of a format without flags.
  void put_all(std::string_view format) {
    for (std::size_t i = 0; i < format.size(); ++i) {
      if (format[i] == '%') {
        put_number(letter(format[++i]), {});
      } else {
        put_text(format[i]);
      }
    }
  }

  static Field letter(char c) {
    switch (c) {
      case 'Y':
        return Field::year;
      case 'y':
        return Field::short_year;
      case 'm':
        return Field::month;
      case 'd':
        return Field::day;
      case 'H':
        return Field::hour;
      case 'I':
        return Field::half_hour;
      case 'j':
        return Field::day_of_year;
      case 'M':
        return Field::minute;
      case 'S':
        return Field::second;
      case 'z':
        return Field::zone;
      default:
        return Field::text;
    }
  }

  void put_specifier() {
    Specifier found = flags();
    if (at_ >= text_.size()) {
      fault_ = "it ends in %";
      return;
    }
    const char c = text_[at_++];
    const Field number = letter(c);
    if (number != Field::text) {
      const bool padded = number == Field::month || number == Field::day || number == Field::hour ||
                          number == Field::half_hour;
      if (!padded) found.padding = Padding::zero;
      put_number(number, found);
      return;
    }
    switch (c) {
      case 'e':
        format_.elements.push_back({.field = Field::day, .padding = Padding::blank});
        break;
      case 'b':
      case 'h':
        put_name(Field::month_name, false, found);
        break;
      case 'B':
        put_name(Field::month_name, true, found);
        break;
      case 'a':
        put_name(Field::weekday, false, found);
        break;
      case 'A':
        put_name(Field::weekday, true, found);
        break;
      case 'p':
        format_.elements.push_back({.field = Field::half,
                                    .letters = found.letters.value_or(Letters::upper),
                                    .pointed = found.pointed});
        break;
      case 'f':
        put_fraction(found);
        break;
      case 's':
        format_.elements.push_back({.field = Field::epoch, .digits = std::max(0, found.digits)});
        break;
      case 'T':
        put_all("%H:%M:%S");
        break;
      case 'R':
        put_all("%H:%M");
        break;
      case 'F':
        put_all("%Y-%m-%d");
        break;
      case 'D':
        put_all("%m/%d/%y");
        break;
      case '%':
        put_text('%');
        break;
      default:
        fault_ = fmt::format("%{} is no field that it can have", c);
    }
  }

  void check() {
    const InstantFormat& format = format_;
    const auto has = [&](Field field) { return format.has(field); };
    const auto twice = [&](Field field) {
      return std::count_if(format.elements.begin(), format.elements.end(),
                           [&](const auto& element) { return element.field == field; }) > 1;
    };
    for (int field = 1; field <= static_cast<int>(Field::zone); ++field) {
      if (twice(static_cast<Field>(field))) fault_ = "it has a field twice";
    }
    const bool month = has(Field::month) || has(Field::month_name);
    const bool year = has(Field::year) || has(Field::short_year);
    const bool hour = has(Field::hour) || (has(Field::half_hour) && has(Field::half));
    if (format.elements.size() > most_format_elements || text_.size() > most_format_bytes) {
      fault_ = "it is too long";
    } else if (has(Field::epoch)) {
      const bool fine = std::any_of(
          format.elements.begin(), format.elements.end(),
          [](const auto& element) { return element.field == Field::epoch && element.digits > 6; });
      if (year || month || hour) fault_ = "it has other fields beside %s";
      if (fine) fault_ = "%s counts microseconds at the finest";
    } else if ((has(Field::half_hour) || has(Field::half)) && !hour) {
      fault_ = "%I and %p need each other";
    } else if (!year &&
               (month || has(Field::day) || has(Field::day_of_year) || has(Field::weekday))) {
      fault_ = "it has no year";
    } else if (has(Field::day) && !month) {
      fault_ = "it has a day but no month";
    } else if (!year && !hour) {
      fault_ = "it has neither a year nor an hour";
    } else if ((has(Field::minute) && !hour) || (has(Field::second) && !has(Field::minute)) ||
               (has(Field::fraction) && !has(Field::second))) {
      fault_ = "of a time, it leaves out what comes first";
    }
  }
};

void put_flags(std::string& out, const InstantElement& element) {
  if (element.padding == Padding::none) out += '-';
  if (element.padding == Padding::blank) out += '_';
}

void put_letters(std::string& out, const InstantElement& element) {
  if (element.letters == Letters::upper) out += '^';
  if (element.letters == Letters::lower) out += '~';
}

}  // namespace

bool InstantFormat::has(InstantField field) const {
  return std::any_of(elements.begin(), elements.end(),
                     [&](const InstantElement& element) { return element.field == field; });
}

bool InstantFormat::has_date() const {
  return has(Field::year) || has(Field::short_year) || has(Field::epoch);
}

std::optional<InstantFormat> compile_format(std::string_view text, std::string& fault) {
  if (text.size() > most_format_bytes) {
    fault = "it is too long";
    return std::nullopt;
  }
  return Compiler(text).compile(fault);
}

std::string format_text(const InstantFormat& format) {
  std::string out;
  for (const InstantElement& element : format.elements) {
    if (element.field == Field::text) {
      for (const char c : element.text) out += c == '%' ? std::string("%%") : std::string(1, c);
      continue;
    }
    if (element.field == Field::fraction) out += element.text;
    out += '%';
    switch (element.field) {
      case Field::year:
        out += 'Y';
        break;
      case Field::short_year:
        out += 'y';
        break;
      case Field::month:
        put_flags(out, element), out += 'm';
        break;
      case Field::day:
        put_flags(out, element), out += 'd';
        break;
      case Field::hour:
        put_flags(out, element), out += 'H';
        break;
      case Field::half_hour:
        put_flags(out, element), out += 'I';
        break;
      case Field::day_of_year:
        out += 'j';
        break;
      case Field::minute:
        out += 'M';
        break;
      case Field::second:
        out += 'S';
        break;
      case Field::zone:
        out += 'z';
        break;
      case Field::month_name:
        put_letters(out, element), out += element.full ? 'B' : 'b';
        break;
      case Field::weekday:
        put_letters(out, element), out += element.full ? 'A' : 'a';
        break;
      case Field::half:
        if (element.letters == Letters::lower) out += '~';
        if (element.pointed) out += ':';
        out += 'p';
        break;
      case Field::epoch:
        if (element.digits > 0) out += static_cast<char>('0' + element.digits);
        out += 's';
        break;
      case Field::fraction:
        if (element.trimmed) out += '-';
        if (element.dropped) out += '?';
        out += static_cast<char>('0' + element.digits);
        out += 'f';
        break;
      case Field::text:
        break;
    }
  }
  return out;
}

}  // namespace cuvae
