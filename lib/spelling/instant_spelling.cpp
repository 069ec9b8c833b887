#include "spelling/instant_spelling.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cuvae/error.hpp>

#include "spelling/instant_forms.hpp"
#include "spelling/instant_shape.hpp"

namespace cuvae {
namespace {

using Field = InstantField;

constexpr double most_exact = 9007199254740992.0;  // 2^53
constexpr std::array<std::string_view, 6> unit_names{"day",         "minute",      "second",
                                                     "millisecond", "microsecond", "nanosecond"};
constexpr int fraction_digits(TimeUnit unit) {
  return unit == TimeUnit::millisecond   ? 3
         : unit == TimeUnit::microsecond ? 6
         : unit == TimeUnit::nanosecond  ? 9
                                         : 0;
}

std::string spelled(const InstantFormat& format, const Moment& moment) {
  std::string text(most_bytes_of(format), '\0');
  text.resize(static_cast<std::size_t>(spell_instant(text.data(), format, moment) - text.data()));
  return text;
}

// "2024", "2024-05", "2024-05-01 12:00", "12:00:30.5": what a person writes whatever the column's
// forms are.
std::optional<Moment> plain_moment(std::string_view text, bool has_date) {
  static constexpr std::array<std::string_view, 7> dates{"%Y",
                                                         "%Y-%m",
                                                         "%Y-%m-%d",
                                                         "%Y-%m-%d %H:%M",
                                                         "%Y-%m-%dT%H:%M",
                                                         "%Y-%m-%d %H:%M:%S.%-?9f",
                                                         "%Y-%m-%dT%H:%M:%S.%-?9f"};
  static constexpr std::array<std::string_view, 2> times{"%H:%M", "%H:%M:%S.%-?9f"};
  if (text.ends_with('Z')) text.remove_suffix(1);
  const std::span<const std::string_view> formats = has_date
                                                        ? std::span<const std::string_view>(dates)
                                                        : std::span<const std::string_view>(times);
  for (const std::string_view format : formats) {
    std::string fault;
    const InstantReading reading = read_instant(*compile_format(format, fault), text);
    if (reading.reading == Reading::instant) return reading.moment;
  }
  return std::nullopt;
}

class InstantSpelling : public Spelling {
 public:
  InstantSpelling(InstantForms forms, const InstantScale& scale, InstantParts parts, double minimum,
                  double maximum)
      : forms_(std::move(forms)),
        scale_(scale),
        parts_(parts),
        minimum_(minimum),
        maximum_(maximum) {
    for (const InstantForm& form : forms_.forms) {
      most_bytes_ = std::max(
          most_bytes_, form.constant.empty() ? most_bytes_of(form.format) : form.constant.size());
    }
  }

  const InstantScale& scale() const { return scale_; }

  ColumnKind kind() const override { return ColumnKind::instant; }
  std::uint32_t forms() const override { return static_cast<std::uint32_t>(forms_.forms.size()); }

  std::optional<SpelledCell> parse(std::string_view cell) const override {
    const auto found = forms_.find(cell);
    if (!found) return std::nullopt;
    const Moment& moment = found->moment;
    const double number = number_of(scale_, moment);
    if (moment.nanoseconds % nanoseconds_of(scale_.unit) != 0 || std::abs(number) > most_exact) {
      return std::nullopt;
    }
    return SpelledCell{number, found->form};
  }

  char* spell(char* out, const SpelledCell& cell) const override {
    const InstantForm& form =
        forms_.forms[std::min<std::size_t>(cell.form, forms_.forms.size() - 1)];
    if (!form.constant.empty()) {
      return std::copy(form.constant.begin(), form.constant.end(), out);
    }
    return spell_instant(out, form.format, moment_of(scale_, cell.number), form.past_month_end);
  }
  std::size_t most_bytes() const override { return most_bytes_; }

  std::vector<SpellingPart> parts() const override { return parts_.parts(); }

  void split(double number, double* parts) const override {
    parts_.split(moment_of(scale_, number), parts);
  }

  double join(const double* parts) const override {
    Moment moment = parts_.join(parts);
    moment.nanoseconds -= moment.nanoseconds % nanoseconds_of(scale_.unit);
    return std::clamp(number_of(scale_, moment), minimum_, maximum_);
  }

  std::optional<double> number_in(std::string_view text) const override {
    if (const auto cell = parse(text)) return cell->number;
    for (const InstantForm& form : forms_.forms) {
      if (!form.constant.empty()) continue;
      const InstantReading reading = read_instant(form.format, text);
      if (reading.reading == Reading::instant) return number_of(scale_, reading.moment);
    }
    const auto moment = plain_moment(text, scale_.has_date);
    if (!moment) return std::nullopt;
    return number_of(scale_, *moment);
  }

  std::string description() const override {
    const Moment example{scale_.has_date ? day_number({2024, 12, 31}) : 0,
                         ((17 * 3600 + 45 * 60 + 30) * std::int64_t{1000} + 250) * 1'000'000};
    std::vector<std::string> examples;
    std::size_t odd = 0;
    for (const InstantForm& form : forms_.forms) {
      if (!form.constant.empty() || form.past_month_end > 0) {
        ++odd;
      } else {
        examples.push_back(spelled(form.format, example));
      }
    }
    constexpr std::size_t most_examples = 3;
    const std::size_t more = examples.size() > most_examples ? examples.size() - most_examples : 0;
    examples.resize(examples.size() - more);
    std::string text = !scale_.has_date  ? "times of day as "
                       : scale_.has_time ? "dates and times as "
                                         : "dates as ";
    text += fmt::format("{}", fmt::join(examples, " or "));
    if (more > 0) text += fmt::format(" or {} more ways", more);
    if (odd > 0) text += fmt::format(", with {} for days that do not exist", odd);
    return text + fmt::format(", {} to {}", iso(minimum_), iso(maximum_));
  }

  nlohmann::json to_json() const override {
    auto json = nlohmann::json::object();
    json["is"] = "instant";
    json["unit"] = unit_names[static_cast<std::size_t>(scale_.unit)];
    json["origin_day"] = scale_.origin_day;
    json["minimum"] = static_cast<std::int64_t>(minimum_);
    json["maximum"] = static_cast<std::int64_t>(maximum_);
    json["parts"] = parts_.to_json();
    auto& forms = json["forms"] = nlohmann::json::array();
    for (const InstantForm& form : forms_.forms) {
      auto one = nlohmann::json::object();
      if (!form.constant.empty()) {
        one["constant"] = form.constant;
        one["number"] = static_cast<std::int64_t>(number_of(scale_, form.moment));
      } else {
        one["format"] = format_text(form.format);
        if (form.past_month_end > 0) one["past_month_end"] = form.past_month_end;
      }
      forms.push_back(std::move(one));
    }
    return json;
  }

 private:
  InstantForms forms_;
  InstantScale scale_;
  InstantParts parts_;
  double minimum_;
  double maximum_;
  std::size_t most_bytes_ = 0;

  std::string iso(double number) const {
    std::array<char, most_iso_bytes> text;
    return {text.data(), spell_iso(text.data(), scale_, number)};
  }
};

bool is_before(const Moment& a, const Moment& b) {
  return a.days != b.days ? a.days < b.days : a.nanoseconds < b.nanoseconds;
}

bool has_time_of_day(const InstantForms& forms) {
  return std::any_of(forms.forms.begin(), forms.forms.end(), [](const InstantForm& form) {
    return form.format.has(Field::hour) || form.format.has(Field::half_hour) ||
           form.format.has(Field::epoch);
  });
}

// The coarsest unit that counts all of them exactly.
TimeUnit unit_of(std::span<const MomentCount> moments, bool has_date) {
  for (int i = has_date ? 0 : 1; i < static_cast<int>(TimeUnit::nanosecond); ++i) {
    const auto unit = static_cast<TimeUnit>(i);
    const std::int64_t a_unit = nanoseconds_of(unit);
    const bool is_exact = std::all_of(moments.begin(), moments.end(), [&](const MomentCount& item) {
      return item.moment.nanoseconds % a_unit == 0;
    });
    if (is_exact) return unit;
  }
  return TimeUnit::nanosecond;
}

}  // namespace

std::shared_ptr<const Spelling> learn_instants(std::span<const CellCount> cells,
                                               std::string_view format, std::string& note) {
  std::vector<MomentCount> moments;
  auto forms = learn_forms(cells, format, moments, note);
  if (!forms) return nullptr;
  const auto [least, greatest] = std::minmax_element(
      moments.begin(), moments.end(),
      [](const MomentCount& a, const MomentCount& b) { return is_before(a.moment, b.moment); });
  InstantScale scale{.unit = unit_of(moments, forms->has_date),
                     .has_date = forms->has_date,
                     .has_time = has_time_of_day(*forms)};
  if (std::max(std::abs(number_of(scale, least->moment)),
               std::abs(number_of(scale, greatest->moment))) > most_exact) {
    scale.origin_day = least->moment.days;
  }
  const double minimum = number_of(scale, least->moment);
  const double maximum = number_of(scale, greatest->moment);
  if (maximum > most_exact) {
    note = fmt::format("has dates and times to the {} over more years than can be counted exactly",
                       unit_names[static_cast<std::size_t>(scale.unit)]);
    return nullptr;
  }
  const InstantParts parts = InstantParts::learn(moments, forms->has_date);
  return std::make_shared<InstantSpelling>(std::move(*forms), scale, parts, minimum, maximum);
}

bool looks_like_instant(std::string_view cell) {
  return shape_of(cell).has_value();
}

std::optional<InstantScale> instant_scale(const Spelling& spelling) {
  const auto* const instants = dynamic_cast<const InstantSpelling*>(&spelling);
  if (instants == nullptr) return std::nullopt;
  return instants->scale();
}

char* spell_iso(char* out, const InstantScale& scale, double number) {
  const Moment moment = moment_of(scale, number);
  if (scale.has_date) {
    const CalendarDay date = calendar_day(moment.days);
    out = fmt::format_to(out, "{:04}-{:02}-{:02}", date.year, date.month, date.day);
    if (!scale.has_time) return out;
    *out++ = 'T';
  }
  const std::int64_t seconds = moment.nanoseconds / nanoseconds_a_second;
  out = fmt::format_to(out, "{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
  if (scale.unit == TimeUnit::day || scale.unit == TimeUnit::minute) return out;
  out = fmt::format_to(out, ":{:02}", seconds % 60);
  const int digits = fraction_digits(scale.unit);
  if (digits == 0) return out;
  const std::int64_t fraction =
      moment.nanoseconds % nanoseconds_a_second / nanoseconds_of(scale.unit);
  return fmt::format_to(out, ".{:0{}}", fraction, digits);
}

namespace {

[[noreturn]] void refuse(std::string_view what) {
  throw Error(ErrorKind::data, fmt::format("schema: spelling of instants: {}", what));
}

std::int64_t whole_in(const nlohmann::json& json, std::string_view name, std::int64_t least,
                      std::int64_t most) {
  const auto& value = json.at(std::string(name));
  const bool fits = value.is_number_unsigned()
                        ? value.get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX)
                        : value.is_number_integer();
  if (!fits || value.get<std::int64_t>() < least || value.get<std::int64_t>() > most) {
    refuse(fmt::format("`{}` is no whole number from {} to {}", name, least, most));
  }
  return value.get<std::int64_t>();
}

InstantForm form_from(const nlohmann::json& json) {
  InstantForm form;
  if (json.contains("constant")) {
    form.constant = json.at("constant").get<std::string>();
    if (form.constant.empty() || form.constant.size() > most_instant_bytes) {
      refuse("a constant form is empty or too long");
    }
    return form;
  }
  std::string fault;
  const auto format = compile_format(json.at("format").get_ref<const std::string&>(), fault);
  if (!format) refuse("a format is none: " + fault);
  if (format->has(Field::zone)) refuse("a format leaves the time zone open");
  form.format = *format;
  if (json.contains("past_month_end")) {
    form.past_month_end = static_cast<int>(whole_in(json, "past_month_end", 0, 3));
  }
  return form;
}

InstantForms forms_from(const nlohmann::json& json) {
  const auto& list = json.at("forms");
  if (!list.is_array() || list.empty() || list.size() > most_instant_forms) {
    refuse("`forms` are no list of 1 to 16");
  }
  InstantForms forms;
  bool has_format = false;
  for (const auto& one : list) {
    forms.forms.push_back(form_from(one));
    const InstantForm& form = forms.forms.back();
    if (!form.constant.empty()) continue;
    if (has_format && form.format.has_date() != forms.has_date) {
      refuse("some forms have a date, others do not");
    }
    forms.has_date = form.format.has_date();
    has_format = true;
  }
  if (!has_format) refuse("no form has a format");
  return forms;
}

std::shared_ptr<const Spelling> spelling_from(const nlohmann::json& json) {
  InstantForms forms = forms_from(json);
  const auto& unit = json.at("unit").get_ref<const std::string&>();
  const auto* const found = std::find(unit_names.begin(), unit_names.end(), unit);
  if (found == unit_names.end()) refuse("`unit` is none that is known");
  InstantScale scale{.unit = static_cast<TimeUnit>(found - unit_names.begin()),
                     .has_date = forms.has_date,
                     .has_time = has_time_of_day(forms)};
  if (!scale.has_date && scale.unit == TimeUnit::day) refuse("times of day do not count days");
  scale.origin_day = scale.has_date ? whole_in(json, "origin_day", first_day, last_day)
                                    : whole_in(json, "origin_day", 0, 0);
  constexpr std::int64_t most = std::int64_t{1} << 53;
  const std::int64_t minimum = whole_in(json, "minimum", -most, most);
  const std::int64_t maximum = whole_in(json, "maximum", minimum, most);
  for (const std::int64_t bound : {minimum, maximum}) {
    if (number_of(scale, moment_of(scale, static_cast<double>(bound))) !=
        static_cast<double>(bound)) {
      refuse("`minimum` or `maximum` is out of the years that can be written");
    }
  }
  for (std::size_t i = 0; i < forms.forms.size(); ++i) {
    InstantForm& form = forms.forms[i];
    if (form.constant.empty()) continue;
    const auto number = whole_in(json.at("forms")[i], "number", minimum, maximum);
    form.moment = moment_of(scale, static_cast<double>(number));
  }
  const InstantParts parts = InstantParts::from_json(json.at("parts"), scale.has_date);
  return std::make_shared<InstantSpelling>(
      std::move(forms), scale, parts, static_cast<double>(minimum), static_cast<double>(maximum));
}

}  // namespace

std::shared_ptr<const Spelling> instant_spelling_from_json(const nlohmann::json& json) {
  try {
    return spelling_from(json);
  } catch (const nlohmann::json::exception&) {
    refuse("a field is missing or of the wrong type");
  }
}

}  // namespace cuvae
