#include <string>

#include <cuvae/error.hpp>
#include <cuvae/table.hpp>

namespace cuvae {

std::string_view to_string(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::currency:
      return "currency";
    case ColumnKind::continuous:
      return "continuous";
    case ColumnKind::ordinal:
      return "ordinal";
    case ColumnKind::label:
      break;
  }
  return "label";
}

ColumnKind column_kind_from(std::string_view text) {
  for (const ColumnKind kind :
       {ColumnKind::currency, ColumnKind::continuous, ColumnKind::ordinal, ColumnKind::label}) {
    if (to_string(kind) == text) return kind;
  }
  throw Error(ErrorKind::data, "'" + std::string(text) +
                                   "' is no kind of column; currency, continuous, ordinal and "
                                   "label are");
}

}  // namespace cuvae
