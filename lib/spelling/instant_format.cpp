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

namespace instant_words {

namespace {

constexpr std::array<std::string_view, 12> months{"January",   "February", "March",    "April",
                                                  "May",       "June",     "July",     "August",
                                                  "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> weekdays{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};

bool begins_with(std::string_view text, std::string_view name) {
  const auto small = [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); };
  return text.size() >= name.size() &&
         std::equal(name.begin(), name.end(), text.begin(),
                    [&](char a, char b) { return small(a) == small(b); });
}

template <std::size_t count>
Name name_at(const std::array<std::string_view, count>& names, std::string_view text) {
  for (std::size_t index = 0; index < count; ++index) {
    const std::string_view name = names[index];
    if (!begins_with(text, name.substr(0, 3))) continue;
    const bool full = begins_with(text, name);
    return {static_cast<int>(index), full, full ? name.size() : 3};
  }
  return {};
}

}  // namespace

std::optional<Letters> letters_of(std::string_view word) {
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  if (word.empty()) return std::nullopt;
  if (std::all_of(word.begin(), word.end(), upper)) return Letters::upper;
  if (!std::all_of(word.begin() + 1, word.end(), lower)) return std::nullopt;
  return upper(word.front()) ? Letters::title : Letters::lower;
}

Name month_at(std::string_view text) {
  return name_at(months, text);
}

Name weekday_at(std::string_view text) {
  return name_at(weekdays, text);
}

}  // namespace instant_words

namespace {

constexpr std::array<std::int64_t, 10> tens{
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

// What the fields of a cell say, before it is known whether there is such a time.
struct Fields {
  std::int64_t year = 1970;
  int month = 1;
  int day = 1;
  int day_of_year = 0;
  std::int64_t hour = 0;
  int half_hour = 0;
  int half = -1;  // 0 AM, 1 PM
  int minute = 0;
  int second = 0;
  std::int64_t nanoseconds = 0;
  bool has_date = false;
  bool has_epoch = false;
  std::int64_t epoch = 0;  // whole seconds
  std::int64_t epoch_nanoseconds = 0;
  bool before_1970 = false;
};

class Reader {
 public:
  Reader(const InstantFormat& format, std::string_view cell, Evidence* evidence)
      : format_(format), rest_(cell), evidence_(evidence) {}

  InstantReading read() {
    if (evidence_ != nullptr) evidence_->assign(format_.elements.size(), InstantEvidence::none);
    for (std::size_t i = 0; i < format_.elements.size(); ++i) {
      if (!read_element(i)) return {};
    }
    if (!rest_.empty()) return {};
    InstantReading result = moment();
    result.zone = zone_;
    return result;
  }

 private:
  const InstantFormat& format_;
  std::string_view rest_;
  Evidence* evidence_;
  std::string_view zone_;
  Fields fields_;

  void note(std::size_t element, char what) {
    if (evidence_ != nullptr) (*evidence_)[element] = what;
  }

  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  std::size_t digits_ahead(std::size_t most) const {
    std::size_t count = 0;
    while (count < most && count < rest_.size() && is_digit(rest_[count])) ++count;
    return count;
  }

  std::int64_t take_digits(std::size_t count) {
    std::int64_t number = 0;
    for (const char c : rest_.substr(0, count)) number = number * 10 + (c - '0');
    rest_.remove_prefix(count);
    return number;
  }

  bool exactly(std::size_t count, int& number) {
    if (digits_ahead(count) != count) return false;
    number = static_cast<int>(take_digits(count));
    return true;
  }

  // One or two digits, more of an hour that stands before a text.
  bool padded(std::size_t i, std::size_t most, int& number) {
    const bool blank = rest_.size() > 1 && rest_[0] == ' ' && is_digit(rest_[1]) &&
                       (rest_.size() < 3 || !is_digit(rest_[2]));
    if (blank) rest_.remove_prefix(1);
    const std::size_t count = digits_ahead(most);
    if (count == 0) return false;
    if (blank) {
      note(i, InstantEvidence::blank);
    } else if (count == 1) {
      note(i, InstantEvidence::plain);
    } else if (rest_[0] == '0') {
      note(i, InstantEvidence::zero);
    }
    number = static_cast<int>(take_digits(count));
    return true;
  }

  bool read_hour(std::size_t i) {
    const bool text_follows =
        i + 1 < format_.elements.size() && format_.elements[i + 1].field == Field::text;
    int hour = 0;
    if (!padded(i, text_follows && !format_.has_date() ? 4 : 2, hour)) return false;
    fields_.hour = hour;
    return true;
  }

  bool read_name(std::size_t i, const InstantElement& element) {
    const bool is_month = element.field == Field::month_name;
    const instant_words::Name name =
        is_month ? instant_words::month_at(rest_) : instant_words::weekday_at(rest_);
    if (name.index < 0 ||
        instant_words::letters_of(rest_.substr(0, name.length)) != element.letters) {
      return false;
    }
    rest_.remove_prefix(name.length);
    constexpr int may = 4;
    if (!is_month || name.index != may) {
      note(i, name.full ? InstantEvidence::full : InstantEvidence::cut);
    }
    if (is_month) fields_.month = name.index + 1;
    return true;
  }

  bool read_fraction(std::size_t i, const InstantElement& element) {
    std::string_view ahead = rest_;
    if (!ahead.starts_with(element.text)) return element.dropped;
    const std::string_view before = rest_;
    rest_.remove_prefix(element.text.size());
    const std::size_t count = digits_ahead(9);
    if (count == 0 || (rest_.size() > count && is_digit(rest_[count]))) {
      rest_ = before;
      return element.dropped;
    }
    const bool ends_in_zero = rest_[count - 1] == '0';
    const std::int64_t number = take_digits(count);
    fields_.nanoseconds = number * tens[9 - count];
    int found = static_cast<int>(count);
    if (ends_in_zero) found |= InstantEvidence::ends_in_zero;
    if (number == 0) found |= InstantEvidence::is_zero;
    note(i, static_cast<char>(found));
    return true;
  }

  bool read_half(const InstantElement& element) {
    const bool lower = element.letters == Letters::lower;
    if (element.pointed) {
      fields_.half = take(lower ? "a.m." : "A.M.") ? 0 : take(lower ? "p.m." : "P.M.") ? 1 : -1;
    } else {
      fields_.half = take(lower ? "am" : "AM") ? 0 : take(lower ? "pm" : "PM") ? 1 : -1;
    }
    return fields_.half >= 0;
  }

  bool read_epoch(const InstantElement& element) {
    fields_.before_1970 = take("-");
    const std::size_t count = digits_ahead(20);
    if (count == 0 || count > 18) return false;
    const std::int64_t number = take_digits(count);
    const std::int64_t a_second = tens[static_cast<std::size_t>(element.digits)];
    fields_.has_epoch = true;
    fields_.epoch = number / a_second;
    fields_.epoch_nanoseconds = number % a_second * (nanoseconds_a_second / a_second);
    return true;
  }

  bool read_zone() {
    const std::string_view before = rest_;
    if (!take("Z")) {
      if (!rest_.starts_with('+') && !rest_.starts_with('-')) return false;
      rest_.remove_prefix(1);
      const std::size_t count = digits_ahead(4);
      if (count != 2 && count != 4) return false;
      rest_.remove_prefix(count);
      if (count == 2 && rest_.starts_with(':')) {
        rest_.remove_prefix(1);
        if (digits_ahead(3) != 2) return false;
        rest_.remove_prefix(2);
      }
    }
    zone_ = before.substr(0, before.size() - rest_.size());
    return true;
  }

  bool read_element(std::size_t i) {
    const InstantElement& element = format_.elements[i];
    switch (element.field) {
      case Field::text:
        return take(element.text);
      case Field::year: {
        int year = 0;
        if (!exactly(4, year)) return false;
        fields_.year = year;
        fields_.has_date = true;
        return true;
      }
      case Field::short_year: {
        int year = 0;
        if (!exactly(2, year)) return false;
        fields_.year = year + (year >= 69 ? 1900 : 2000);
        fields_.has_date = true;
        return true;
      }
      case Field::month:
        return padded(i, 2, fields_.month);
      case Field::day:
        return padded(i, 2, fields_.day);
      case Field::day_of_year:
        return exactly(3, fields_.day_of_year);
      case Field::hour:
        return read_hour(i);
      case Field::half_hour:
        return padded(i, 2, fields_.half_hour);
      case Field::minute:
        return exactly(2, fields_.minute);
      case Field::second:
        return exactly(2, fields_.second);
      case Field::month_name:
      case Field::weekday:
        return read_name(i, element);
      case Field::fraction:
        return read_fraction(i, element);
      case Field::half:
        return read_half(element);
      case Field::epoch:
        return read_epoch(element);
      case Field::zone:
        return read_zone();
    }
    return false;
  }

  InstantReading epoch_moment() const {
    std::int64_t seconds = fields_.epoch;
    std::int64_t nanoseconds = fields_.epoch_nanoseconds + fields_.nanoseconds;
    if (fields_.before_1970) {
      seconds = -seconds - (nanoseconds > 0 ? 1 : 0);
      nanoseconds = nanoseconds > 0 ? nanoseconds_a_second - nanoseconds : 0;
    }
    Moment moment{floor_divide(seconds, seconds_a_day),
                  floor_modulo(seconds, seconds_a_day) * nanoseconds_a_second + nanoseconds};
    const bool in_reach = moment.days >= first_day && moment.days <= last_day;
    moment.days = std::clamp(moment.days, first_day, last_day);
    return {in_reach ? Reading::instant : Reading::impossible, moment};
  }

  InstantReading moment() {
    if (fields_.has_epoch) return epoch_moment();
    bool possible = true;
    const auto within = [&](auto& number, int least, int most) {
      if (number >= least && number <= most) return;
      possible = false;
      number = std::clamp<std::decay_t<decltype(number)>>(number, least, most);
    };
    if (fields_.half >= 0) {
      if (fields_.half_hour != 0 || !format_.has(Field::hour)) within(fields_.half_hour, 1, 12);
      if (!format_.has(Field::hour)) fields_.hour = fields_.half_hour % 12 + 12 * fields_.half;
    }
    if (fields_.has_date) within(fields_.hour, 0, 23);
    within(fields_.minute, 0, 59);
    within(fields_.second, 0, 59);
    InstantReading result;
    if (fields_.has_date) {
      within(fields_.year, 1, 9999);
      within(fields_.month, 1, 12);
      within(fields_.day, 1, 31);
      const int year = static_cast<int>(fields_.year);
      const int last = days_of_month(year, fields_.month);
      if (possible) result.past_month_end = std::max(0, fields_.day - last);
      result.moment.days = day_number({year, fields_.month, std::min(fields_.day, last)});
      if (fields_.day_of_year != 0) {
        within(fields_.day_of_year, 1, is_leap_year(year) ? 366 : 365);
        result.moment.days = day_number({year, 1, 1}) + fields_.day_of_year - 1;
      } else if (format_.has(Field::day_of_year)) {
        possible = false;
      }
    }
    result.moment.nanoseconds =
        ((fields_.hour * 60 + fields_.minute) * 60 + fields_.second) * nanoseconds_a_second +
        fields_.nanoseconds;
    result.reading =
        possible && result.past_month_end == 0 ? Reading::instant : Reading::impossible;
    return result;
  }
};

}  // namespace

InstantReading read_instant(const InstantFormat& format, std::string_view cell,
                            Evidence* evidence) {
  return Reader(format, cell, evidence).read();
}

namespace {

char* put_digits(char* out, std::int64_t number, int count) {
  for (int i = count - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
  return out + count;
}

char* put_number(char* out, std::int64_t number) {
  int count = 1;
  for (std::int64_t left = number; left >= 10; left /= 10) ++count;
  return put_digits(out, number, count);
}

char* put_padded(char* out, std::int64_t number, Padding padding) {
  if (number < 10 && padding != Padding::none) *out++ = padding == Padding::zero ? '0' : ' ';
  return put_number(out, number);
}

char* put_name(char* out, std::string_view name, const InstantElement& element) {
  for (const char c : name.substr(0, element.full ? name.size() : 3)) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    *out = c;
    if (element.letters == Letters::upper && !is_upper) *out = static_cast<char>(c - 32);
    if (element.letters == Letters::lower && is_upper) *out = static_cast<char>(c + 32);
    ++out;
  }
  return out;
}

char* put_text(char* out, std::string_view text) {
  return std::copy(text.begin(), text.end(), out);
}

char* put_fraction(char* out, std::int64_t nanoseconds, const InstantElement& element) {
  std::int64_t number = nanoseconds / tens[static_cast<std::size_t>(9 - element.digits)];
  if (number == 0 && element.dropped) return out;
  int digits = element.digits;
  while (element.trimmed && digits > 1 && number % 10 == 0) {
    number /= 10;
    --digits;
  }
  return put_digits(put_text(out, element.text), number, digits);
}

char* put_half(char* out, bool afternoon, const InstantElement& element) {
  const bool lower = element.letters == Letters::lower;
  *out++ = static_cast<char>((afternoon ? 'P' : 'A') + (lower ? 32 : 0));
  if (element.pointed) *out++ = '.';
  *out++ = lower ? 'm' : 'M';
  if (element.pointed) *out++ = '.';
  return out;
}

// Where a fraction follows, it is that of the absolute value.
char* put_epoch(char* out, const Moment& moment, int decimals, bool has_fraction) {
  const std::int64_t a_second = tens[static_cast<std::size_t>(decimals)];
  const std::int64_t seconds =
      moment.days * seconds_a_day + moment.nanoseconds / nanoseconds_a_second;
  const std::int64_t nanoseconds = moment.nanoseconds % nanoseconds_a_second;
  std::int64_t count = seconds * a_second + nanoseconds / (nanoseconds_a_second / a_second);
  if (has_fraction && count < 0 && nanoseconds > 0) {
    ++count;
    if (count == 0) *out++ = '-';
  }
  if (count < 0) {
    *out++ = '-';
    count = -count;
  }
  return put_number(out, count);
}

}  // namespace

char* spell_instant(char* out, const InstantFormat& format, const Moment& moment,
                    int past_month_end) {
  const CalendarDay date = calendar_day(moment.days);
  const std::int64_t seconds = moment.nanoseconds / nanoseconds_a_second;
  std::int64_t fraction = moment.nanoseconds % nanoseconds_a_second;
  const std::int64_t hour = seconds / 3600;
  int day = date.day;
  if (past_month_end > 0) {
    day = std::min(31, days_of_month(date.year, date.month) + past_month_end);
  }
  for (const InstantElement& element : format.elements) {
    switch (element.field) {
      case Field::text:
        out = put_text(out, element.text);
        break;
      case Field::year:
        out = put_digits(out, date.year, 4);
        break;
      case Field::short_year:
        out = put_digits(out, date.year % 100, 2);
        break;
      case Field::month:
        out = put_padded(out, date.month, element.padding);
        break;
      case Field::day:
        out = put_padded(out, day, element.padding);
        break;
      case Field::hour:
        out = put_padded(out, hour, element.padding);
        break;
      case Field::half_hour:
        out = put_padded(out, hour % 12 == 0 ? 12 : hour % 12, element.padding);
        break;
      case Field::minute:
        out = put_digits(out, seconds / 60 % 60, 2);
        break;
      case Field::second:
        out = put_digits(out, seconds % 60, 2);
        break;
      case Field::day_of_year:
        out = put_digits(out, moment.days - day_number({date.year, 1, 1}) + 1, 3);
        break;
      case Field::month_name:
        out =
            put_name(out, instant_words::months[static_cast<std::size_t>(date.month - 1)], element);
        break;
      case Field::weekday:
        out = put_name(out, instant_words::weekdays[static_cast<std::size_t>(weekday(moment.days))],
                       element);
        break;
      case Field::fraction:
        out = put_fraction(out, fraction, element);
        break;
      case Field::half:
        out = put_half(out, hour % 24 >= 12, element);
        break;
      case Field::epoch: {
        const bool has_fraction = format.has(Field::fraction);
        out = put_epoch(out, moment, element.digits, has_fraction);
        if (moment.days < 0 && fraction > 0) fraction = nanoseconds_a_second - fraction;
        break;
      }
      case Field::zone:
        *out++ = 'Z';
        break;
    }
  }
  return out;
}

std::size_t most_bytes_of(const InstantFormat& format) {
  std::size_t most = 0;
  for (const InstantElement& element : format.elements) {
    switch (element.field) {
      case Field::text:
        most += element.text.size();
        break;
      case Field::epoch:
        most += 21;
        break;
      case Field::fraction:
        most += element.text.size() + 9;
        break;
      case Field::month_name:
      case Field::weekday:
        most += 9;
        break;
      default:
        most += 4;
    }
  }
  return most;
}

}  // namespace cuvae
