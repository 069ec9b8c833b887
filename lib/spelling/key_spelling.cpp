#include "spelling/key_spelling.hpp"

#include <algorithm>
#include <bit>
#include <fmt/core.h>
#include <nlohmann/json.hpp>
#include <utility>

#include <cuvae/error.hpp>

#include "kernels/arithmetic/philox.hpp"
#include "spelling/key_forms.hpp"
#include "spelling/learn_mask.hpp"

namespace cuvae {
namespace {

constexpr std::size_t most_masks = 1024;
constexpr std::uint64_t most_weight = std::uint64_t{1} << 48U;
constexpr std::uint64_t fewest_keys = 50;
constexpr std::size_t most_about = 100;

[[noreturn]] void refuse(const char* what) {
  throw Error(ErrorKind::data,
              fmt::format("schema: a key has {}; the model file is damaged", what));
}

bool has_date_in_front(std::string_view text) {  // 2024-01-22T06:00
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return false;
  if (text.size() > 10 && text[10] != 'T' && text[10] != ' ') return false;
  return std::all_of(text.begin(), text.begin() + 10,
                     [](char c) { return is_digit(c) || c == '-'; });
}

// Digits with signs, points and marks as amounts, measurements, dates and times have them.
bool looks_like_a_value(std::string_view text) {
  while (!text.empty() && std::string_view("+-$(< ").find(text.front()) != std::string_view::npos) {
    text.remove_prefix(1);
  }
  while (!text.empty() && std::string_view("%$) ").find(text.back()) != text.npos) {
    text.remove_suffix(1);
  }
  std::size_t points = 0;
  std::size_t marks = 0;
  std::size_t dashes = 0;
  char before = ' ';
  if (has_date_in_front(text)) return true;
  for (const char c : text) {
    if (c == ':' || c == '/') return true;
    points += c == '.' ? 1 : 0;
    marks += c == ',' || c == '\'' ? 1 : 0;
    dashes += c == '-' && is_digit(before) ? 1 : 0;
    before = c;
    if (!is_digit(c) && std::string_view(".,'- ;").find(c) == std::string_view::npos) return false;
  }
  const bool date = dashes == 2 && text.size() == 10 && text[2] == '-';
  return date || (dashes == 0 && (marks > 0 || (points > 0 && points != 3)));
}

bool is_plain_whole(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit) &&
         (text.size() == 1 || text[0] != '0');
}

// Seconds, milliseconds or microseconds of the years 2000 to 2035.
bool may_be_epoch(std::string_view text) {
  if (text.size() != 10 && text.size() != 13 && text.size() != 16) return false;
  const auto seconds = text.substr(0, 10);
  return seconds >= "0946684800" && seconds < "2051222400";
}

struct Facts {
  std::uint64_t rows = 0;  // with a value
  double distinct = 0;     // share
  bool values = false;     // amounts, measurements, dates: mostly
  bool whole = false;      // whole numbers without leading zeros: mostly
  bool epochs = false;
  bool digits_of_one_length = false;
  std::size_t length = 0;
};

Facts facts_of(std::span<const CellCount> cells) {
  Facts facts;
  std::uint64_t values = 0;
  std::uint64_t whole = 0;
  std::uint64_t epochs = 0;
  facts.digits_of_one_length = true;
  for (const CellCount& cell : cells) {
    facts.rows += cell.count;
    values += looks_like_a_value(cell.text) ? 1 : 0;
    whole += is_plain_whole(cell.text) ? 1 : 0;
    epochs += may_be_epoch(cell.text) ? 1 : 0;
    facts.digits_of_one_length = facts.digits_of_one_length &&
                                 cell.text.size() == cells[0].text.size() &&
                                 std::all_of(cell.text.begin(), cell.text.end(), is_digit);
  }
  const auto mostly = [&](std::uint64_t count) { return 10 * count > 9 * cells.size(); };
  facts.distinct = static_cast<double>(cells.size()) / static_cast<double>(facts.rows);
  facts.values = mostly(values);
  facts.whole = mostly(whole);
  facts.epochs = mostly(epochs);
  facts.length = cells[0].text.size();
  return facts;
}

// Whether unique whole numbers are keys and no measurements.
bool whole_numbers_are_keys(const Facts& facts, std::span<const CellCount> cells) {
  if (facts.distinct < 1) return false;
  double least = 0;
  double greatest = 0;
  for (const CellCount& cell : cells) {
    if (!is_plain_whole(cell.text)) return false;
    double number = 0;
    for (const char c : cell.text) number = 10 * number + (c - '0');
    least = &cell == cells.data() ? number : std::min(least, number);
    greatest = &cell == cells.data() ? number : std::max(greatest, number);
  }
  const auto count = static_cast<double>(cells.size());
  const double range = greatest - least + 1;
  if (range <= 2 * count) return true;
  if (facts.epochs) return false;
  const bool would_repeat = count * (count - 1) / 2 / range >= 10;
  return would_repeat || (facts.digits_of_one_length && facts.length >= 6);
}

KeyForm learn_form(const KeyCells& keys, const Facts& facts, bool forced) {
  for (const auto learn : {learn_uuids, learn_emails, learn_ibans, learn_numbers_with_check}) {
    KeyForm form = learn(keys);
    if (!form.masks.empty()) return form;
  }
  // Codes of digits only that have zeros in front: 00005875. Accounts may have a second row.
  const bool padded = facts.digits_of_one_length && facts.length >= 6 && !facts.whole;
  if (!forced && facts.values) return {};
  if (!forced && facts.whole && !whole_numbers_are_keys(facts, keys.cells)) return {};
  if (!facts.whole && !facts.values) {
    for (const auto learn : {learn_person_names, learn_addresses}) {
      KeyForm form = learn(keys);
      if (!form.masks.empty()) return form;
    }
  }
  if (!forced && facts.distinct < (padded ? 0.9 : 0.98)) return {};
  return learn_codes(keys, forced);
}

// Where all short keys are taken and longer ones would be the rule, keys that only differ by what
// is hung on to them are no keys of this shape.
bool is_fully_occupied(const Mask& mask, std::uint64_t cells) {
  if (mask.is_serial() || mask.capacity() >= cells) return false;
  return std::any_of(mask.slots().begin(), mask.slots().end(), [](const Slot& slot) {
    return slot.piece == Piece::growth && slot.growth == Growth::suffix;
  });
}

}  // namespace

KeySpelling::KeySpelling(std::vector<Mask> masks, std::string about)
    : masks_(std::move(masks)), about_(std::move(about)) {
  if (masks_.empty() || masks_.size() > most_masks) refuse("no shape");
  if (about_.size() > most_about) refuse("no description");
  for (const Mask& mask : masks_) {
    if (mask.weight() < 1 || mask.weight() > most_weight) refuse("a shape without weight");
    weights_ += mask.weight();
    most_bytes_ = std::max(most_bytes_, mask.most_bytes());
  }
}

char* KeySpelling::spell(char* out, std::uint64_t row, std::uint64_t seed) const {
  std::size_t chosen = 0;
  if (masks_.size() > 1) {
    const PhiloxCounter words = philox4x32_10(noise_counter(row, 0, Purpose::keys, 0), seed);
    const std::uint64_t bits = std::uint64_t{words.word[1]} << 32U | words.word[0];
    auto drawn = static_cast<std::uint64_t>((Wide{bits} * weights_) >> 64U);
    while (drawn >= masks_[chosen].weight()) drawn -= masks_[chosen++].weight();
  }
  return masks_[chosen].spell(out, row, seed);
}

std::optional<SpelledCell> KeySpelling::parse(std::string_view) const {
  return std::nullopt;  // which row had it is not known
}

char* KeySpelling::spell(char* out, const SpelledCell& cell) const {
  return spell(out, std::bit_cast<std::uint64_t>(cell.number), 0);
}

void KeySpelling::split(double, double*) const {}

double KeySpelling::join(const double*) const {
  return 0;
}

std::optional<double> KeySpelling::number_in(std::string_view) const {
  return std::nullopt;
}

std::string KeySpelling::description() const {
  const auto common =
      std::max_element(masks_.begin(), masks_.end(),
                       [](const Mask& a, const Mask& b) { return a.weight() < b.weight(); });
  const char* const grown =
      common->capacity() == 0 ? "; longer than the real ones, which take all of their length" : "";
  return fmt::format("{} such as {}, made anew{}", about_, common->picture(), grown);
}

nlohmann::json KeySpelling::to_json() const {
  auto masks = nlohmann::json::array();
  for (const Mask& mask : masks_) masks.push_back(mask.to_json());
  return {{"is", "key"}, {"about", about_}, {"masks", std::move(masks)}};
}

std::uint64_t key_seed(std::uint64_t seed, std::size_t column) {
  const PhiloxCounter words = philox4x32_10(
      noise_counter(~std::uint64_t{0}, static_cast<std::uint32_t>(column), Purpose::keys, 65535),
      seed);
  return std::uint64_t{words.word[1]} << 32U | words.word[0];
}

std::shared_ptr<const Spelling> learn_keys(std::span<const CellCount> cells, std::uint64_t rows,
                                           bool forced) {
  if (cells.empty() || rows == 0) return nullptr;
  const Facts facts = facts_of(cells);
  if (!forced && (cells.size() < fewest_keys || facts.distinct < 0.9)) return nullptr;
  std::vector<CellCount> sorted(cells.begin(), cells.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const CellCount& a, const CellCount& b) { return a.text < b.text; });
  const KeyCells keys{sorted, facts.rows, frequent_from(facts.rows), unused_suffix(sorted)};
  KeyForm form = learn_form(keys, facts, forced);
  if (form.masks.empty()) return nullptr;
  for (Mask& mask : form.masks) {
    if (mask.is_serial()) continue;
    mask.set_free(free_ranks(mask, sorted));
    if (!forced && is_fully_occupied(mask, sorted.size())) return nullptr;
  }
  return std::make_shared<KeySpelling>(std::move(form.masks), std::move(form.about));
}

std::shared_ptr<const Spelling> key_spelling_from_json(const nlohmann::json& json) {
  const auto about = json.find("about");
  const auto masks = json.find("masks");
  if (about == json.end() || !about->is_string()) refuse("no description");
  if (masks == json.end() || !masks->is_array() || masks->size() > most_masks) refuse("no shape");
  std::vector<Mask> read;
  for (const auto& mask : *masks) read.push_back(Mask::from_json(mask));
  return std::make_shared<KeySpelling>(std::move(read), about->get<std::string>());
}

}  // namespace cuvae
