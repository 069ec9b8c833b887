#include "spelling/learn_mask.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <unordered_map>

namespace cuvae {
namespace {

constexpr double nearly_all = 0.98;
constexpr double most_of_them = 0.95;
constexpr std::size_t most_choices = 200;
constexpr std::size_t most_number_digits = 18;
// So often would each character of an alphabet be expected before a missing one means anything.
constexpr std::uint64_t expected_times = 20;

enum class Fit : std::uint8_t { yes, shorter, no };

constexpr std::string_view digits = "0123456789";
constexpr std::string_view lower_hex = "0123456789abcdef";
constexpr std::string_view upper_hex = "0123456789ABCDEF";
constexpr std::string_view lower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

// The smallest usual alphabet that has all of these characters; "" where none has.
std::string alphabet_of(const std::array<std::uint64_t, 256>& counts) {
  static const std::array<std::string, 9> alphabets = {
      std::string(digits),
      std::string(lower_hex),
      std::string(upper_hex),
      std::string(lower),
      std::string(upper),
      std::string(digits) + std::string(lower),
      std::string(digits) + std::string(upper),
      std::string(upper) + std::string(lower),
      std::string(digits) + std::string(upper) + std::string(lower)};
  bool letters_only = true;
  for (const char c : digits)
    letters_only = letters_only && counts[static_cast<unsigned char>(c)] == 0;
  for (const std::string& alphabet : alphabets) {
    if (letters_only && is_digit(alphabet[0])) continue;
    bool all = true;
    for (std::size_t c = 0; c < counts.size(); ++c) {
      if (counts[c] > 0 && alphabet.find(static_cast<char>(c)) == std::string::npos) all = false;
    }
    if (all) return alphabet;
  }
  return "";
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_all_digits(const Slot& slot) {
  if (slot.piece == Piece::number) return slot.texts[0] == digits;
  if (slot.piece != Piece::chars) return false;
  return std::all_of(slot.texts.begin(), slot.texts.end(), [](const std::string& alphabet) {
    return std::all_of(alphabet.begin(), alphabet.end(), is_digit);
  });
}

// Learns the slots of one run of characters over all texts that still fit.
class RunLearner {
 public:
  RunLearner(const std::vector<CellCount>& texts, const std::vector<std::string_view>& runs,
             std::vector<Fit>& fits, LearnedSlots& learned, std::uint64_t frequent)
      : texts_(texts), runs_(runs), fits_(fits), learned_(learned), frequent_(frequent) {}

  void learn(bool choices) {
    count();
    if (fitting_ == 0 || learn_constant() || (choices && learn_choice())) return;
    drop_if([](std::string_view run) { return !is_ascii(run); });
    count();
    if (fitting_ == 0) return;
    std::size_t modal = 0;
    for (const auto& [length, times] : lengths_) {
      if (modal == 0 || times > lengths_[modal]) modal = length;
    }
    if (static_cast<double>(lengths_[modal]) >= nearly_all * static_cast<double>(fitting_)) {
      learn_chars(modal);
    } else {
      learn_variable(modal);
    }
  }

 private:
  void count() {
    times_.clear();
    lengths_.clear();
    fitting_ = 0;
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (fits_[i] != Fit::yes) continue;
      ++fitting_;
      times_[runs_[i]] += texts_[i].count;
      ++lengths_[runs_[i].size()];
    }
  }

  template <class Condition>
  void drop_if(Condition condition, Fit as = Fit::no) {
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (fits_[i] == Fit::yes && condition(runs_[i])) fits_[i] = as;
    }
  }

  void drop_longer_than(std::size_t longest) {
    drop_if([&](std::string_view run) {
      learned_.longer += run.size() > longest ? 1 : 0;
      return run.size() > longest;
    });
  }

  std::uint64_t rows() const {
    std::uint64_t sum = 0;
    for (const auto& [run, times] : times_) sum += times;
    return sum;
  }

  bool learn_constant() {
    const auto top = std::max_element(times_.begin(), times_.end(), [](auto& a, auto& b) {
      return a.second != b.second ? a.second < b.second : a.first > b.first;
    });
    if (static_cast<double>(top->second) < nearly_all * static_cast<double>(rows())) return false;
    const std::string text(top->first);
    drop_if([&](std::string_view run) { return run != text; });
    learned_.slots.push_back(constant_slot(text));
    return true;
  }

  bool learn_choice() {
    std::map<std::string, std::uint64_t> often;
    std::uint64_t covered = 0;
    for (const auto& [run, times] : times_) {
      if (times < frequent_) continue;
      often.emplace(run, times);
      covered += times;
    }
    if (often.size() > most_choices ||
        static_cast<double>(covered) < most_of_them * static_cast<double>(rows())) {
      return false;
    }
    Slot slot;
    slot.piece = Piece::choice;
    for (const auto& [run, times] : often) {
      slot.texts.push_back(run);
      slot.weights.push_back(times);
    }
    drop_if([&](std::string_view run) { return !often.contains(std::string(run)); });
    learned_.slots.push_back(std::move(slot));
    return true;
  }

  std::array<std::uint64_t, 256> characters(std::optional<std::size_t> place) const {
    std::array<std::uint64_t, 256> counts{};
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (fits_[i] != Fit::yes) continue;
      for (std::size_t p = place.value_or(0); p < runs_[i].size(); ++p) {
        ++counts[static_cast<unsigned char>(runs_[i][p])];
        if (place) break;
      }
    }
    return counts;
  }

  // What may stand at a place: what is seen there often, if that is known to be all, else the
  // alphabet that has it.
  std::string alphabet_at(std::size_t place, const std::string& of_run) const {
    const auto counts = characters(place);
    std::string seen;
    std::string often;
    std::uint64_t covered = 0;
    for (std::size_t c = 0; c < counts.size(); ++c) {
      if (counts[c] == 0) continue;
      seen += static_cast<char>(c);
      if (counts[c] < frequent_) continue;
      often += static_cast<char>(c);
      covered += counts[c];
    }
    std::string alphabet = alphabet_of(counts);
    if (seen.size() == 1) return seen;
    if (is_letter(alphabet[0]) && !is_digit(of_run[0])) alphabet = of_run;
    if (is_digit(alphabet[0]) && seen.find_first_not_of(digits) != std::string::npos) {
      alphabet = of_run;
    }
    const bool known = fitting_ >= expected_times * alphabet.size();
    return known && static_cast<double>(covered) >= most_of_them * static_cast<double>(fitting_)
               ? often
               : alphabet;
  }

  void learn_chars(std::size_t length) {
    drop_if([&](std::string_view run) { return run.size() != length; });
    count();
    const std::string of_run = alphabet_of(characters({}));
    std::vector<std::string> alphabets;
    for (std::size_t place = 0; place < length; ++place) {
      alphabets.push_back(alphabet_at(place, of_run));
      learned_.code_values *= static_cast<double>(alphabets.back().size());
    }
    const auto is_other = [&](std::string_view run) {
      for (std::size_t place = 0; place < length; ++place) {
        if (alphabets[place].find(run[place]) == std::string::npos) return true;
      }
      return false;
    };
    // A number of no more digits than the shape's is not among those that have more.
    std::size_t zeros = 0;
    while (zeros < length && alphabets[zeros] == "0") ++zeros;
    drop_if(
        [&](std::string_view run) {
          return is_other(run) && run.find_first_not_of(digits) == std::string::npos &&
                 run.find_first_not_of('0') >= zeros;
        },
        Fit::shorter);
    drop_if(is_other);
    learned_.slots.push_back(chars_slot(std::move(alphabets)));
    if (is_all_digits(learned_.slots.back())) learned_.wide = learned_.slots.size() - 1;
  }

  void learn_variable(std::size_t modal) {
    // Lengths of few texts are left out, at both ends.
    std::size_t shortest = lengths_.begin()->first;
    std::size_t longest = lengths_.rbegin()->first;
    for (const auto& [length, times] : lengths_) {
      shortest = length;
      if (times >= frequent_ || length == modal) break;
    }
    for (auto length = lengths_.rbegin(); length != lengths_.rend(); ++length) {
      longest = length->first;
      if (length->second >= frequent_ || longest == modal) break;
    }
    drop_longer_than(longest);
    drop_if([&](std::string_view run) { return run.size() < shortest; }, Fit::shorter);
    const std::string alphabet = alphabet_of(characters({}));
    std::uint64_t leading_zeros = 0;
    std::uint64_t capitals = 0;
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (fits_[i] != Fit::yes) continue;
      leading_zeros += runs_[i].size() > 1 && runs_[i][0] == '0' ? 1 : 0;
      const auto rest = runs_[i].substr(1);
      capitals += upper.find(runs_[i][0]) != std::string::npos &&
                          rest.find_first_not_of(lower) == std::string::npos
                      ? 1
                      : 0;
    }
    const bool of_digits = alphabet == digits || alphabet == lower_hex || alphabet == upper_hex;
    if (of_digits && leading_zeros == 0 && longest <= most_number_digits) {
      Slot slot = run_slot(Piece::number, alphabet, shortest, longest);
      if (const auto values = values_of(slot)) {
        learned_.code_values *= static_cast<double>(*values);
        learned_.slots.push_back(std::move(slot));
        if (alphabet == digits) learned_.wide = learned_.slots.size() - 1;
        return;
      }
    }
    learn_word(alphabet, modal, shortest, longest,
               static_cast<double>(capitals) >= nearly_all * static_cast<double>(fitting_));
  }

  void learn_word(std::string alphabet, std::size_t modal, std::size_t shortest,
                  std::size_t longest, bool capitals) {
    const bool of_letters = !is_digit(alphabet[0]);
    if (capitals && shortest > 1) {
      drop_if([&](std::string_view run) {
        return upper.find(run[0]) == std::string::npos ||
               run.substr(1).find_first_not_of(lower) != std::string::npos;
      });
      learned_.slots.push_back(chars_slot({std::string(upper)}));
      alphabet = lower;
      --shortest;
      --longest;
    }
    Slot slot = run_slot(Piece::word, alphabet, shortest, longest);
    if (longest <= 62 && values_of(slot)) {
      learned_.has_words = learned_.has_words || of_letters;
      if (!of_letters) learned_.code_values *= static_cast<double>(*values_of(slot));
      learned_.slots.push_back(std::move(slot));
      return;
    }
    longest = std::min(longest, shortest + 62);
    Slot rest = run_slot(Piece::word, alphabet, 0, longest - shortest);
    while (!values_of(rest)) --rest.longest;
    if (shortest > 0) {
      drop_longer_than(shortest + rest.longest);
      learned_.slots.push_back(chars_slot(std::vector<std::string>(shortest, alphabet)));
      learned_.slots.push_back(std::move(rest));
    } else {
      if (capitals) learned_.slots.pop_back();
      learn_chars(modal);
    }
    learned_.has_words = learned_.has_words || of_letters;
    if (!of_letters) learned_.code_values *= 1e18;
  }

  const std::vector<CellCount>& texts_;
  const std::vector<std::string_view>& runs_;
  std::vector<Fit>& fits_;
  LearnedSlots& learned_;
  std::uint64_t frequent_;
  std::map<std::string_view, std::uint64_t> times_;
  std::map<std::size_t, std::uint64_t> lengths_;
  std::uint64_t fitting_ = 0;
};

// Runs of letters and runs of digits within a token: "LD" of "Zz486".
std::string runs_of(std::string_view token) {
  std::string runs;
  for (const char c : token) {
    const char kind = is_digit(c) ? 'D' : 'L';
    if (runs.empty() || runs.back() != kind) runs += kind;
  }
  return runs;
}

// The runs of all tokens if they are of the same kinds in nearly all; the tokens themselves if not.
std::vector<std::vector<std::string_view>> divided(const std::vector<std::string_view>& tokens,
                                                   std::vector<Fit>& fits) {
  std::map<std::string, std::uint64_t> kinds;
  std::uint64_t fitting = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (fits[i] != Fit::yes) continue;
    ++kinds[runs_of(tokens[i])];
    ++fitting;
  }
  if (fitting == 0) return {tokens};
  const auto top = std::max_element(kinds.begin(), kinds.end(),
                                    [](auto& a, auto& b) { return a.second < b.second; });
  if (static_cast<double>(top->second) < nearly_all * static_cast<double>(fitting)) return {tokens};
  std::vector<std::vector<std::string_view>> runs(top->first.size(),
                                                  std::vector<std::string_view>(tokens.size()));
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (fits[i] != Fit::yes) continue;
    if (runs_of(tokens[i]) != top->first) {
      fits[i] = Fit::no;
      continue;
    }
    std::size_t begin = 0;
    for (std::size_t run = 0; run < runs.size(); ++run) {
      std::size_t end = begin;
      while (end < tokens[i].size() && is_digit(tokens[i][end]) == (top->first[run] == 'D')) ++end;
      runs[run][i] = tokens[i].substr(begin, end - begin);
      begin = end;
    }
  }
  return runs;
}

bool is_prime(std::uint64_t number) {
  for (std::uint64_t divisor = 2; divisor * divisor <= number; ++divisor) {
    if (number % divisor == 0) return false;
  }
  return number > 1;
}

}  // namespace

std::uint64_t frequent_from(std::uint64_t rows) {
  return std::max<std::uint64_t>(5, (rows + 99) / 100);
}

std::vector<std::pair<std::size_t, std::size_t>> tokens_of(std::string_view text) {
  std::vector<std::pair<std::size_t, std::size_t>> tokens;
  bool within = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool token = is_digit(text[i]) || is_letter(text[i]);
    if (token && !within) tokens.emplace_back(i, i);
    if (token) tokens.back().second = i + 1;
    within = token;
  }
  return tokens;
}

std::string separators_of(std::string_view text) {
  std::string separators;
  bool within = false;
  for (const char c : text) {
    const bool token = is_digit(c) || is_letter(c);
    if (!token || !within) separators += token ? '\1' : c;
    within = token;
  }
  return separators;
}

LearnedSlots learn_slots(const std::vector<CellCount>& texts, std::uint64_t frequent,
                         bool choices) {
  LearnedSlots learned;
  std::vector<Fit> fits(texts.size(), Fit::yes);
  std::vector<std::vector<std::string_view>> tokens;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::size_t token = 0;
    for (const auto& [begin, end] : tokens_of(texts[i].text)) {
      if (tokens.size() <= token) tokens.emplace_back(texts.size());
      tokens[token++][i] = texts[i].text.substr(begin, end - begin);
    }
  }
  std::size_t token = 0;
  for (const char c : separators_of(texts.front().text)) {
    if (c != '\1') {
      if (learned.slots.empty() || learned.slots.back().piece != Piece::constant) {
        learned.slots.push_back(constant_slot(""));
      }
      learned.slots.back().texts[0] += c;
      continue;
    }
    for (const auto& runs : divided(tokens[token], fits)) {
      RunLearner(texts, runs, fits, learned, frequent).learn(choices);
    }
    ++token;
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    learned.rows += texts[i].count;
    learned.fitting += fits[i] == Fit::yes ? 1 : 0;
    learned.may_widen = learned.may_widen && fits[i] != Fit::no;
    learned.may_be_serial = learned.may_be_serial && fits[i] != Fit::no;
  }
  return learned;
}

void add_growth(LearnedSlots& learned, const std::string& suffix) {
  if (!learned.wide || !learned.may_widen) {
    learned.slots.push_back(growth_slot(Growth::suffix, suffix));
    return;
  }
  Slot& slot = learned.slots[*learned.wide];
  std::size_t zeros = 0;
  if (slot.piece == Piece::chars) {
    while (zeros < slot.texts.size() && slot.texts[zeros] == "0") ++zeros;
    slot.texts.erase(slot.texts.begin(), slot.texts.begin() + static_cast<std::ptrdiff_t>(zeros));
  }
  learned.slots.insert(learned.slots.begin() + static_cast<std::ptrdiff_t>(*learned.wide),
                       growth_slot(Growth::digits, "", zeros));
}

bool make_serial(LearnedSlots& learned, const std::vector<CellCount>& texts) {
  if (!learned.wide || !learned.may_be_serial) return false;
  for (std::size_t i = 0; i < learned.slots.size(); ++i) {
    const Piece piece = learned.slots[i].piece;
    if (i != *learned.wide && piece != Piece::constant && piece != Piece::choice) return false;
  }
  // The digits stand behind as many tokens, or runs in them, as there are slots with digits.
  std::uint64_t least = ~std::uint64_t{0};
  std::uint64_t greatest = 0;
  for (const CellCount& cell : texts) {
    std::size_t end = cell.text.size();
    for (std::size_t i = learned.slots.size() - 1; i > *learned.wide; --i) {
      const Slot& behind = learned.slots[i];
      const auto fitting = std::find_if(behind.texts.begin(), behind.texts.end(), [&](auto& text) {
        return cell.text.substr(0, end).ends_with(text);
      });
      if (fitting == behind.texts.end()) return false;
      end -= fitting->size();
    }
    std::size_t begin = end;
    while (begin > 0 && is_digit(cell.text[begin - 1])) --begin;
    std::uint64_t number = 0;
    const auto read = std::from_chars(cell.text.data() + begin, cell.text.data() + end, number);
    if (end - begin > most_number_digits || read.ptr != cell.text.data() + end) return false;
    least = std::min(least, number);
    greatest = std::max(greatest, number);
  }
  const std::uint64_t count = texts.size();
  if (greatest - least + 1 > 2 * count) return false;
  // That there are as many as there are rows is known; other ends of numbers are not told exactly.
  std::uint64_t first = greatest + 1;
  if (greatest > count) {
    std::uint64_t step = 1;
    while (step * 10 <= count) step *= 10;
    first = (greatest / step + 1) * step;
  }
  Slot& slot = learned.slots[*learned.wide];
  const std::size_t width = slot.piece == Piece::chars ? slot.texts.size() : 1;
  slot = Slot{};
  slot.piece = Piece::serial;
  slot.first = first;
  slot.longest = static_cast<std::uint32_t>(width);
  return true;
}

std::string unused_suffix(std::span<const CellCount> cells) {
  std::array<bool, 256> used{};
  std::size_t longest_dashes = 0;
  for (const CellCount& cell : cells) {
    std::size_t dashes = 0;
    for (const char c : cell.text) {
      used[static_cast<unsigned char>(c)] = true;
      dashes = c == '-' ? dashes + 1 : 0;
      longest_dashes = std::max(longest_dashes, dashes);
    }
  }
  for (const char c : std::string_view("-_.~/+# ")) {
    if (!used[static_cast<unsigned char>(c)]) return std::string(1, c);
  }
  return std::string(std::min<std::size_t>(longest_dashes + 1, 8), '-');
}

FreeRanks free_ranks(const Mask& mask, std::span<const CellCount> cells) {
  std::uint64_t count = 0;
  for (const CellCount& cell : cells) mask.for_each_rank(cell.text, [&](Wide) { ++count; });
  if (count == 0) return {};
  FreeRanks free;
  free.modulus = std::max<std::uint64_t>(2 * count + 1, 17);
  while (!is_prime(free.modulus)) ++free.modulus;
  std::vector<bool> taken(free.modulus, false);
  for (const CellCount& cell : cells) {
    mask.for_each_rank(
        cell.text, [&](Wide rank) { taken[static_cast<std::size_t>(rank % free.modulus)] = true; });
  }
  // Few enough that they say next to nothing about any one real key; spread, not the first ones.
  const auto most = std::min<std::uint64_t>(Mask::most_remainders, free.modulus / 16);
  std::vector<std::uint64_t> all;
  for (std::uint64_t i = 0; i < free.modulus; ++i) {
    if (!taken[i]) all.push_back(i);
  }
  const auto kept = std::max<std::uint64_t>(1, std::min<std::uint64_t>(most, all.size()));
  free.remainders.clear();
  for (std::uint64_t i = 0; i < kept; ++i) free.remainders.push_back(all[i * all.size() / kept]);
  return free;
}

}  // namespace cuvae
