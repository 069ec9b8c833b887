// Names that belong to nobody in particular: given and family names that are common in many
// countries, and names of streets.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace cuvae {

enum class NameList { given, family, streets };

std::string_view to_string(NameList list);
std::optional<NameList> name_list_from(std::string_view text);

// In capitals and small letters of ASCII ("Anna"), each once.
std::span<const std::string_view> names_of(NameList list);

// Place of a name in its list, whatever its case.
std::optional<std::size_t> place_in(NameList list, std::string_view name);

// "Street", "avenida", "Gasse" and what ends in "strasse": words of addresses.
bool is_street_word(std::string_view word);

// "strasse" of "Lindenstrasse"; "" of words that are no such compounds.
std::string_view street_ending(std::string_view word);

}  // namespace cuvae
