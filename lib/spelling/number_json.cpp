// A number spelling in a schema: written here, and read strictly, since others may have written it.
#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cuvae/error.hpp>

#include "spelling/number_forms.hpp"
#include "spelling/number_spelling.hpp"
#include "text/utf8.hpp"

namespace cuvae {
namespace {

using nlohmann::json;

constexpr std::size_t most_bytes_around = 32;
constexpr int most_decimals = 40;  // more are not written one by one
constexpr int most_exponent_digits = 4;

[[noreturn]] void fail(std::string_view what) {
  throw Error(ErrorKind::data,
              fmt::format("schema: {} of a number spelling; the model file is damaged or of a "
                          "newer version",
                          what));
}

const json& member(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  if (!object.is_object() || found == object.end()) fail(fmt::format("no `{}`", name));
  return *found;
}

int number_of(const json& object, const char* name, int low, int high) {
  const json& value = member(object, name);
  if (!value.is_number_integer()) fail(fmt::format("`{}` is no whole number", name));
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > 1000) {
    fail(fmt::format("`{}` is out of range", name));
  }
  const auto number = value.get<std::int64_t>();
  if (number < low || number > high) fail(fmt::format("`{}` is out of range", name));
  return static_cast<int>(number);
}

bool flag_of(const json& object, const char* name) {
  const json& value = member(object, name);
  if (!value.is_boolean()) fail(fmt::format("`{}` is neither true nor false", name));
  return value.get<bool>();
}

std::string text_of(const json& value, const char* name, std::size_t most) {
  if (!value.is_string()) fail(fmt::format("`{}` is no text", name));
  const auto& text = value.get_ref<const std::string&>();
  if (text.size() > most || !is_utf8(text)) fail(fmt::format("`{}` is no short text", name));
  if (text.find_first_of("0123456789") != std::string::npos) {
    fail(fmt::format("`{}` has digits", name));
  }
  return text;
}

json around_json(const Around& around) {
  return json::array({around.before, around.behind});
}

Around around_of(const json& object, const char* name) {
  const json& value = member(object, name);
  if (!value.is_array() || value.size() != 2) fail(fmt::format("`{}` is no pair", name));
  return {text_of(value[0], name, most_bytes_around), text_of(value[1], name, most_bytes_around)};
}

json range_json(const DecimalsRange& range) {
  return json::array({range.least, range.most});
}

DecimalsRange range_of(const json& object, const char* name) {
  const json& value = member(object, name);
  if (!value.is_array() || value.size() != 2) fail(fmt::format("`{}` is no pair", name));
  const json pair{{"least", value[0]}, {"most", value[1]}};
  const DecimalsRange range{number_of(pair, "least", 0, most_decimals),
                            number_of(pair, "most", DecimalsRange::shortest, most_decimals)};
  if (range.most != DecimalsRange::shortest && range.most < range.least) {
    fail(fmt::format("`{}` ends before it begins", name));
  }
  return range;
}

json form_json(const NumberTemplate& form) {
  return {{"negative", around_json(form.negative)},
          {"zero", around_json(form.zero)},
          {"positive", around_json(form.positive)},
          {"decimals", range_json(form.decimals)},
          {"bare_whole", form.bare_whole},
          {"bare_zero", form.bare_zero},
          {"minus_zero", form.minus_zero},
          {"point_at_end", form.point_at_end},
          {"bare_point", form.bare_point},
          {"group_from", form.group_from},
          {"exponent_below", form.exponent_below},
          {"exponent_from", form.exponent_from},
          {"mantissa", range_json(form.mantissa)},
          {"exponent_letter", std::string(1, form.exponent_letter)},
          {"exponent_plus", form.exponent_plus},
          {"exponent_digits", form.exponent_digits}};
}

NumberTemplate form_of(const json& object) {
  NumberTemplate form;
  form.negative = around_of(object, "negative");
  form.zero = around_of(object, "zero");
  form.positive = around_of(object, "positive");
  form.decimals = range_of(object, "decimals");
  form.bare_whole = flag_of(object, "bare_whole");
  form.bare_zero = flag_of(object, "bare_zero");
  form.minus_zero = flag_of(object, "minus_zero");
  form.point_at_end = flag_of(object, "point_at_end");
  form.bare_point = flag_of(object, "bare_point");
  form.group_from = number_of(object, "group_from", 0, 5);
  form.exponent_below = number_of(object, "exponent_below", NumberTemplate::never_below,
                                  NumberTemplate::always_below);
  form.exponent_from =
      number_of(object, "exponent_from", NumberTemplate::never_below, NumberTemplate::always_below);
  form.mantissa = range_of(object, "mantissa");
  const std::string letter = text_of(member(object, "exponent_letter"), "exponent_letter", 1);
  if (letter != "e" && letter != "E") fail("`exponent_letter` is not e");
  form.exponent_letter = letter[0];
  form.exponent_plus = flag_of(object, "exponent_plus");
  form.exponent_digits = number_of(object, "exponent_digits", 1, most_exponent_digits);
  return form;
}

std::string_view name_of(Padding::Place place) {
  constexpr std::string_view names[] = {"none", "start", "inside", "end"};
  return names[static_cast<std::size_t>(place)];
}

Padding padding_of(const json& object) {
  const std::string name = text_of(member(object, "place"), "place", most_bytes_around);
  Padding padding;
  for (const Padding::Place place :
       {Padding::Place::none, Padding::Place::start, Padding::Place::inside, Padding::Place::end}) {
    if (name_of(place) == name) padding.place = place;
  }
  if (name_of(padding.place) != name) fail("`place` is unknown");
  padding.width = number_of(object, "width", 0, NumberStyle::most_width);
  padding.least = number_of(object, "least", 0, NumberStyle::most_width);
  return padding;
}

NumberMarks marks_of(const json& object) {
  NumberMarks marks;
  const std::string decimal = text_of(member(object, "decimal"), "decimal", 1);
  if (decimal != "." && decimal != ",") fail("`decimal` is neither point nor comma");
  marks.decimal = decimal[0];
  marks.group = text_of(member(object, "group"), "group", most_bytes_around);
  const bool known = marks.group.empty() || marks.group == "." || marks.group == "," ||
                     std::find(thousands_marks.begin(), thousands_marks.end(), marks.group) !=
                         thousands_marks.end();
  if (!known || marks.group == decimal) fail("`group` is no mark between thousands");
  return marks;
}

}  // namespace

json NumberSpelling::to_json() const {
  json forms = json::array();
  for (const NumberTemplate& form : forms_) forms.push_back(form_json(form));
  return {{"is", "number"},
          {"decimal", std::string(1, style_.marks.decimal)},
          {"group", style_.marks.group},
          {"padding",
           {{"place", name_of(style_.padding.place)},
            {"width", style_.padding.width},
            {"least", style_.padding.least}}},
          {"forms", forms}};
}

std::shared_ptr<const Spelling> number_spelling_from_json(const json& object) {
  const NumberStyle style{marks_of(object), padding_of(member(object, "padding"))};
  const json& list = member(object, "forms");
  if (!list.is_array() || list.empty() || list.size() > NumberSpelling::most_forms) {
    fail(fmt::format("not 1 to {} `forms`", NumberSpelling::most_forms));
  }
  std::vector<NumberTemplate> forms;
  forms.reserve(list.size());
  for (const json& form : list) forms.push_back(form_of(form));
  return std::make_shared<NumberSpelling>(style, std::move(forms));
}

}  // namespace cuvae
