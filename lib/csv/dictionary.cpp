#include "csv/dictionary.hpp"

#include <functional>

namespace cuvae {

alignas(64) const unsigned char Dictionary::masks[64] = {
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

std::uint32_t Dictionary::append(const char* text, std::size_t size) {
  arena_.append(text, size);
  ends_.push_back(arena_.size());
  counts_.push_back(0);
  return static_cast<std::uint32_t>(ends_.size() - 1);
}

void Dictionary::place(const Slot& slot) {
  std::size_t at = start(slot.words.hash());
  while (this->slot(at).number != 0) ++at;
  this->slot(at) = slot;
}

std::uint32_t Dictionary::add(const char* text, std::size_t size) {
  // Few enough for nearly all of them to have the first slot that they lead to.
  if (++used_ * 4 > slots_.size()) {
    LargeVector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    --shift_;
    for (const Slot& slot : old) {
      if (slot.number != 0) place(slot);
    }
  }
  const std::uint32_t id = append(text, size);
  Slot slot;
  slot.words = Words(text, size);
  slot.number = id + 1;
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
  for (const Slot& slot : slots_) {
    if (slot.number != 0) all[slot.number - 1] += slot.count;
  }
  return all;
}

}  // namespace cuvae
