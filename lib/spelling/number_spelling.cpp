#include "spelling/number_spelling.hpp"

#include <nlohmann/json.hpp>

#include <cuvae/error.hpp>

namespace cuvae {

std::shared_ptr<const Spelling> learn_numbers(std::span<const CellCount>) {
  return nullptr;
}

std::shared_ptr<const Spelling> number_spelling_from_json(const nlohmann::json&) {
  throw Error(ErrorKind::data, "schema: no number spelling is known");
}

}  // namespace cuvae
