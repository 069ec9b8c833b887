#include "text/column_kinds.hpp"

#include <string>

#include <cuvae/error.hpp>

namespace cuvae {

std::string_view to_string(ColumnKind kind) {
  return traits_of(kind).name;
}

ColumnKind column_kind_from(std::string_view text) {
  std::string names;
  for (const ColumnKindTraits& traits : column_kinds) {
    if (traits.name == text) return traits.kind;
    if (!names.empty()) names += &traits == &column_kinds.back() ? " and " : ", ";
    names += traits.name;
  }
  throw Error(ErrorKind::data,
              "'" + std::string(text) + "' is no kind of column; " + names + " are");
}

}  // namespace cuvae
