// Texts to small numbers, in order of first sight; the inner loop of every text column.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <cuvae/storage.hpp>

#include "csv/scan.hpp"

namespace cuvae {

// One thread's labels of one column. Id 0 is the empty text. Texts of up to 31 bytes are compared
// as words inside of their slot; no text may hold a NUL byte, so padding with zeros keeps them
// apart. Neither longer texts nor those that start with a quote are in slots, so that the first 32
// bytes of a cell as it stands in the file never look like another text.
class Dictionary {
 public:
  static constexpr std::size_t readable_bytes = 32;  // from a text's first on
  static constexpr std::size_t most_in_slot = readable_bytes - 1;

  // A text of up to 31 bytes, zeros behind it.
  struct Words {
    std::uint64_t word[4];

    Words() : word{} {}
    Words(const char* text, std::size_t size) {
      if (size <= 8) {
        const auto unused = static_cast<unsigned>(8 * (8 - size));
        word[0] = size == 0 ? 0 : load(text) << unused >> unused;
        word[1] = word[2] = word[3] = 0;
        return;
      }
      const unsigned char* mask = masks + readable_bytes - size;
      for (int i = 0; i < 4; ++i) word[i] = load(text + 8 * i) & load(mask + 8 * i);
    }
    std::uint64_t hash() const {
      std::uint64_t sum = 0;
      for (int i = 0; i < 4; ++i) sum += word[i] * multipliers[i];
      return mixed(sum);
    }
    friend bool operator==(const Words& a, const Words& b) {
      return ((a.word[0] ^ b.word[0]) | (a.word[1] ^ b.word[1]) | (a.word[2] ^ b.word[2]) |
              (a.word[3] ^ b.word[3])) == 0;
    }
  };

  struct alignas(64) Slot {
    Words words;
    std::uint32_t number = 0;  // of its text, the id + 1; 0: free
    std::uint32_t count = 0;
  };

  static constexpr std::uint64_t multipliers[4] = {0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F,
                                                   0x165667B19E3779F9, 0xD6E8FEB86659FD93};

  static std::uint64_t mixed(std::uint64_t sum) { return (sum ^ sum >> 32) * multipliers[0]; }

  Dictionary() : slots_(256), ends_{0}, counts_{0} { slots_[0].number = 1; }

  // The id of a text.
  std::uint32_t find(const char* text, std::size_t size) {
    if (size > most_in_slot || (size != 0 && *text == '"')) return find_long(text, size);
    const Words words(text, size);
    for (std::size_t at = start(words.hash());; ++at) {
      Slot& here = slot(at);
      if (here.words == words) {
        ++here.count;
        return here.number - 1;
      }
      if (here.number == 0) return add(text, size);
    }
  }

  // Where a text is, if it is in the first slot that its hash leads to: slots()[hash >> shift()].
  // For those who look in vectors, and count in the slot; valid until a text is added.
  Slot* slots() { return slots_.data(); }
  unsigned shift() const { return shift_; }

  // Counts a text that was just found so many more times.
  void count_again(std::uint32_t id, std::uint32_t times) { counts_[id] += times; }

  std::size_t size() const { return ends_.size(); }  // the empty text counts

  std::string_view text(std::uint32_t id) const {
    if (id == 0) return {};
    return std::string_view(arena_).substr(ends_[id - 1], ends_[id] - ends_[id - 1]);
  }

  // [ids] how often each was found.
  std::vector<std::uint64_t> counts() const;

 private:
  alignas(64) static const unsigned char masks[64];  // 32 times 0xFF, then zeros

  template <class T>
  static std::uint64_t load(const T* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, 8);
    return word;
  }

  std::size_t start(std::uint64_t hash) const { return static_cast<std::size_t>(hash >> shift_); }
  Slot& slot(std::size_t at) { return slots_[at & (slots_.size() - 1)]; }
  std::uint32_t add(const char* text, std::size_t size);
  std::uint32_t find_long(const char* text, std::size_t size);
  std::uint32_t append(const char* text, std::size_t size);
  void place(const Slot& slot);

  LargeVector<Slot> slots_;  // the first one holds the empty text, whose hash is 0
  unsigned shift_ = 56;      // from a hash to one of the slots
  std::size_t used_ = 1;
  std::vector<std::uint32_t> long_slots_;  // ids, 0: free
  std::size_t long_used_ = 0;
  std::string arena_;                  // all texts, end to end
  std::vector<std::size_t> ends_;      // of each id's text in the arena
  std::vector<std::uint32_t> counts_;  // [ids], besides those in the slots
};

}  // namespace cuvae
