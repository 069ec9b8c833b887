#include <fmt/core.h>
#include <nlohmann/json.hpp>
#include <utility>

#include <cuvae/error.hpp>

#include "spelling/key_mask.hpp"

namespace cuvae {
namespace {

using Json = nlohmann::json;

constexpr std::pair<Piece, const char*> piece_names[] = {
    {Piece::constant, "constant"}, {Piece::choice, "choice"}, {Piece::chars, "chars"},
    {Piece::number, "number"},     {Piece::word, "word"},     {Piece::listed, "listed"},
    {Piece::check, "check"},       {Piece::serial, "serial"}, {Piece::growth, "growth"}};
constexpr std::pair<Letters, const char*> letters_names[] = {
    {Letters::capital, "capital"}, {Letters::upper, "upper"}, {Letters::lower, "lower"}};
constexpr std::pair<Growth, const char*> growth_names[] = {
    {Growth::digits, "digits"}, {Growth::suffix, "suffix"}, {Growth::initials, "initials"}};
constexpr std::pair<CheckDigits, const char*> check_names[] = {
    {CheckDigits::luhn, "luhn"}, {CheckDigits::gtin, "gtin"}, {CheckDigits::iban, "iban"}};

template <class Names, class Value>
const char* name_of(const Names& names, Value value) {
  for (const auto& [one, name] : names) {
    if (one == value) return name;
  }
  return "";
}

[[noreturn]] void refuse(std::string_view what) {
  throw Error(ErrorKind::data, fmt::format("schema: \"{}\" of a key's shape is missing or not what "
                                           "it should be; the model file is damaged",
                                           what));
}

const Json& field(const Json& json, const char* name) {
  const auto found = json.is_object() ? json.find(name) : json.end();
  if (!json.is_object() || found == json.end()) refuse(name);
  return *found;
}

std::string text_in(const Json& json, const char* name) {
  const Json& value = field(json, name);
  if (!value.is_string()) refuse(name);
  const auto text = value.get<std::string>();
  if (text.size() > Mask::longest_text) refuse(name);
  return text;
}

std::uint64_t number_in(const Json& json, const char* name) {
  const Json& value = field(json, name);
  if (!value.is_number_unsigned()) refuse(name);
  return value.get<std::uint64_t>();
}

std::uint32_t length_in(const Json& json, const char* name) {
  const std::uint64_t number = number_in(json, name);
  if (number > Mask::longest_text) refuse(name);
  return static_cast<std::uint32_t>(number);
}

const Json& array_in(const Json& json, const char* name, std::size_t most) {
  const Json& value = field(json, name);
  if (!value.is_array() || value.size() > most) refuse(name);
  return value;
}

std::vector<std::string> texts_in(const Json& json, const char* name) {
  std::vector<std::string> texts;
  for (const Json& text : array_in(json, name, Mask::longest_text)) {
    if (!text.is_string() || text.get_ref<const std::string&>().size() > Mask::longest_text) {
      refuse(name);
    }
    texts.push_back(text.get<std::string>());
  }
  return texts;
}

std::vector<std::uint64_t> numbers_in(const Json& json, const char* name) {
  std::vector<std::uint64_t> numbers;
  for (const Json& number : array_in(json, name, Mask::longest_text)) {
    if (!number.is_number_unsigned()) refuse(name);
    numbers.push_back(number.get<std::uint64_t>());
  }
  return numbers;
}

template <class Names>
auto named_in(const Names& names, const Json& json, const char* name) {
  const std::string text = text_in(json, name);
  for (const auto& [value, known] : names) {
    if (text == known) return value;
  }
  refuse(name);
}

Json slot_json(const Slot& slot) {
  Json json = {{"piece", name_of(piece_names, slot.piece)}};
  switch (slot.piece) {
    case Piece::constant:
      json["text"] = slot.texts[0];
      break;
    case Piece::choice:
      json["texts"] = slot.texts;
      json["weights"] = slot.weights;
      break;
    case Piece::chars:
      json["texts"] = slot.texts;
      break;
    case Piece::number:
    case Piece::word:
      json["text"] = slot.texts[0];
      json["shortest"] = slot.shortest;
      json["longest"] = slot.longest;
      if (slot.greatest > 0) json["greatest"] = slot.greatest;
      break;
    case Piece::listed:
      json["list"] = std::string(to_string(slot.list));
      json["letters"] = name_of(letters_names, slot.letters);
      break;
    case Piece::check:
      json["check"] = name_of(check_names, slot.check);
      break;
    case Piece::serial:
      json["first"] = slot.first;
      json["longest"] = slot.longest;
      break;
    case Piece::growth:
      json["growth"] = name_of(growth_names, slot.growth);
      json["text"] = slot.texts[0];
      json["longest"] = slot.longest;
      break;
  }
  return json;
}

Slot slot_from(const Json& json) {
  Slot slot;
  slot.piece = named_in(piece_names, json, "piece");
  switch (slot.piece) {
    case Piece::constant:
      slot.texts = {text_in(json, "text")};
      break;
    case Piece::choice:
      slot.texts = texts_in(json, "texts");
      slot.weights = numbers_in(json, "weights");
      break;
    case Piece::chars:
      slot.texts = texts_in(json, "texts");
      break;
    case Piece::number:
    case Piece::word:
      slot.texts = {text_in(json, "text")};
      slot.shortest = length_in(json, "shortest");
      slot.longest = length_in(json, "longest");
      if (json.contains("greatest")) slot.greatest = number_in(json, "greatest");
      break;
    case Piece::listed: {
      const auto list = name_list_from(text_in(json, "list"));
      if (!list) refuse("list");
      slot.list = *list;
      slot.letters = named_in(letters_names, json, "letters");
      break;
    }
    case Piece::check:
      slot.check = named_in(check_names, json, "check");
      break;
    case Piece::serial:
      slot.first = number_in(json, "first");
      slot.longest = length_in(json, "longest");
      break;
    case Piece::growth:
      slot.growth = named_in(growth_names, json, "growth");
      slot.texts = {text_in(json, "text")};
      slot.longest = length_in(json, "longest");
      break;
  }
  return slot;
}

}  // namespace

nlohmann::json Mask::to_json() const {
  Json slots = Json::array();
  for (const Slot& slot : slots_) slots.push_back(slot_json(slot));
  return {{"slots", std::move(slots)},
          {"weight", weight_},
          {"modulus", free_.modulus},
          {"free", free_.remainders}};
}

Mask Mask::from_json(const Json& json) {
  std::vector<Slot> slots;
  for (const Json& slot : array_in(json, "slots", most_slots)) slots.push_back(slot_from(slot));
  Mask mask(std::move(slots), number_in(json, "weight"));
  mask.set_free({number_in(json, "modulus"), numbers_in(json, "free")});
  return mask;
}

}  // namespace cuvae
