// Texts to small numbers, in order of first sight; the inner loop of every text column.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "table/scan.hpp"

namespace cuvae {

// One thread's labels of one column. Id 0 is the empty text. Texts of up to 32 bytes are compared
// as words inside of their slot; no text may hold a NUL byte, so padding with zeros keeps them
// apart.
class Dictionary {
 public:
  Dictionary() : short_slots_(64), wide_slots_(64), ends_{0}, counts_{0} {}

  // The id of a text; 32 bytes behind its first must be readable.
  std::uint32_t find(const char* text, std::size_t size) {
    if (size <= 8) {
      if (size == 0) {
        ++missing_;
        return 0;
      }
      const std::uint64_t key = load(text) & (~std::uint64_t{0} >> (64 - 8 * size));
      for (std::size_t at = start(key * short_odd, short_shift_);; ++at) {
        ShortSlot& slot = short_slots_[at & short_mask()];
        if (slot.key == key) {
          ++slot.count;
          return slot.id;
        }
        if (slot.key == 0) return add_short(text, size, key);
      }
    }
    if (size <= 32) {
      const Words words(text, size);
      for (std::size_t at = start(words.hash(), wide_shift_);; ++at) {
        WideSlot& slot = wide_slots_[at & wide_mask()];
        if (slot.words == words) {
          ++slot.count;
          return slot.id;
        }
        if (slot.id == 0) return add_wide(text, size, words);
      }
    }
    return find_long(text, size);
  }

  std::size_t size() const { return ends_.size(); }  // the empty text counts

  std::string_view text(std::uint32_t id) const {
    if (id == 0) return {};
    return std::string_view(arena_).substr(ends_[id - 1], ends_[id] - ends_[id - 1]);
  }

  // How often each id was found.
  std::vector<std::uint64_t> counts() const;

 private:
  struct ShortSlot {
    std::uint64_t key = 0;  // 0: free
    std::uint32_t id = 0;
    std::uint32_t count = 0;
  };

  struct Words {
    std::uint64_t word[4];

    Words() : word{} {}
    Words(const char* text, std::size_t size) {
      const unsigned char* mask = masks + 32 - size;
      for (int i = 0; i < 4; ++i) word[i] = load(text + 8 * i) & load(mask + 8 * i);
    }
    std::uint64_t hash() const {
      const std::uint64_t low = (word[0] * 0x9E3779B97F4A7C15) ^ (word[1] * 0xC2B2AE3D27D4EB4F);
      const std::uint64_t high = (word[2] * 0x165667B19E3779F9) ^ (word[3] * 0xD6E8FEB86659FD93);
      const std::uint64_t mixed = low + (high << 32 | high >> 32);
      return (mixed ^ mixed >> 32) * short_odd;
    }
    friend bool operator==(const Words& a, const Words& b) {
      return ((a.word[0] ^ b.word[0]) | (a.word[1] ^ b.word[1]) | (a.word[2] ^ b.word[2]) |
              (a.word[3] ^ b.word[3])) == 0;
    }
  };

  struct alignas(64) WideSlot {
    Words words;
    std::uint32_t id = 0;  // 0: free
    std::uint32_t count = 0;
  };

  static constexpr std::uint64_t short_odd = 0x9E3779B97F4A7C15;
  alignas(64) static const unsigned char masks[64];  // 32 times 0xFF, then zeros

  template <class T>
  static std::uint64_t load(const T* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, 8);
    return word;
  }
  static std::size_t start(std::uint64_t hash, unsigned shift) {
    return static_cast<std::size_t>(hash >> shift);
  }
  std::size_t short_mask() const { return short_slots_.size() - 1; }
  std::size_t wide_mask() const { return wide_slots_.size() - 1; }

  std::uint32_t add_short(const char* text, std::size_t size, std::uint64_t key);
  std::uint32_t add_wide(const char* text, std::size_t size, const Words& words);
  std::uint32_t find_long(const char* text, std::size_t size);
  std::uint32_t append(const char* text, std::size_t size);
  void place(const ShortSlot& slot);
  void place(const WideSlot& slot);

  std::vector<ShortSlot> short_slots_;
  std::vector<WideSlot> wide_slots_;
  std::vector<std::uint32_t> long_slots_;  // ids, 0: free
  unsigned short_shift_ = 58;
  unsigned wide_shift_ = 58;
  std::size_t short_used_ = 0;
  std::size_t wide_used_ = 0;
  std::size_t long_used_ = 0;
  std::uint64_t missing_ = 0;
  std::string arena_;                  // all texts, end to end
  std::vector<std::size_t> ends_;      // of each id's text in the arena
  std::vector<std::uint32_t> counts_;  // of long texts; the others count in their slots
};

}  // namespace cuvae
