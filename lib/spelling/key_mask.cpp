#include "spelling/key_mask.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/core.h>
#include <set>
#include <utility>

#include <cuvae/error.hpp>

#include "kernels/arithmetic/philox.hpp"

namespace cuvae {
namespace {

constexpr std::size_t longest_number = 39;  // digits of a Wide

[[noreturn]] void refuse(const char* what) {
  throw Error(ErrorKind::data,
              fmt::format("schema: a key's shape has {}; the model file is damaged", what));
}

// What a row draws beside its rank. Block 0 of the row's numbers chooses the mask.
class RowNoise {
 public:
  RowNoise(std::uint64_t row, std::uint64_t seed) : row_(row), seed_(seed) {}

  std::uint64_t below(std::uint64_t bound) {
    const std::uint64_t low = next();
    const std::uint64_t bits = std::uint64_t{next()} << 32U | low;
    return static_cast<std::uint64_t>((Wide{bits} * bound) >> 64U);
  }

 private:
  std::uint32_t next() {
    if (taken_ == 4) {
      words_ = philox4x32_10(noise_counter(row_, 0, Purpose::keys, ++block_), seed_);
      taken_ = 0;
    }
    return words_.word[taken_++];
  }

  std::uint64_t row_;
  std::uint64_t seed_;
  std::uint32_t block_ = 0;
  unsigned taken_ = 4;
  PhiloxCounter words_{};
};

char* write_number(char* out, Wide number, std::size_t least_digits) {
  std::array<char, longest_number> digits{};
  std::size_t count = 0;
  for (; number > 0; number /= 10) digits[count++] = static_cast<char>('0' + int(number % 10));
  for (std::size_t i = count; i < least_digits; ++i) *out++ = '0';
  while (count > 0) *out++ = digits[--count];
  return out;
}

// "A. " of 1, "Z. " of 26, "A. A. " of 27.
char* write_initials(char* out, Wide number) {
  std::array<char, longest_number> letters{};
  std::size_t count = 0;
  for (; number > 0; number = (number - 1) / 26) {
    letters[count++] = static_cast<char>('A' + int((number - 1) % 26));
  }
  while (count > 0) {
    *out++ = letters[--count];
    *out++ = '.';
    *out++ = ' ';
  }
  return out;
}

char* write_text(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* write_name(char* out, std::string_view name, Letters letters) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool capital = name[i] >= 'A' && name[i] <= 'Z';
    const bool small = name[i] >= 'a' && name[i] <= 'z';
    char c = name[i];
    if (capital && letters == Letters::lower) c = static_cast<char>(c + ('a' - 'A'));
    if (small && letters == Letters::upper) c = static_cast<char>(c - ('a' - 'A'));
    *out++ = c;
  }
  return out;
}

std::uint64_t power(std::uint64_t base, std::uint32_t exponent) {  // most_values + 1: more
  Wide result = 1;
  for (std::uint32_t i = 0; i < exponent; ++i) {
    result *= base;
    if (result > Mask::most_values) return Mask::most_values + 1;
  }
  return static_cast<std::uint64_t>(result);
}

// The least number of a slot: 100 of those of three to five digits.
std::uint64_t least_number(const Slot& slot) {
  return slot.shortest <= 1 ? 0 : power(slot.texts[0].size(), slot.shortest - 1);
}

// The characters of a number or word.
char* write_run(char* out, const Slot& slot, std::uint64_t value, bool padded) {
  const std::string& alphabet = slot.texts[0];
  const std::uint64_t base = alphabet.size();
  std::array<char, 64> digits{};
  std::size_t count = 0;
  if (slot.piece == Piece::number) {
    std::uint64_t number = value + least_number(slot);
    do {
      digits[count++] = alphabet[number % base];
      number /= base;
    } while (number > 0);
    while (padded && count < slot.longest) digits[count++] = alphabet[0];
  } else {
    std::uint32_t length = slot.shortest;
    for (; value >= power(base, length); ++length) value -= power(base, length);
    for (; count < length; value /= base) digits[count++] = alphabet[value % base];
  }
  while (count > 0) *out++ = digits[--count];
  return out;
}

// The inverse of write_run().
std::optional<std::uint64_t> value_of_run(const Slot& slot, std::string_view text) {
  const std::string& alphabet = slot.texts[0];
  std::uint64_t value = 0;
  for (const char c : text) {
    const auto place = alphabet.find(c);
    if (place == std::string::npos) return std::nullopt;
    value = value * alphabet.size() + place;
  }
  if (slot.piece == Piece::number) {
    if (text.size() > 1 && text[0] == alphabet[0]) return std::nullopt;
    const std::uint64_t least = least_number(slot);
    if (value < least || (slot.greatest > 0 && value > slot.greatest)) return std::nullopt;
    return value - least;
  }
  for (auto length = slot.shortest; length < text.size(); ++length) {
    value += power(alphabet.size(), length);
  }
  return value;
}

bool is_alphabet(const std::string& text) {
  const std::set<char> distinct(text.begin(), text.end());
  return !text.empty() && distinct.size() == text.size();
}

std::size_t longest_name(NameList list) {
  std::size_t longest = 0;
  for (const auto name : names_of(list)) longest = std::max(longest, name.size());
  return longest;
}

// Most bytes of a slot; refuses one that makes no sense.
std::size_t checked_bytes(const Slot& slot) {
  std::size_t bytes = 0;
  switch (slot.piece) {
    case Piece::constant:
      if (slot.texts.size() != 1) refuse("a piece without text");
      return slot.texts[0].size();
    case Piece::choice: {
      if (slot.texts.empty() || slot.texts.size() != slot.weights.size()) refuse("no choice");
      std::uint64_t sum = 0;
      for (const std::uint64_t weight : slot.weights) {
        if (weight == 0 || weight > (std::uint64_t{1} << 48U)) refuse("a choice without weight");
        sum += weight;
      }
      if (sum > (std::uint64_t{1} << 60U)) refuse("too many choices");
      for (const auto& text : slot.texts) bytes = std::max(bytes, text.size());
      return bytes;
    }
    case Piece::chars:
      if (slot.texts.empty()) refuse("a piece without characters");
      for (const auto& alphabet : slot.texts) {
        if (!is_alphabet(alphabet)) refuse("a piece with characters twice");
      }
      return slot.texts.size();
    case Piece::number:
    case Piece::word:
      if (slot.texts.size() != 1 || !is_alphabet(slot.texts[0]) || slot.texts[0].size() < 2 ||
          slot.shortest > slot.longest || slot.longest > 62 || !values_of(slot) ||
          (slot.piece == Piece::number && slot.shortest < 1)) {
        refuse("a piece of an impossible length");
      }
      return slot.longest;
    case Piece::listed:
      return longest_name(slot.list);
    case Piece::check:
      return slot.check == CheckDigits::iban ? 2 : 1;
    case Piece::serial:
      if (slot.longest > 64 || slot.first > (std::uint64_t{1} << 63U)) refuse("no first number");
      return std::max<std::size_t>(slot.longest, longest_number);
    case Piece::growth:
      if (slot.longest > 64 || slot.texts.size() != 1 || slot.texts[0].size() > 8) {
        refuse("an impossible way to grow");
      }
      return std::max<std::size_t>(slot.longest, 3 * longest_number) + slot.texts[0].size();
  }
  refuse("an unknown piece");
}

}  // namespace

Slot constant_slot(std::string text) {
  Slot slot;
  slot.texts.push_back(std::move(text));
  return slot;
}

Slot chars_slot(std::vector<std::string> alphabets) {
  Slot slot;
  slot.piece = Piece::chars;
  slot.texts = std::move(alphabets);
  return slot;
}

Slot run_slot(Piece piece, std::string alphabet, std::size_t shortest, std::size_t longest) {
  Slot slot = constant_slot(std::move(alphabet));
  slot.piece = piece;
  slot.shortest = static_cast<std::uint32_t>(shortest);
  slot.longest = static_cast<std::uint32_t>(longest);
  return slot;
}

Slot list_slot(NameList list, Letters letters) {
  Slot slot;
  slot.piece = Piece::listed;
  slot.list = list;
  slot.letters = letters;
  return slot;
}

Slot check_slot(CheckDigits check) {
  Slot slot;
  slot.piece = Piece::check;
  slot.check = check;
  return slot;
}

Slot growth_slot(Growth growth, std::string text, std::size_t zeros) {
  Slot slot = constant_slot(std::move(text));
  slot.piece = Piece::growth;
  slot.growth = growth;
  slot.longest = static_cast<std::uint32_t>(zeros);
  return slot;
}

std::optional<std::uint64_t> values_of(const Slot& slot) {
  const std::uint64_t base = slot.texts[0].size();
  Wide values = 0;
  if (slot.piece == Piece::number) {
    const std::uint64_t end = power(base, slot.longest);
    if (end > Mask::most_values) return std::nullopt;
    const std::uint64_t least = least_number(slot);
    if (slot.greatest == 0) return end - least;
    if (slot.greatest < least || slot.greatest >= end) return std::nullopt;
    return slot.greatest - least + 1;
  }
  for (std::uint32_t length = slot.shortest; length <= slot.longest; ++length) {
    values += power(base, length);
    if (values > Mask::most_values) return std::nullopt;
  }
  return static_cast<std::uint64_t>(values);
}

Mask::Mask(std::vector<Slot> slots, std::uint64_t weight)
    : slots_(std::move(slots)), weight_(weight) {
  if (slots_.size() > most_slots) refuse("too many pieces");
  std::size_t growths = 0;
  for (const Slot& slot : slots_) {
    most_bytes_ += checked_bytes(slot);
    serial_ = serial_ || slot.piece == Piece::serial;
    growths += slot.piece == Piece::growth ? 1 : 0;
  }
  if (most_bytes_ > longest_text) refuse("too many characters");
  if (growths > 1 || (growths == 0 && !serial_)) refuse("no way to grow");
  count_digits();
}

void Mask::count_digits() {
  Wide ranks = 1;
  bool full = false;
  for (const Slot& slot : slots_) {
    const auto add = [&](std::uint64_t radix) {
      radixes_.push_back(radix);
      full = full || ranks * radix > KeyedBijection::largest;
      if (full) return;
      ranks *= radix;
      ranked_ = radixes_.size();
    };
    if (slot.piece == Piece::chars) {
      for (const auto& alphabet : slot.texts) add(alphabet.size());
    } else if (slot.piece == Piece::number || slot.piece == Piece::word) {
      add(*values_of(slot));
    } else if (slot.piece == Piece::listed) {
      add(names_of(slot.list).size());
    }
    if (radixes_.size() > most_digits) refuse("too many characters");
  }
  for (std::size_t end = ranked_; end > 0;) {
    Chunk chunk{end, end, 1};
    while (chunk.begin > 0 && Wide{chunk.product} * radixes_[chunk.begin - 1] <= most_values) {
      chunk.product *= radixes_[--chunk.begin];
    }
    chunks_.push_back(chunk);
    end = chunk.begin;
  }
  whole_ = KeyedBijection(ranks);
  set_free({});
}

void Mask::set_free(FreeRanks free) {
  const auto& remainders = free.remainders;
  if (free.modulus < 1 || remainders.empty() || remainders.size() > most_remainders) {
    refuse("no remainders");
  }
  for (std::size_t i = 0; i < remainders.size(); ++i) {
    if (remainders[i] >= free.modulus || (i > 0 && remainders[i] <= remainders[i - 1])) {
      refuse("impossible remainders");
    }
  }
  free_ = std::move(free);
  capacity_ = ranks() / free_.modulus * free_.remainders.size();
  fresh_ = KeyedBijection(std::max<Wide>(capacity_, 1));
}

void Mask::for_each_rank(std::string_view text, const std::function<void(Wide)>& call) const {
  if (text.size() <= longest_text) match(text, 0, 0, 0, call);
}

void Mask::match(std::string_view text, std::size_t slot, std::size_t place, Wide rank,
                 const std::function<void(Wide)>& call) const {
  if (slot == slots_.size()) {
    if (place == text.size()) call(rank);
    return;
  }
  const Slot& piece = slots_[slot];
  const std::string_view rest = text.substr(place);
  std::size_t digit = 0;  // the first of this slot
  for (std::size_t i = 0; i < slot; ++i) {
    digit += slots_[i].piece == Piece::chars ? slots_[i].texts.size()
             : slots_[i].piece == Piece::number || slots_[i].piece == Piece::word ||
                     slots_[i].piece == Piece::listed
                 ? 1
                 : 0;
  }
  const auto with = [&](Wide value, std::size_t at) {
    return at < ranked_ ? rank * radixes_[at] + value : rank;
  };
  switch (piece.piece) {
    case Piece::constant:
    case Piece::choice:
      for (const auto& one : piece.texts) {
        if (rest.starts_with(one)) match(text, slot + 1, place + one.size(), rank, call);
      }
      return;
    case Piece::chars:
      if (rest.size() < piece.texts.size()) return;
      for (std::size_t i = 0; i < piece.texts.size(); ++i) {
        const auto value = piece.texts[i].find(rest[i]);
        if (value == std::string::npos) return;
        rank = with(value, digit + i);
      }
      match(text, slot + 1, place + piece.texts.size(), rank, call);
      return;
    case Piece::number:
    case Piece::word:
      for (std::size_t size = piece.shortest;
           size <= std::min<std::size_t>(piece.longest, rest.size()); ++size) {
        const auto value = value_of_run(piece, rest.substr(0, size));
        if (value) match(text, slot + 1, place + size, with(*value, digit), call);
      }
      return;
    case Piece::listed: {
      const auto names = names_of(piece.list);
      for (std::size_t i = 0; i < names.size(); ++i) {
        std::array<char, 64> spelled{};
        const auto size = static_cast<std::size_t>(
            write_name(spelled.data(), names[i], piece.letters) - spelled.data());
        if (rest.starts_with(std::string_view(spelled.data(), size))) {
          match(text, slot + 1, place + size, with(i, digit), call);
        }
      }
      return;
    }
    case Piece::check: {
      const std::size_t size = piece.check == CheckDigits::iban ? 2 : 1;
      const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
      if (rest.size() < size || !std::all_of(rest.begin(), rest.begin() + int(size), is_digit)) {
        return;
      }
      match(text, slot + 1, place + size, rank, call);
      return;
    }
    case Piece::growth:
      if (rest.size() < piece.longest ||
          rest.substr(0, piece.longest).find_first_not_of('0') != std::string_view::npos) {
        return;
      }
      match(text, slot + 1, place + piece.longest, rank, call);
      return;
    case Piece::serial:
      return;  // continues behind all real ones
  }
}

char* Mask::spell(char* out, std::uint64_t row, std::uint64_t seed) const {
  std::array<std::uint64_t, most_digits> digits;
  Wide generation = 0;
  Wide rank = 0;
  if (row < capacity_) {
    const Wide place = fresh_(row, seed, 0);
    const std::size_t count = free_.remainders.size();
    rank =
        place / count * free_.modulus + free_.remainders[static_cast<std::size_t>(place % count)];
  } else if (!serial_) {
    const Wide beyond = row - capacity_;
    generation = 1 + beyond / ranks();
    rank = whole_(beyond % ranks(), seed, 1);
  }
  for (const Chunk& chunk : chunks_) {
    auto part = static_cast<std::uint64_t>(rank % chunk.product);
    rank /= chunk.product;
    for (std::size_t i = chunk.end; i > chunk.begin; --i) {
      digits[i - 1] = part % radixes_[i - 1];
      part /= radixes_[i - 1];
    }
  }
  return write(out, digits.data(), row, generation, seed);
}

char* Mask::write(char* out, const std::uint64_t* digits, std::uint64_t row, Wide generation,
                  std::uint64_t seed) const {
  RowNoise noise(row, seed);
  char* const begin = out;
  char* check = nullptr;
  CheckDigits check_kind = CheckDigits::luhn;
  char* last = nullptr;  // past the key that the check digits are of
  std::size_t digit = 0;
  bool padded = false;
  const auto next_digit = [&] {
    const std::size_t at = digit++;
    return at < ranked_ ? digits[at] : noise.below(radixes_[at]);
  };
  for (const Slot& slot : slots_) {
    switch (slot.piece) {
      case Piece::constant:
        out = write_text(out, slot.texts[0]);
        break;
      case Piece::choice: {
        std::uint64_t sum = 0;
        for (const std::uint64_t weight : slot.weights) sum += weight;
        std::uint64_t drawn = noise.below(sum);
        std::size_t choice = 0;
        while (drawn >= slot.weights[choice]) drawn -= slot.weights[choice++];
        out = write_text(out, slot.texts[choice]);
        break;
      }
      case Piece::chars:
        for (const auto& alphabet : slot.texts) *out++ = alphabet[next_digit()];
        break;
      case Piece::number:
      case Piece::word:
        out = write_run(out, slot, next_digit(), padded);
        break;
      case Piece::listed:
        out = write_name(out, names_of(slot.list)[next_digit()], slot.letters);
        break;
      case Piece::check:
        check = out;
        check_kind = slot.check;
        out += slot.check == CheckDigits::iban ? 2 : 1;
        std::fill(check, out, '0');
        break;
      case Piece::serial:
        out = write_number(out, Wide{slot.first} + row, slot.longest);
        break;
      case Piece::growth:
        if (slot.growth == Growth::digits) {
          out = write_number(out, generation, slot.longest);
          padded = generation > 0;
        } else if (generation > 0) {
          last = out;
          out = write_text(out, slot.texts[0]);
          out = slot.growth == Growth::initials ? write_initials(out, generation)
                                                : write_number(out, generation, 1);
        }
        break;
    }
  }
  if (check != nullptr) {
    const auto size = static_cast<std::size_t>((last != nullptr ? last : out) - begin);
    set_check(begin, size, static_cast<std::size_t>(check - begin), check_kind);
  }
  return out;
}

std::string Mask::picture() const {
  std::string text;
  const auto of_alphabet = [](const std::string& alphabet) {
    if (alphabet.size() == 1) return alphabet[0];
    if (alphabet.find_first_not_of("0123456789") == std::string::npos) return '#';
    if (alphabet.find_first_not_of("0123456789abcdef") == std::string::npos) return 'x';
    if (alphabet.find_first_not_of("0123456789ABCDEF") == std::string::npos) return 'X';
    return alphabet.find_first_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos ? 'A' : 'a';
  };
  for (const Slot& slot : slots_) {
    switch (slot.piece) {
      case Piece::constant:
        text += slot.texts[0];
        break;
      case Piece::choice:
        text += slot.texts[static_cast<std::size_t>(
            std::max_element(slot.weights.begin(), slot.weights.end()) - slot.weights.begin())];
        break;
      case Piece::chars:
        for (const auto& alphabet : slot.texts) text += of_alphabet(alphabet);
        break;
      case Piece::number:
      case Piece::word:
        text.append(slot.longest, of_alphabet(slot.texts[0]));
        break;
      case Piece::listed: {
        std::array<char, 64> name{};
        text.append(name.data(), write_name(name.data(), names_of(slot.list)[0], slot.letters));
        break;
      }
      case Piece::check:
        text.append(slot.check == CheckDigits::iban ? 2 : 1, '#');
        break;
      case Piece::serial:
        text += fmt::format("{:0{}}", slot.first, slot.longest);
        break;
      case Piece::growth:
        text.append(slot.longest, '0');
        break;
    }
  }
  return text;
}

}  // namespace cuvae
