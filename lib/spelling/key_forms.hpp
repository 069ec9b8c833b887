// Keys of a form that everybody knows: UUIDs, e-mail addresses, IBANs, card numbers, names of
// persons, postal addresses.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "spelling/key_mask.hpp"
#include "spelling/spelling.hpp"

namespace cuvae {

// Shapes without remainders, and what they are shapes of; none where the cells have another form.
struct KeyForm {
  std::vector<Mask> masks;
  std::string about;  // "e-mail addresses"
};

struct KeyCells {
  std::span<const CellCount> cells;
  std::uint64_t rows = 0;      // that have one of these cells
  std::uint64_t frequent = 0;  // rows from which on a piece says nothing about one of them
  std::string suffix;          // that no cell has
};

KeyForm learn_uuids(const KeyCells& keys);
KeyForm learn_ibans(const KeyCells& keys);
KeyForm learn_numbers_with_check(const KeyCells& keys);
KeyForm learn_emails(const KeyCells& keys);
KeyForm learn_person_names(const KeyCells& keys);
KeyForm learn_addresses(const KeyCells& keys);

// Any other shape. Not forced, only shapes of codes that tell many rows apart.
KeyForm learn_codes(const KeyCells& keys, bool forced);

}  // namespace cuvae
