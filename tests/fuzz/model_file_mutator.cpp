// Mutations that keep a model file's frame whole. Blind ones nearly all end at the length of the
// header, at its JSON or at the JSON within that.
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "target.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned int seed);

namespace {

using Json = nlohmann::json;

constexpr std::size_t length_bytes = sizeof(std::uint64_t);

std::string mutated(std::string text, std::size_t most) {
  const std::size_t size = text.size();
  text.resize(std::max(size, most));
  text.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(text.data()), size, text.size()));
  return text;
}

// One of the values below, at any depth.
Json* any_value(Json& json, std::mt19937& random) {
  Json* at = &json;
  while (at->is_structured() && !at->empty() && (at == &json || random() % 4 != 0)) {
    auto next = at->begin();
    std::advance(next, random() % at->size());
    at = &*next;
  }
  return at;
}

Json replaced(const Json& value, std::mt19937& random) {
  static constexpr double numbers[] = {0,
                                       1,
                                       -1,
                                       2,
                                       31,
                                       32,
                                       255,
                                       65535,
                                       65536,
                                       4294967295.0,
                                       9007199254740992.0,
                                       1.8446744073709552e19,
                                       1e300,
                                       1e-300,
                                       0.5,
                                       -1e15,
                                       1e308,
                                       -1.7e308};
  if (value.is_number()) {
    switch (random() % 4) {
      case 0:
        return value.get<double>() + 1;
      case 1:
        return value.get<double>() - 1;
      case 2:
        return numbers[random() % std::size(numbers)];
      default: {
        const double number = numbers[random() % 9];
        return static_cast<std::int64_t>(number);
      }
    }
  }
  if (value.is_string()) return mutated(value.get<std::string>(), 64);
  return random() % 2 == 0 ? Json() : Json(random() % 64);
}

// Changes one value of a JSON text, removes it or doubles it.
std::string changed_json(const std::string& text, std::mt19937& random) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || random() % 4 == 0) return mutated(text, text.size() + 64);
  Json* const value = any_value(json, random);
  if (value->is_array() && !value->empty() && random() % 2 == 0) {
    const Json element = (*value)[random() % value->size()];
    if (random() % 2 == 0) {
      value->push_back(element);
    } else {
      value->erase(random() % value->size());
    }
  } else {
    *value = replaced(*value, random);
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned int seed) {
  std::mt19937 random(seed);
  std::uint64_t header_bytes = 0;
  if (size >= length_bytes) std::memcpy(&header_bytes, data, length_bytes);
  if (size < length_bytes || header_bytes > size - length_bytes || random() % 16 == 0) {
    return LLVMFuzzerMutate(data, size, most);
  }
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::string header = text.substr(length_bytes, header_bytes);
  std::string tensors = text.substr(length_bytes + header_bytes);
  Json json = Json::parse(header, nullptr, false);
  Json* const metadata = json.is_object() && json.contains("__metadata__") &&
                                 json["__metadata__"].is_object() && !json["__metadata__"].empty()
                             ? &json["__metadata__"]
                             : nullptr;
  const auto what = random() % 8;
  if (what == 0) {
    tensors = mutated(tensors, tensors.size());
  } else if (metadata == nullptr || what == 1) {
    header = changed_json(header, random);
  } else {
    auto entry = metadata->begin();
    std::advance(entry, random() % metadata->size());
    if (entry->is_string()) *entry = changed_json(entry->get<std::string>(), random);
    header = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  header_bytes = header.size();
  std::string whole(reinterpret_cast<const char*>(&header_bytes), length_bytes);
  whole += header + tensors;
  if (whole.size() > most) return LLVMFuzzerMutate(data, size, most);
  std::memcpy(data, whole.data(), whole.size());
  return whole.size();
}
