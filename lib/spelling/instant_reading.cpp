#include <algorithm>
#include <type_traits>

#include "spelling/instant_format.hpp"
#include "spelling/instant_words.hpp"

namespace cuvae {
namespace {

using Field = InstantField;

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

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
    fields_.nanoseconds = number * powers_of_ten_whole[9 - count];
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
    const std::int64_t a_second = powers_of_ten_whole[static_cast<std::size_t>(element.digits)];
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

}  // namespace cuvae
