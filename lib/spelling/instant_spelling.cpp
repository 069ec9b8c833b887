#include "spelling/instant_spelling.hpp"

#include <nlohmann/json.hpp>

#include <cuvae/error.hpp>

namespace cuvae {

std::shared_ptr<const Spelling> learn_instants(std::span<const CellCount>, std::string_view,
                                               std::string&) {
  return nullptr;
}

std::shared_ptr<const Spelling> instant_spelling_from_json(const nlohmann::json&) {
  throw Error(ErrorKind::data, "schema: no instant spelling is known");
}

}  // namespace cuvae
