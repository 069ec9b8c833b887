#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include <cuvae/model.hpp>

#include "layout/layout.hpp"
#include "models/file/check_model.hpp"
#include "models/file/model_bytes.hpp"
#include "models/file/safetensors.hpp"
#include "models/file/token_tensors.hpp"
#include "support/bounded_json.hpp"
#include "support/output_file.hpp"
#include "tokenizer/tokenizer_json.hpp"

namespace cuvae {
namespace {

using Json = nlohmann::json;

constexpr const char* format_name = "cuvae";
// Models of tokens came with version 2; the others are still written as version 1.
constexpr int format_version = 2;
constexpr int published_format_version = 1;

// --- writing ---------------------------------------------------------------------------------

// The shortest number that reads back to the same float.
Json json_of(float value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  Json shortest = Json::parse(text, end, nullptr, false);
  if (shortest.is_number() && static_cast<float>(shortest.get<double>()) == value) return shortest;
  return static_cast<double>(value);
}

std::string training_text(const TrainSettings& settings) {
  Json json{{"hidden", settings.hidden},
            {"latent", settings.latent},
            {"epochs", settings.epochs},
            {"batch_size", settings.batch_size},
            {"learning_rate", json_of(settings.learning_rate)},
            {"kl_weight", json_of(settings.kl_weight)},
            {"loss", name_of(settings.loss)},
            {"recipe", name_of(settings.recipe)}};
  if (settings.width != least_width) json["width"] = settings.width;
  if (settings.validation > 0) {
    json["validation"] = json_of(settings.validation);
    json["stops_early"] = settings.stops_early;
  }
  return json.dump();
}

std::string tensor_name(std::size_t layer, const char* part) {
  constexpr std::size_t encoder_layers = layer_count / 2;
  return (layer < encoder_layers ? "encoder." : "decoder.") +
         std::to_string(layer % encoder_layers) + part;
}

Tensor weight_tensor(const PublishedNetwork& network, std::size_t index, const Layer& layer) {
  Tensor tensor{tensor_name(index, ".weight"), {layer.outputs, layer.inputs}, {}};
  tensor.values.resize(layer.weights());
  const float* weights = network.parameters.data() + layer.offset;
  for (std::size_t input = 0; input < layer.inputs; ++input) {
    for (std::size_t output = 0; output < layer.outputs; ++output) {
      tensor.values[output * layer.inputs + input] = *weights++;
    }
  }
  return tensor;
}

Tensor bias_tensor(const PublishedNetwork& network, std::size_t index, const Layer& layer) {
  const float* const bias = network.parameters.data() + layer.offset + layer.weights();
  return {tensor_name(index, ".bias"), {layer.outputs}, {bias, bias + layer.outputs}};
}

void add_network(const PublishedNetwork& network, TensorFile& file) {
  file.metadata["format_version"] = std::to_string(published_format_version);
  const auto layers = layers_of(network.shape);
  for (std::size_t index = 0; index < layer_count; ++index) {
    file.tensors.push_back(weight_tensor(network, index, layers[index]));
    file.tensors.push_back(bias_tensor(network, index, layers[index]));
  }
}

void add_network(const TokenModel& model, TensorFile& file) {
  file.metadata["format_version"] = std::to_string(format_version);
  file.metadata["tokenizer"] = to_json(model.tokenizer);
  file.tensors = tensors_of(model.network);
}

// --- reading ---------------------------------------------------------------------------------

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// The first bytes are looked at before the rest is read: a large table given by mistake is not.
std::string read_model_bytes(const std::string& path) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  const auto fail = [&] {
    // A name that leads to no file is the caller's mistake, not the machine's.
    const bool misnamed = errno == ENOENT || errno == ENOTDIR || errno == EACCES || errno == EISDIR;
    throw Error(misnamed ? ErrorKind::data : ErrorKind::runtime,
                path + ": can't be read: " + std::strerror(errno) + "; check the name");
  };
  if (!file) fail();
  constexpr std::size_t most_bytes = sizeof(std::uint64_t) + most_header_bytes + most_tensor_bytes;
  std::string bytes;
  std::array<char, 64 * 1024> piece;
  while (bytes.size() <= most_bytes) {
    const std::size_t count = std::fread(piece.data(), 1, piece.size(), file.get());
    if (count == 0 && std::ferror(file.get()) != 0) fail();
    if (count == 0) break;
    bytes.append(piece.data(), count);
    std::uint64_t header = 0;
    if (bytes.size() >= sizeof header) std::memcpy(&header, bytes.data(), sizeof header);
    if (header > most_header_bytes) break;
  }
  return bytes;
}

class Reader {
 public:
  Reader(const std::string& source, const TensorFile& file) : source_(source), file_(file) {}

  Model model() {
    check_format();
    Model model;
    model.version = text("library_version");
    read_training(model.settings);
    if (whole<int>("format_version") >= format_version) return token_model(std::move(model));
    PublishedNetwork network;
    network.shape = shape();
    read_history(network.history);
    read_parameters(network);
    if (model.settings.hidden != network.shape.hidden ||
        model.settings.latent != network.shape.latent) {
      fail("the tensors have other widths than \"training\" tells");
    }
    model.network = std::move(network);
    try {
      read_schema(model);
      check_model(model);
    } catch (const Error& error) {
      fail(error.what());
    }
    return model;
  }

 private:
  Model token_model(Model model) const {
    TokenModel made;
    read_history(made.network.history);
    const std::string& tokenizer = tokenizer_text();
    try {
      read_schema(model);
      made.tokenizer = tokenizer_from_json(tokenizer);
      check_tokenizer(made.tokenizer, network_schema(model));
      made.network.shape = token_shape(made.tokenizer, model.settings);
      made.network.parameters = parameters_of(made.network.shape, file_.tensors);
      model.network = std::move(made);
      check_model(model);
    } catch (const Error& error) {
      fail(error.what());
    }
    return model;
  }

  void read_schema(Model& model) const {
    model.schema = schema_from_json(text("schema"));
    const bool spelled =
        std::any_of(model.schema.columns.begin(), model.schema.columns.end(),
                    [](const ColumnSchema& column) { return column.spelling != nullptr; });
    if (spelled || file_.metadata.contains("layout")) {
      model.layout = layout_from_json(text("layout"), model.schema);
    }
  }

  // Up to version 0.1 the tokenizer was called codec.
  const std::string& tokenizer_text() const {
    return text(file_.metadata.contains("codec") ? "codec" : "tokenizer");
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorKind::data, source_ + ": " + what);
  }

  [[noreturn]] void fail_damaged(const std::string& what) const {
    fail(what + "; the file is no cuvae model or is damaged: train it again or copy it again");
  }

  const std::string& text(const std::string& key) const {
    const auto found = file_.metadata.find(key);
    if (found == file_.metadata.end()) fail_damaged("\"" + key + "\" is missing in its metadata");
    return found->second;
  }

  void check_format() const {
    if (text("format") != format_name) fail_damaged("its format is not \"cuvae\"");
    const auto version = whole<int>("format_version");
    if (version < 1) fail_damaged("\"format_version\" is malformed");
    if (version > format_version) {
      fail("written by a newer cuvae (version " + text("library_version") + "; this is " +
           library_version() + "): install that one to read it");
    }
  }

  template <class T>
  T whole(const std::string& key) const {
    const std::string& digits = text(key);
    T value{};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) {
      fail_damaged("\"" + key + "\" is no whole number");
    }
    return value;
  }

  // Metadata that is JSON itself; `read` may throw a JSON exception.
  template <class F>
  void read_json(const std::string& key, F&& read) const {
    try {
      read(parse_bounded(text(key)));
    } catch (const Json::exception& error) {
      fail_damaged("\"" + key + "\" is malformed (" + error.what() + ")");
    } catch (const Error& error) {
      if (std::string_view(error.what()).starts_with(source_)) throw;
      fail_damaged("\"" + key + "\" " + error.what());
    }
  }

  void read_training(TrainSettings& options) const {
    read_json("training", [&](const Json& json) {
      const auto count = [&](const Json& number, const char* name) {
        if (!number.is_number_unsigned() || number.get<std::uint64_t>() > UINT32_MAX) {
          fail_damaged(std::string("\"") + name + "\" is no whole number in range");
        }
        return number.get<std::uint32_t>();
      };
      options.hidden = {count(json.at("hidden").at(0), "hidden"),
                        count(json.at("hidden").at(1), "hidden")};
      options.latent = count(json.at("latent"), "latent");
      options.epochs = count(json.at("epochs"), "epochs");
      options.batch_size = count(json.at("batch_size"), "batch_size");
      options.learning_rate = number(json.at("learning_rate"), "learning_rate");
      options.kl_weight = number(json.at("kl_weight"), "kl_weight");
      if (json.contains("width")) options.width = count(json.at("width"), "width");
      if (json.contains("validation")) {
        options.validation = number(json.at("validation"), "validation");
        options.stops_early = json.at("stops_early").get<bool>();
      }
      try {
        options.loss = loss_named(json.at("loss").get<std::string>());
        options.recipe = recipe_named(json.at("recipe").get<std::string>());
      } catch (const Error& error) {
        fail_damaged(error.what());
      }
    });
    options.seed = whole<std::uint64_t>("seed");
  }

  float number(const Json& json, const char* name) const {
    const auto value = json.get<double>();
    if (!(std::abs(value) <= static_cast<double>(std::numeric_limits<float>::max()))) {
      fail_damaged(std::string("\"") + name + "\" is no number in range");
    }
    return static_cast<float>(value);
  }

  void read_history(std::vector<EpochLoss>& history) const {
    read_json("history", [&](const Json& json) {
      if (!json.is_array()) fail_damaged("\"history\" is no list");
      for (const Json& epoch : json) {
        EpochLoss loss{epoch.at("reconstruction").get<double>(), epoch.at("kl").get<double>()};
        if (epoch.contains("validation")) loss.validation = epoch.at("validation").get<double>();
        history.push_back(loss);
      }
    });
  }

  const Tensor& tensor(const std::string& name) const {
    for (const Tensor& candidate : file_.tensors) {
      if (candidate.name == name) return candidate;
    }
    fail_damaged("tensor \"" + name + "\" is missing");
  }

  // Widths as four of the tensors have them; read_parameters() compares all.
  PublishedShape shape() const {
    const auto width = [&](std::size_t layer, std::size_t dimension) {
      const Tensor& weight = tensor(tensor_name(layer, ".weight"));
      if (weight.shape.size() != 2) fail_damaged("tensor \"" + weight.name + "\" is no matrix");
      return static_cast<std::uint32_t>(weight.shape[dimension]);
    };
    PublishedShape shape;
    shape.columns = width(0, 1);
    shape.hidden = {width(1, 0), width(2, 0)};
    shape.latent = width(4, 1);
    try {
      check_shape(shape);
    } catch (const Error& error) {
      fail(error.what());
    }
    return shape;
  }

  void read_parameters(PublishedNetwork& network) const {
    if (file_.tensors.size() != 2 * layer_count) {
      fail_damaged("it has tensors that don't belong to a model");
    }
    network.parameters.resize(parameter_count(network.shape));
    const auto layers = layers_of(network.shape);
    for (std::size_t index = 0; index < layer_count; ++index) {
      const Layer& layer = layers[index];
      const Tensor& weight = tensor(tensor_name(index, ".weight"));
      const Tensor& bias = tensor(tensor_name(index, ".bias"));
      using Shape = std::vector<std::uint64_t>;
      if (weight.shape != Shape{layer.outputs, layer.inputs} ||
          bias.shape != Shape{layer.outputs}) {
        fail_damaged("tensors \"" + weight.name + "\" and \"" + bias.name +
                     "\" don't fit the other layers");
      }
      float* parameter = network.parameters.data() + layer.offset;
      for (std::size_t input = 0; input < layer.inputs; ++input) {
        for (std::size_t output = 0; output < layer.outputs; ++output) {
          *parameter++ = weight.values[output * layer.inputs + input];
        }
      }
      std::copy(bias.values.begin(), bias.values.end(), parameter);
    }
  }

  const std::string& source_;
  const TensorFile& file_;
};

}  // namespace

void check_header_size(const Model& model, const Tokenizer* tokenizer) {
  constexpr std::size_t room_for_the_rest = std::size_t{1} << 20U;
  std::size_t bytes = room_for_the_rest + Json(to_json(model.schema)).dump().size();
  if (model.layout) bytes += Json(to_json(*model.layout)).dump().size();
  if (tokenizer != nullptr) bytes += Json(to_json(*tokenizer)).dump().size();
  if (bytes > most_header_bytes) fail_header_size(bytes);
}

std::string model_bytes(const Model& model) {
  check_model(model);
  TensorFile file;
  file.metadata = {{"format", format_name},
                   {"library_version", model.version},
                   {"schema", to_json(model.schema)},
                   {"training", training_text(model.settings)},
                   {"history", to_json(history_of(model))},
                   {"seed", std::to_string(model.settings.seed)}};
  if (model.layout) file.metadata["layout"] = to_json(*model.layout);
  std::visit([&](const auto& network) { add_network(network, file); }, model.network);
  return to_safetensors(file);
}

Model model_from_bytes(std::string_view bytes, const std::string& source) {
  const TensorFile file = from_safetensors(bytes, source);
  return Reader(source, file).model();
}

void save_model(const Model& model, const std::string& path, IfExists if_exists) {
  write_file(path, model_bytes(model), if_exists);
}

Model load_model(const std::string& path) {
  return model_from_bytes(read_model_bytes(path), path);
}

const Schema& network_schema(const Model& model) {
  return model.layout ? model.layout->inner : model.schema;
}

std::string library_version() {
  return CUVAE_VERSION;
}

}  // namespace cuvae
