#include "spelling/spelling.hpp"

#include <nlohmann/json.hpp>

#include <cuvae/error.hpp>

#include "spelling/instant_spelling.hpp"
#include "spelling/key_spelling.hpp"
#include "spelling/kind_spelling.hpp"
#include "spelling/number_spelling.hpp"

namespace cuvae {

std::shared_ptr<const Spelling> spelling_from_json(const nlohmann::json& json) {
  const auto is = json.is_object() ? json.find("is") : json.end();
  if (is != json.end() && is->is_string()) {
    if (*is == "number") return number_spelling_from_json(json);
    if (*is == "instant") return instant_spelling_from_json(json);
    if (*is == "key") return key_spelling_from_json(json);
    if (*is == "kind") return kind_spelling_from_json(json);
  }
  throw Error(ErrorKind::data,
              "schema: a spelling is neither number nor instant nor key; the model file is damaged "
              "or of a newer version");
}

}  // namespace cuvae
