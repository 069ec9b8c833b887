/// @file
/// A trained model and its file.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <cuvae/output.hpp>
#include <cuvae/published_network.hpp>
#include <cuvae/schema.hpp>
#include <cuvae/settings.hpp>
#include <cuvae/token_network.hpp>
#include <cuvae/tokenizer.hpp>

namespace cuvae {

/// What the recipes `fast` and `best` make: the tokenizer and the network that learned its tokens.
struct TokenModel {
  Tokenizer tokenizer;
  TokenNetwork network;
};

/// What a recipe made. Each kind of network is one alternative; code that needs to tell them apart
/// is written once per alternative and reached by std::visit.
using AnyNetwork = std::variant<PublishedNetwork, TokenModel>;

/// How columns with a spelling come from those that a network learned; of the library's own.
class Layout;

/// A network with all that generating and explaining it needs.
struct Model {
  AnyNetwork network;
  Schema schema;                         ///< of the table
  std::shared_ptr<const Layout> layout;  ///< null: the network learned the schema's very columns
  TrainSettings settings;
  std::string version;  ///< of the library that trained it
  std::string device;  ///< that trained it, as DeviceInfo::name; not kept in files, as the bits are
                       ///< the same on all
};

/// The schema of the columns that the network learned: model.schema where there is no layout.
const Schema& network_schema(const Model& model);

/// Losses of each epoch.
const std::vector<EpochLoss>& history_of(const Model& model);

/// Number of trained parameters.
std::size_t parameter_count(const Model& model);

/// Writes one safetensors file: float32 tensors with weights as [outputs, inputs], and JSON texts
/// in its metadata (schema, training settings, history, seed, recipe, version, tokenizer).
/// docs/model-file.md has all names. Atomic: the file appears whole or not at all.
///
/// @throws Error usage: the file exists and is not to be replaced; runtime: it can't be written
void save_model(const Model& model, const std::string& path, IfExists if_exists = IfExists::fail);

/// Reads such a file, checking every size, name and offset; never executes anything from it.
/// @throws Error data: what is wrong with the file; runtime: reading fails midway; a file that is
/// not there is data
Model load_model(const std::string& path);

/// Version of this library, "0.1.0".
std::string library_version();

}  // namespace cuvae
