#include "models/file/safetensors.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include <cuvae/error.hpp>

#include "support/bounded_json.hpp"

namespace cuvae {
namespace {

static_assert(std::endian::native == std::endian::little, "values are copied as they are");

using Json = nlohmann::json;

constexpr std::size_t length_bytes = sizeof(std::uint64_t);
constexpr std::size_t header_alignment = 8;
constexpr int deepest_header = 8;
// Nearly all of a header is texts, which take as much memory as in the file.
constexpr JsonBounds header_bounds{deepest_header, 3, std::size_t{16} << 20U};
constexpr std::size_t most_dimensions = 8;

// Fails in the name of one file.
class Failure {
 public:
  explicit Failure(const std::string& source) : source_(source) {}
  [[noreturn]] void operator()(const std::string& what) const {
    throw Error(ErrorKind::data, source_ + ": " + what +
                                     "; the file is no cuvae model or is damaged: train it again "
                                     "or copy it again");
  }

 private:
  const std::string& source_;
};

// Refuses what JSON leaves open: the same key twice, and nesting without end.
class StrictParser {
 public:
  explicit StrictParser(const Failure& fail) : fail_(fail) {}

  Json parse(std::string_view text) {
    if (!stays_within(text, header_bounds)) {
      fail_("the header is nested too deeply or holds too many values for its length");
    }
    const auto check = [this](int, Json::parse_event_t event, Json& parsed) {
      see(event, parsed);
      return true;
    };
    try {
      return Json::parse(text.begin(), text.end(), check);
    } catch (const Json::exception& error) {
      fail_(std::string("the header is no JSON (") + error.what() + ")");
    }
  }

 private:
  void see(Json::parse_event_t event, const Json& parsed) {
    if (event == Json::parse_event_t::object_start) keys_.emplace_back();
    if (event == Json::parse_event_t::object_end) keys_.pop_back();
    if (event == Json::parse_event_t::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys_.back().insert(key).second) fail_("the header has \"" + key + "\" twice");
    }
  }

  const Failure& fail_;
  std::vector<std::set<std::string>> keys_;
};

struct TensorPlace {
  std::string name;
  std::vector<std::uint64_t> shape;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

const Json& member(const Json& object, const char* key, const std::string& name,
                   const Failure& fail) {
  const auto found = object.find(key);
  if (found == object.end()) fail("tensor \"" + name + "\" has no \"" + key + "\"");
  return *found;
}

TensorPlace place_of(const std::string& name, const Json& entry, std::uint64_t data_bytes,
                     const Failure& fail) {
  const auto wrong = [&](const std::string& what) { fail("tensor \"" + name + "\" " + what); };
  if (!entry.is_object()) wrong("is not described by an object");
  if (entry.size() != 3) wrong("has members beside dtype, shape and data_offsets");
  if (member(entry, "dtype", name, fail) != "F32") wrong("is not of type F32");
  TensorPlace place;
  place.name = name;
  const Json& shape = member(entry, "shape", name, fail);
  if (!shape.is_array() || shape.size() > most_dimensions) wrong("has a malformed shape");
  std::uint64_t values = 1;
  for (const Json& length : shape) {
    if (!length.is_number_unsigned()) wrong("has a malformed shape");
    place.shape.push_back(length.get<std::uint64_t>());
    if (place.shape.back() == 0 || place.shape.back() > most_tensor_bytes / values) {
      wrong("has a length of 0 or is too large");
    }
    values *= place.shape.back();
  }
  const Json& offsets = member(entry, "data_offsets", name, fail);
  if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() ||
      !offsets[1].is_number_unsigned()) {
    wrong("has malformed data_offsets");
  }
  place.begin = offsets[0].get<std::uint64_t>();
  place.end = offsets[1].get<std::uint64_t>();
  if (place.begin > place.end || place.end > data_bytes) {
    wrong("lies outside of the file (is the file cut off?)");
  }
  if (place.end - place.begin != values * sizeof(float)) {
    wrong("has a shape that does not fit its data_offsets");
  }
  return place;
}

std::map<std::string, std::string> metadata_of(Json& entry, const Failure& fail) {
  if (!entry.is_object()) fail("\"__metadata__\" is no object");
  std::map<std::string, std::string> metadata;
  for (auto& [key, value] : entry.items()) {
    if (!value.is_string()) fail("\"" + key + "\" in \"__metadata__\" is no text");
    metadata.emplace(key, std::move(value.get_ref<std::string&>()));
  }
  return metadata;
}

}  // namespace

void fail_header_size(std::size_t bytes) {
  throw Error(ErrorKind::data,
              "the schema needs " + std::to_string(bytes) +
                  " bytes, more than the 100,000,000 that a model file can hold; leave out the "
                  "columns with the most or the longest labels with `drop`");
}

std::string to_safetensors(const TensorFile& file) {
  Json header = Json::object();
  header["__metadata__"] = file.metadata;
  std::uint64_t offset = 0;
  for (const Tensor& tensor : file.tensors) {
    const std::uint64_t end = offset + tensor.values.size() * sizeof(float);
    header[tensor.name] = {
        {"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::data,
                std::string("the model can't be written as JSON: ") + error.what());
  }
  text.resize((text.size() + header_alignment - 1) / header_alignment * header_alignment, ' ');
  if (text.size() > most_header_bytes) fail_header_size(text.size());
  const std::uint64_t length = text.size();
  std::string bytes(length_bytes, '\0');
  std::memcpy(bytes.data(), &length, length_bytes);
  bytes += text;
  for (const Tensor& tensor : file.tensors) {
    bytes.append(reinterpret_cast<const char*>(tensor.values.data()),
                 tensor.values.size() * sizeof(float));
  }
  return bytes;
}

TensorFile from_safetensors(std::string_view bytes, const std::string& source) {
  const Failure fail(source);
  if (bytes.size() < length_bytes) fail("too short for a model file");
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), length_bytes);
  bytes.remove_prefix(length_bytes);
  if (length > most_header_bytes) fail("does not begin like a model file");
  if (length > bytes.size()) fail("the header is cut off");
  Json header = StrictParser(fail).parse(bytes.substr(0, length));
  if (!header.is_object()) fail("the header is no JSON object");
  const std::string_view data = bytes.substr(length);

  TensorFile file;
  std::vector<TensorPlace> places;
  for (auto& [key, value] : header.items()) {
    if (key == "__metadata__") {
      file.metadata = metadata_of(value, fail);
    } else {
      places.push_back(place_of(key, value, data.size(), fail));
    }
  }
  std::sort(places.begin(), places.end(),
            [](const TensorPlace& a, const TensorPlace& b) { return a.begin < b.begin; });
  std::uint64_t end = 0;
  for (TensorPlace& place : places) {
    if (place.begin != end) fail("tensor \"" + place.name + "\" overlaps another or leaves a hole");
    end = place.end;
    Tensor tensor{std::move(place.name), std::move(place.shape), {}};
    tensor.values.resize((place.end - place.begin) / sizeof(float));
    std::memcpy(tensor.values.data(), data.data() + place.begin, place.end - place.begin);
    file.tensors.push_back(std::move(tensor));
  }
  if (end != data.size()) fail("there is more in it than the header tells");
  return file;
}

}  // namespace cuvae
