#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>

#include <cuvae/error.hpp>
#include <cuvae/model.hpp>

#include "file_content.hpp"
#include "models/file/check_model.hpp"
#include "models/file/model_bytes.hpp"
#include "models/file/safetensors.hpp"
#include "support/output_file.hpp"
#include "support/temporary_folder.hpp"

namespace cuvae::test {
namespace {

PublishedNetwork& network_of(Model& model) {
  return std::get<PublishedNetwork>(model.network);
}
const PublishedNetwork& network_of(const Model& model) {
  return std::get<PublishedNetwork>(model.network);
}

Model sample_model() {
  Model model;
  ColumnSchema shop;
  shop.name = "Shop, \"the\" one";
  shop.kind = ColumnKind::label;
  shop.labels = {"a", "b\xC3\xA9", ""};
  shop.counts = {5, 6, 7};
  shop.maximum = 2;
  shop.missing = 7;
  ColumnSchema hour;
  hour.name = "Hour";
  hour.kind = ColumnKind::ordinal;
  hour.labels = {"1", "2"};
  hour.counts = {9, 9};
  hour.maximum = 1;
  ColumnSchema amount;
  amount.name = "Amount";
  amount.kind = ColumnKind::currency;
  amount.minimum = -12.34;
  amount.maximum = 1.0 / 3;
  amount.mean = 0.1;
  amount.decimals = 2;
  model.schema.columns = {shop, hour, amount};
  model.schema.rows = 18;
  model.schema.delimiter = ';';
  model.schema.fingerprint = "abc";
  model.settings.hidden = {5, 4};
  model.settings.latent = 2;
  model.settings.epochs = 2;
  model.settings.batch_size = 7;
  model.settings.learning_rate = 0.1F;
  model.settings.kl_weight = 0.3F;
  model.settings.loss = Loss::mse;
  model.settings.recipe = Recipe::published;
  model.settings.seed = std::numeric_limits<std::uint64_t>::max();
  network_of(model).shape = {3, {5, 4}, 2};
  for (std::size_t i = 0; i < parameter_count(network_of(model).shape); ++i) {
    network_of(model).parameters.push_back(static_cast<float>(i) * 0.25F - 10);
  }
  network_of(model).history = {{0.7, 0.01}, {1.0 / 3, 1e-300}};
  model.version = library_version();
  model.device = "some processor";
  return model;
}

template <class F>
std::string message_of(ErrorKind kind, F&& f) {
  try {
    f();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  return "nothing was thrown";
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The sample's file, changed and read again: the message it gives.
template <class F>
std::string message_after(F&& change) {
  TensorFile file = from_safetensors(model_bytes(sample_model()), "m");
  change(file);
  const std::string message =
      message_of(ErrorKind::data, [&] { model_from_bytes(to_safetensors(file), "m.safetensors"); });
  EXPECT_TRUE(holds(message, "m.safetensors: ") || message == "nothing was thrown") << message;
  return message;
}

TEST(ModelFile, ReadsWhatItWrites) {
  const TemporaryFolder folder;
  const Model model = sample_model();
  save_model(model, folder / "m.safetensors", IfExists::fail);
  const Model read = load_model(folder / "m.safetensors");
  EXPECT_EQ(read.schema, model.schema);
  EXPECT_EQ(network_of(read).shape, network_of(model).shape);
  EXPECT_EQ(network_of(read).parameters, network_of(model).parameters);
  EXPECT_EQ(network_of(read).history, network_of(model).history);
  EXPECT_EQ(read.version, model.version);
  EXPECT_EQ(read.device, "");  // the same bytes whatever trained it
  EXPECT_EQ(read.settings.hidden, model.settings.hidden);
  EXPECT_EQ(read.settings.latent, model.settings.latent);
  EXPECT_EQ(read.settings.epochs, model.settings.epochs);
  EXPECT_EQ(read.settings.batch_size, model.settings.batch_size);
  EXPECT_EQ(read.settings.learning_rate, model.settings.learning_rate);
  EXPECT_EQ(read.settings.kl_weight, model.settings.kl_weight);
  EXPECT_EQ(read.settings.loss, model.settings.loss);
  EXPECT_EQ(read.settings.recipe, model.settings.recipe);
  EXPECT_EQ(read.settings.seed, model.settings.seed);
}

TEST(ModelFile, SavingTwiceGivesTheSameBytes) {
  const TemporaryFolder folder;
  save_model(sample_model(), folder / "a", IfExists::fail);
  save_model(sample_model(), folder / "b", IfExists::fail);
  EXPECT_EQ(content(folder / "a"), content(folder / "b"));
}

TEST(ModelFile, KeepsAnExistingFileUnlessForced) {
  const TemporaryFolder folder;
  write_file(folder / "m", "mine", IfExists::fail);
  message_of(ErrorKind::usage, [&] { save_model(sample_model(), folder / "m", IfExists::fail); });
  EXPECT_EQ(content(folder / "m"), "mine");
  save_model(sample_model(), folder / "m", IfExists::replace);
  EXPECT_EQ(network_of(load_model(folder / "m")).parameters, network_of(sample_model()).parameters);
}

TEST(ModelFile, HoldsTheTrainingAsReadableText) {
  const TemporaryFolder folder;
  save_model(sample_model(), folder / "m", IfExists::fail);
  const TensorFile file = from_safetensors(content(folder / "m"), "m");
  const auto training = nlohmann::json::parse(file.metadata.at("training"));
  EXPECT_EQ(training.at("loss"), "mse");
  EXPECT_EQ(training.at("learning_rate"), 0.1);
  EXPECT_EQ(training.at("recipe"), "published");
  EXPECT_EQ(file.metadata.at("seed"), "18446744073709551615");
  EXPECT_EQ(file.metadata.at("format_version"), "1");
}

TEST(ModelFile, NamesWhatIsWrong) {
  using File = TensorFile;
  EXPECT_EQ(message_after([](File&) {}), "nothing was thrown");
  for (const char* key :
       {"format", "format_version", "library_version", "schema", "training", "history", "seed"}) {
    EXPECT_TRUE(holds(message_after([&](File& file) { file.metadata.erase(key); }),
                      std::string("\"") + key + "\" is missing"))
        << key;
    if (std::string(key) != "library_version") {
      EXPECT_NE(message_after([&](File& file) { file.metadata[key] = "{\"x"; }),
                "nothing was thrown")
          << key;
    }
  }
  EXPECT_TRUE(holds(message_after([](File& file) { file.metadata["format_version"] = "4"; }),
                    "newer cuvae"));
  EXPECT_TRUE(holds(message_after([](File& file) { file.metadata["seed"] = "-1"; }), "seed"));
  EXPECT_TRUE(holds(
      message_after([](File& file) { file.metadata["seed"] = "18446744073709551616"; }), "seed"));
  EXPECT_TRUE(holds(message_after([](File& file) { file.tensors.pop_back(); }), "don't belong"));
  EXPECT_TRUE(holds(message_after([](File& file) { file.tensors[3].name = "other"; }), "missing"));
  EXPECT_TRUE(holds(message_after([](File& file) {
                      file.tensors.push_back({"more", {1}, {1}});
                    }),
                    "don't belong"));
  EXPECT_TRUE(holds(message_after([](File& file) { file.tensors[0].shape = {9}; }), "no matrix"));
  EXPECT_TRUE(holds(message_after([](File& file) {
                      std::swap(file.tensors[4].shape[0], file.tensors[4].shape[1]);
                    }),
                    "m.safetensors"));
  EXPECT_TRUE(holds(message_after([](File& file) {
                      file.tensors[2].values[1] = std::numeric_limits<float>::quiet_NaN();
                    }),
                    "not a finite number"));
}

TEST(ModelFile, TrainingMustFitTheTensors) {
  const auto with = [](const char* key, const nlohmann::json& value) {
    return message_after([&](TensorFile& file) {
      auto training = nlohmann::json::parse(file.metadata["training"]);
      training[key] = value;
      file.metadata["training"] = training.dump();
    });
  };
  EXPECT_TRUE(holds(with("latent", 3), "other widths"));
  EXPECT_TRUE(holds(with("hidden", {5, 5}), "other widths"));
  EXPECT_TRUE(holds(with("hidden", {5}), "malformed"));
  EXPECT_TRUE(holds(with("loss", "mae"), "there is no loss 'mae'"));
  EXPECT_TRUE(holds(with("epochs", -1), "epochs"));
  EXPECT_TRUE(holds(with("epochs", 4294967296), "epochs"));
  EXPECT_TRUE(holds(with("epochs", 1.5), "epochs"));
  EXPECT_TRUE(holds(with("learning_rate", 1e300), "learning_rate"));
  EXPECT_TRUE(holds(with("learning_rate", "fast"), "malformed"));
  EXPECT_TRUE(holds(with("recipe", 5), "malformed"));
}

TEST(ModelFile, TellsFilesThatAreNone) {
  const TemporaryFolder folder;
  write_file(folder / "data.csv", "User,Card,Year,Month\n0,1,2002,9\n", IfExists::fail);
  EXPECT_TRUE(holds(message_of(ErrorKind::data, [&] { load_model(folder / "data.csv"); }),
                    "does not begin like a model file"));
  write_file(folder / "empty", "", IfExists::fail);
  EXPECT_TRUE(
      holds(message_of(ErrorKind::data, [&] { load_model(folder / "empty"); }), "too short"));
  EXPECT_TRUE(
      holds(message_of(ErrorKind::data, [&] { load_model(folder / "none"); }), "No such file"));
  EXPECT_TRUE(holds(message_of(ErrorKind::data, [&] { load_model(folder / ""); }), "directory"));
}

TEST(ModelFile, EveryTruncationIsRefused) {
  const std::string bytes = model_bytes(sample_model());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const std::string_view part = std::string_view(bytes).substr(0, length);
    ASSERT_NE(message_of(ErrorKind::data, [&] { model_from_bytes(part, "m"); }),
              "nothing was thrown")
        << length;
  }
}

// Whatever a damaged file holds, it is refused or it is a model that passes all checks.
TEST(ModelFile, NoFlippedBitCrashes) {
  const std::string bytes = model_bytes(sample_model());
  std::size_t refused = 0;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    try {
      check_model(model_from_bytes(flipped, "m"));
    } catch (const Error& error) {
      ASSERT_EQ(error.kind(), ErrorKind::data) << error.what();
      ++refused;
    }
  }
  EXPECT_GT(refused, bytes.size());
}

TEST(CheckModel, NamesWhatDoesNotFit) {
  const auto with = [](auto&& change) {
    Model model = sample_model();
    change(model);
    return message_of(ErrorKind::data, [&] { check_model(model); });
  };
  EXPECT_EQ(with([](Model&) {}), "nothing was thrown");
  EXPECT_TRUE(holds(with([](Model& model) { model.schema.columns.pop_back(); }), "3 columns"));
  EXPECT_TRUE(
      holds(with([](Model& model) { network_of(model).parameters.pop_back(); }), "parameters"));
  EXPECT_TRUE(holds(with([](Model& model) { model.schema.columns[0].labels.clear(); }), "labels"));
  EXPECT_TRUE(holds(with([](Model& model) { model.schema.columns[0].maximum = 3; }), "labels"));
  EXPECT_TRUE(holds(with([](Model& model) { model.schema.columns[2].minimum = 3; }), "minimum"));
  EXPECT_TRUE(holds(with([](Model& model) {
                      model.schema.columns[2].maximum = std::numeric_limits<double>::infinity();
                    }),
                    "not finite"));
  EXPECT_TRUE(holds(with([](Model& model) { model.schema.delimiter = '"'; }), "delimiter"));
}

TEST(ModelFile, OpensInPython) {
  if (std::system("python3 -c 'import numpy, safetensors' 2>/dev/null") != 0) {
    GTEST_SKIP() << "python3 with the packages numpy and safetensors is not here";
  }
  const TemporaryFolder folder;
  const std::string path = folder / "m.safetensors";
  save_model(sample_model(), path, IfExists::fail);
  const std::string command =
      std::string("python3 '") + CUVAE_MODEL_TESTS + "/check_with_python.py' '" + path + "'";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
}

}  // namespace
}  // namespace cuvae::test
