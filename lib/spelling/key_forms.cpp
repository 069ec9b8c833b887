#include "spelling/key_forms.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <map>
#include <utility>

#include "spelling/learn_mask.hpp"

namespace cuvae {
namespace {

constexpr double nearly_all = 0.98;
constexpr double most_of_them = 0.9;
// What codes of this many values, or more, tell apart are rows, not kinds of them.
constexpr double fewest_codes = 5e5;

template <class Condition>
double share_of(std::span<const CellCount> cells, Condition condition) {
  std::uint64_t of_form = 0;
  std::uint64_t all = 0;
  for (const CellCount& cell : cells) {
    all += cell.count;
    if (condition(cell.text)) of_form += cell.count;
  }
  return all > 0 ? static_cast<double>(of_form) / static_cast<double>(all) : 0;
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

constexpr std::size_t uuid_size = 36;

// The 36 characters of a UUID, without braces; "" for what is none.
std::string_view uuid_in(std::string_view text) {
  if (text.size() == uuid_size + 2 && text.front() == '{' && text.back() == '}') {
    text = text.substr(1, uuid_size);
  }
  if (text.size() != uuid_size) return {};
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return {};
  }
  return text;
}

// An IBAN without the blanks between its groups; "" for what has not the form of one.
std::string iban_in(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c == ' ') continue;
    if (!is_digit(c) && !is_upper(c)) return {};
    plain += c;
  }
  if (plain.size() < 15 || plain.size() > 34 || !is_upper(plain[0]) || !is_upper(plain[1]) ||
      !is_digit(plain[2]) || !is_digit(plain[3]) || text[2] == ' ' || text[3] == ' ') {
    return {};
  }
  const auto account_digits = std::count_if(plain.begin() + 4, plain.end(), is_digit);
  if (account_digits * 2 < static_cast<std::ptrdiff_t>(plain.size())) return {};
  return plain;
}

// The digits of a number that may have blanks or dashes between; "" for others.
std::string digits_in(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (is_digit(c)) {
      digits += c;
    } else if (c != ' ' && c != '-') {
      return {};
    }
  }
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return {};
  return digits;
}

bool is_email(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || at == 0 || text.find('@', at + 1) != std::string_view::npos)
    return false;
  const auto dot = text.rfind('.');
  return dot != std::string_view::npos && dot > at + 1 && dot + 2 < text.size() &&
         text.find_first_of(" ,;<>\"") == std::string_view::npos;
}

std::uint64_t rows_of(const std::vector<CellCount>& cells) {
  std::uint64_t rows = 0;
  for (const CellCount& cell : cells) rows += cell.count;
  return rows;
}

// Whatever pieces stand between; a shape's growth is the only one it has.
void append(std::vector<Slot>& slots, std::vector<Slot> more) {
  for (Slot& slot : more) slots.push_back(std::move(slot));
}

std::string_view local_part(std::string_view email) {
  return email.substr(0, email.find('@'));
}

Slot domains_of(const KeyCells& keys) {
  std::map<std::string, std::uint64_t> domains;
  for (const CellCount& cell : keys.cells) {
    if (is_email(cell.text))
      domains[std::string(cell.text.substr(cell.text.find('@')))] += cell.count;
  }
  Slot slot;
  slot.piece = Piece::choice;
  std::uint64_t rare = 0;
  std::map<std::string, std::uint64_t> often;
  for (const auto& [domain, times] : domains) {
    if (times >= keys.frequent) {
      often[domain] += times;
    } else {
      rare += times;
    }
  }
  // Names reserved by RFC 2606: no mail to them reaches anybody.
  for (const char* domain : {"@example.com", "@example.net", "@example.org"}) {
    if (rare > 0) often[domain] += (rare + 2) / 3;
  }
  for (const auto& [domain, times] : often) {
    slot.texts.push_back(domain);
    slot.weights.push_back(times);
  }
  return slot;
}

Letters letters_of(std::span<const CellCount> cells) {
  const auto none = [&](char first, char last) {
    return share_of(cells, [&](std::string_view text) {
             return std::none_of(text.begin(), text.end(),
                                 [&](char c) { return c >= first && c <= last; });
           }) > most_of_them;
  };
  return none('a', 'z') ? Letters::upper : none('A', 'Z') ? Letters::lower : Letters::capital;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (const auto& [begin, end] : tokens_of(text)) words.push_back(text.substr(begin, end - begin));
  return words;
}

// Addresses of the internet have no number above 255.
void limit_to_bytes(LearnedSlots& learned, const std::vector<CellCount>& texts,
                    std::string_view separators) {
  if (separators != "\1.\1.\1.\1") return;
  for (const CellCount& cell : texts) {
    for (const auto word : words_of(cell.text)) {
      if (word.size() > 3 || (word.size() == 3 && word > "255")) return;
    }
  }
  for (Slot& slot : learned.slots) {
    if (slot.piece == Piece::number && slot.longest == 3) slot.greatest = 255;
  }
  learned.wide.reset();
}

bool is_name(std::string_view text) {
  const auto words = words_of(text);
  if (words.size() < 2 || words.size() > 4) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || c == ' ' || c == '.' || c == ',' || c == '-' || c == '\'';
  });
}

}  // namespace

KeyForm learn_uuids(const KeyCells& keys) {
  if (share_of(keys.cells, [](auto text) { return !uuid_in(text).empty(); }) < most_of_them) {
    return {};
  }
  const bool upper = share_of(keys.cells, [](std::string_view text) {
                       return text.find_first_of("abcdef") == std::string_view::npos;
                     }) > 0.5;
  const bool braces = share_of(keys.cells, [](auto text) { return text.front() == '{'; }) > 0.5;
  const std::string hex = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::vector<std::string> alphabets(uuid_size, hex);
  for (const std::size_t dash : {8, 13, 18, 23}) alphabets[dash].assign(1, '-');
  for (const std::size_t place : {14, 19}) {  // version and variant
    std::map<char, std::uint64_t> seen;
    for (const CellCount& cell : keys.cells) {
      const auto uuid = uuid_in(cell.text);
      if (!uuid.empty() && hex.find(uuid[place]) != std::string::npos)
        seen[uuid[place]] += cell.count;
    }
    std::string often;
    for (const auto& [c, times] : seen) {
      if (times >= keys.frequent) often += c;
    }
    alphabets[place] = often.empty() ? std::string(1, place == 14 ? '4' : '8') : often;
  }
  std::vector<Slot> slots;
  if (braces) slots.push_back(constant_slot("{"));
  slots.push_back(chars_slot(std::move(alphabets)));
  if (braces) slots.push_back(constant_slot("}"));
  slots.push_back(growth_slot(Growth::suffix, keys.suffix));
  return {{Mask(std::move(slots), 1)}, "UUIDs"};
}

KeyForm learn_ibans(const KeyCells& keys) {
  if (share_of(keys.cells, [](auto text) { return !iban_in(text).empty(); }) < nearly_all)
    return {};
  // Of one country, length and spacing.
  std::map<std::string, std::vector<CellCount>> groups;
  for (const CellCount& cell : keys.cells) {
    const std::string iban = iban_in(cell.text);
    if (iban.empty()) continue;
    std::string spaces;
    for (const char c : cell.text) spaces += c == ' ' ? ' ' : '.';
    groups[fmt::format("{}{}", iban.substr(0, 2), spaces)].push_back(
        {cell.text.substr(4), cell.count});
  }
  KeyForm form{{}, "IBANs"};
  for (const auto& [group, accounts] : groups) {
    const std::uint64_t rows = rows_of(accounts);
    if (rows < keys.frequent) continue;
    LearnedSlots learned = learn_slots(accounts, frequent_from(rows), false);
    std::vector<Slot> slots = {constant_slot(group.substr(0, 2)), check_slot(CheckDigits::iban)};
    append(slots, std::move(learned.slots));
    slots.push_back(growth_slot(Growth::suffix, keys.suffix));
    form.masks.emplace_back(std::move(slots), rows);
  }
  return form;
}

KeyForm learn_numbers_with_check(const KeyCells& keys) {
  const auto share = [&](auto condition) {
    return share_of(keys.cells, [&](std::string_view text) {
      const std::string digits = digits_in(text);
      return !digits.empty() && condition(digits);
    });
  };
  const bool luhn = share([](const std::string& digits) {
                      return digits.size() >= 10 && digits.size() <= 19 &&
                             has_valid_check(digits, CheckDigits::luhn);
                    }) >= nearly_all;
  // Where these are invented ones without a valid digit, valid ones do no harm.
  const bool cards =
      share([](const std::string& digits) {
        return (digits.size() == 15 || digits.size() == 16) && digits[0] >= '3' && digits[0] <= '6';
      }) >= nearly_all;
  const bool gtin = share([](const std::string& digits) {
                      return (digits.size() == 8 || (digits.size() >= 12 && digits.size() <= 14)) &&
                             has_valid_check(digits, CheckDigits::gtin);
                    }) >= nearly_all;
  if (!luhn && !cards && !gtin) return {};
  const bool is_card = luhn || cards;
  std::map<std::string, std::vector<CellCount>> groups;  // of a length, spacing and first digit
  for (const CellCount& cell : keys.cells) {
    if (digits_in(cell.text).empty()) continue;
    std::string group(1, cell.text[0]);
    for (const char c : cell.text) group += is_digit(c) ? '#' : c;
    groups[group].push_back({cell.text.substr(0, cell.text.size() - 1), cell.count});
  }
  KeyForm form{{}, is_card ? "card numbers" : "article numbers"};
  for (const auto& [group, numbers] : groups) {
    const std::uint64_t rows = rows_of(numbers);
    if (rows < keys.frequent) continue;
    LearnedSlots learned = learn_slots(numbers, frequent_from(rows), false);
    append(learned.slots, {check_slot(is_card ? CheckDigits::luhn : CheckDigits::gtin),
                           growth_slot(Growth::suffix, keys.suffix)});
    form.masks.emplace_back(std::move(learned.slots), rows);
  }
  return form;
}

KeyForm learn_emails(const KeyCells& keys) {
  if (share_of(keys.cells, is_email) < nearly_all) return {};
  std::map<std::string, std::vector<CellCount>> groups;  // by separators of the local part
  std::map<std::string_view, std::uint64_t> locals;      // whatever the domain
  for (const CellCount& cell : keys.cells) {
    if (is_email(cell.text)) locals[local_part(cell.text)] += cell.count;
  }
  for (const auto& [local, count] : locals) groups[separators_of(local)].push_back({local, count});
  std::vector<Slot> slots;
  for (const auto& [separators, texts] : groups) {
    const std::uint64_t rows = rows_of(texts);
    if (static_cast<double>(rows) < most_of_them * static_cast<double>(keys.rows)) continue;
    LearnedSlots learned = learn_slots(texts, keys.frequent, true);
    if (static_cast<double>(learned.fitting) < most_of_them * static_cast<double>(texts.size()) ||
        learned.code_values < 1e5) {
      continue;
    }
    add_growth(learned, keys.suffix);
    slots = std::move(learned.slots);
  }
  if (slots.empty()) {
    const Slot digits = run_slot(Piece::number, "0123456789", 1, 4);
    slots = {list_slot(NameList::given, Letters::lower), constant_slot("."),
             list_slot(NameList::family, Letters::lower), digits,
             growth_slot(Growth::suffix, keys.suffix)};
  }
  slots.push_back(domains_of(keys));
  KeyForm form{{}, "e-mail addresses"};
  form.masks.emplace_back(std::move(slots), 1);
  return form;
}

KeyForm learn_person_names(const KeyCells& keys) {
  if (share_of(keys.cells, is_name) < most_of_them) return {};
  const auto given_at = [&](bool last) {
    return share_of(keys.cells, [&](std::string_view text) {
      const auto words = words_of(text);
      return !words.empty() &&
             place_in(NameList::given, last ? words.back() : words.front()).has_value();
    });
  };
  const double first = given_at(false);
  const double last = given_at(true);
  if (std::max(first, last) < 0.15) return {};
  const bool comma = share_of(keys.cells, [](auto text) {
                       return text.find(',') != std::string_view::npos;
                     }) > 0.5;
  const bool dots =
      share_of(keys.cells, [](auto text) { return text.find('.') != std::string_view::npos; }) > 0;
  const bool family_first = last > first;
  const Letters letters = letters_of(keys.cells);
  const Slot given = list_slot(NameList::given, letters);
  const Slot family = list_slot(NameList::family, letters);
  const Slot growth =
      dots ? growth_slot(Growth::suffix, keys.suffix) : growth_slot(Growth::initials, "");
  const Slot between = constant_slot(comma ? ", " : " ");
  std::vector<Slot> slots;
  if (dots) {
    slots = {family_first ? family : given, between, family_first ? given : family, growth};
  } else {
    slots = {family_first ? family : given, between, growth, family_first ? given : family};
  }
  KeyForm form{{}, "names of persons"};
  form.masks.emplace_back(std::move(slots), 1);
  return form;
}

KeyForm learn_addresses(const KeyCells& keys) {
  const auto number_at = [&](bool last) {
    return share_of(keys.cells, [&](std::string_view text) {
      const auto words = words_of(text);
      return words.size() > 1 && is_digit((last ? words.back() : words.front())[0]);
    });
  };
  const bool number_last = number_at(true) > number_at(false);
  if (number_at(number_last) < most_of_them) return {};
  std::map<std::string, std::uint64_t> types;
  const double streets = share_of(keys.cells, [&](std::string_view text) {
    const auto words = words_of(text);
    return std::any_of(words.begin(), words.end(), is_street_word);
  });
  if (streets < 0.5) return {};
  std::uint64_t compounds = 0;  // Lindenstrasse
  for (const CellCount& cell : keys.cells) {
    for (const auto word : words_of(cell.text)) {
      if (!is_street_word(word)) continue;
      const auto ending = street_ending(word);
      compounds += ending.empty() ? 0 : cell.count;
      types[std::string(ending.empty() ? word : ending)] += cell.count;
    }
  }
  Slot type;
  type.piece = Piece::choice;
  for (const auto& [word, times] : types) {
    if (times < keys.frequent) continue;
    type.texts.push_back(word);
    type.weights.push_back(times);
  }
  if (type.texts.empty()) type = constant_slot("Street");
  const Slot number = run_slot(Piece::number, "0123456789", 1, 4);
  const Slot street = list_slot(NameList::streets, letters_of(keys.cells));
  const Slot blank = constant_slot(" ");
  const Slot between = constant_slot(2 * compounds > keys.rows ? "" : " ");
  std::vector<Slot> slots;
  if (number_last) {
    slots = {street, between, type, blank, number};
  } else {
    slots = {number, blank, street, between, type};
  }
  slots.push_back(growth_slot(Growth::suffix, keys.suffix));
  KeyForm form{{}, "addresses"};
  form.masks.emplace_back(std::move(slots), 1);
  return form;
}

KeyForm learn_codes(const KeyCells& keys, bool forced) {
  std::map<std::string, std::vector<CellCount>> groups;
  for (const CellCount& cell : keys.cells) groups[separators_of(cell.text)].push_back(cell);
  std::vector<std::pair<std::uint64_t, std::string>> by_rows;
  for (const auto& [separators, texts] : groups) by_rows.emplace_back(rows_of(texts), separators);
  std::sort(by_rows.begin(), by_rows.end(), std::greater<>());
  constexpr std::size_t most_shapes = 16;
  KeyForm form{{}, "keys"};
  std::uint64_t fitting = 0;
  bool codes = true;
  for (std::size_t i = 0; i < std::min(by_rows.size(), most_shapes); ++i) {
    const auto& [rows, separators] = by_rows[i];
    if (rows < keys.frequent && !(forced && form.masks.empty())) continue;
    const auto& texts = groups[separators];
    const auto count = static_cast<double>(texts.size());
    LearnedSlots learned = learn_slots(texts, keys.frequent, true);
    const bool serial = make_serial(learned, texts);
    if (!serial && learned.code_values < 1000 * count) {
      LearnedSlots without = learn_slots(texts, keys.frequent, false);
      if (without.code_values > learned.code_values) learned = std::move(without);
    }
    // So many draws from as few values would repeat some; these are given, then.
    const bool given = keys.rows == keys.cells.size() && learned.code_values >= count &&
                       count * (count - 1) / 2 / learned.code_values >= 10;
    // Numbers of a fixed length name accounts even where only the last digits vary so far.
    const bool account = learned.wide && learned.slots[*learned.wide].piece == Piece::chars &&
                         learned.slots[*learned.wide].texts.size() >= 6;
    const bool login = learned.has_words && learned.wide && separators == "\1";
    codes = codes && (serial || given || account || login || learned.code_values >= fewest_codes);
    if (learned.slots.empty()) continue;
    fitting += learned.fitting + learned.longer;
    if (!serial) {
      limit_to_bytes(learned, texts, separators);
      add_growth(learned, keys.suffix);
    }
    form.masks.emplace_back(std::move(learned.slots), rows);
  }
  const bool enough =
      static_cast<double>(fitting) >= most_of_them * static_cast<double>(keys.cells.size());
  if (!forced && (!enough || !codes)) return {};
  return form;
}

}  // namespace cuvae
