// One column of a schema as JSON, for those that keep columns elsewhere.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include <cuvae/schema.hpp>

namespace cuvae {

nlohmann::json column_schema_to_json(const ColumnSchema& column);

// `where` names the column in messages. Throws Error(data).
ColumnSchema column_schema_from_json(const nlohmann::json& object, const std::string& where);

}  // namespace cuvae
