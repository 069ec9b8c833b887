#include <algorithm>

#include "spelling/instant_format.hpp"
#include "spelling/instant_words.hpp"

namespace cuvae {
namespace {

using Field = InstantField;

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
  std::int64_t number =
      nanoseconds / powers_of_ten_whole[static_cast<std::size_t>(9 - element.digits)];
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
  const std::int64_t a_second = powers_of_ten_whole[static_cast<std::size_t>(decimals)];
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
        out = put_name(out, instant_words::month_name(date.month), element);
        break;
      case Field::weekday:
        out = put_name(out, instant_words::weekday_name(weekday(moment.days)), element);
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
