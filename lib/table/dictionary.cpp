#include "table/dictionary.hpp"

#include <functional>

namespace cuvae {

const unsigned char Dictionary::masks[64] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
                                             255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
                                             255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

std::uint32_t Dictionary::append(const char* text, std::size_t size) {
  arena_.append(text, size);
  ends_.push_back(arena_.size());
  counts_.push_back(0);
  return static_cast<std::uint32_t>(ends_.size() - 1);
}

void Dictionary::place(const ShortSlot& slot) {
  std::size_t at = start(slot.key * short_odd, short_shift_);
  while (short_slots_[at & short_mask()].key != 0) ++at;
  short_slots_[at & short_mask()] = slot;
}

void Dictionary::place(const WideSlot& slot) {
  std::size_t at = start(slot.words.hash(), wide_shift_);
  while (wide_slots_[at & wide_mask()].id != 0) ++at;
  wide_slots_[at & wide_mask()] = slot;
}

std::uint32_t Dictionary::add_short(const char* text, std::size_t size, std::uint64_t key) {
  if (++short_used_ * 2 > short_slots_.size()) {
    std::vector<ShortSlot> old(short_slots_.size() * 2);
    old.swap(short_slots_);
    --short_shift_;
    for (const ShortSlot& slot : old) {
      if (slot.key != 0) place(slot);
    }
  }
  const std::uint32_t id = append(text, size);
  place(ShortSlot{key, id, 1});
  return id;
}

std::uint32_t Dictionary::add_wide(const char* text, std::size_t size, const Words& words) {
  if (++wide_used_ * 2 > wide_slots_.size()) {
    std::vector<WideSlot> old(wide_slots_.size() * 2);
    old.swap(wide_slots_);
    --wide_shift_;
    for (const WideSlot& slot : old) {
      if (slot.id != 0) place(slot);
    }
  }
  const std::uint32_t id = append(text, size);
  WideSlot slot;
  slot.words = words;
  slot.id = id;
  slot.count = 1;
  place(slot);
  return id;
}

std::uint32_t Dictionary::find_long(const char* text, std::size_t size) {
  const std::string_view wanted(text, size);
  const std::hash<std::string_view> hash;
  if (long_used_ * 2 >= long_slots_.size()) {
    std::vector<std::uint32_t> old(long_slots_.empty() ? 64 : long_slots_.size() * 2);
    old.swap(long_slots_);
    for (const std::uint32_t id : old) {
      if (id == 0) continue;
      std::size_t at = hash(this->text(id));
      while (long_slots_[at & (long_slots_.size() - 1)] != 0) ++at;
      long_slots_[at & (long_slots_.size() - 1)] = id;
    }
  }
  for (std::size_t at = hash(wanted);; ++at) {
    std::uint32_t& id = long_slots_[at & (long_slots_.size() - 1)];
    if (id == 0) {
      id = append(text, size);
      ++long_used_;
    } else if (this->text(id) != wanted) {
      continue;
    }
    ++counts_[id];
    return id;
  }
}

std::vector<std::uint64_t> Dictionary::counts() const {
  std::vector<std::uint64_t> all(counts_.begin(), counts_.end());
  all[0] = missing_;
  for (const ShortSlot& slot : short_slots_) {
    if (slot.key != 0) all[slot.id] = slot.count;
  }
  for (const WideSlot& slot : wide_slots_) {
    if (slot.id != 0) all[slot.id] = slot.count;
  }
  return all;
}

}  // namespace cuvae
