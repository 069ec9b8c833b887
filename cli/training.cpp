#include "training.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cuvae/matrix.hpp>
#include <cuvae/tokenizer.hpp>

#include "terminal/text.hpp"

namespace cuvae::cli {
namespace {

constexpr std::uint32_t most_epoch_lines = 30;

std::string loss_text(const EpochLoss& loss, const TrainOptions& options) {
  if (options.recipe != "seed") {
    return fmt::format("loss {:.3f} nats (tokens {:.3f}, KL {:.3f})", loss.reconstruction + loss.kl,
                       loss.reconstruction, loss.kl);
  }
  if (options.loss == Loss::mse) return fmt::format("loss {:.5f}", loss.reconstruction);
  const double total = loss.reconstruction + static_cast<double>(options.kl_weight) * loss.kl;
  return fmt::format("loss {:.5f} (cross-entropy {:.5f}, KL {:.5f})", total, loss.reconstruction,
                     loss.kl);
}

Matrix encode_table(Session& session, const Table& table, const Schema& schema) {
  session.progress().begin("encode");
  Matrix data = encode(table, schema, session.threads(), session.progress());
  session.progress().finish(fmt::format("{} rows", with_separators(data.rows())), data.rows());
  return data;
}

// The joined columns, for people.
std::string joined_text(const Tokenizer& tokenizer, const Table& table) {
  std::string text;
  for (const Source& source : tokenizer.sources) {
    if (source.columns.size() < 2) continue;
    text += text.empty() ? ", taken together: " : "; ";
    for (std::size_t i = 0; i < source.columns.size(); ++i) {
      text += (i == 0 ? "" : " + ") + printable(table.columns[source.columns[i]].name);
    }
    text += fmt::format(" ({} tuples)", with_separators(source.atoms()));
  }
  return text;
}

TokenizedTable code_table(Session& session, const Table& table, const TrainOptions& options,
                          const TrainingOptions& given) {
  session.progress().begin("encode");
  TokenizerOptions how;
  how.together = given.together;
  how.first = given.condition;
  how.second_tokens = options.recipe == "best";
  how.threads = session.threads();
  TokenizedTable coded = tokenize(table, how, session.progress());
  session.progress().finish(
      fmt::format("{} rows, {} tokens{}", with_separators(table.rows),
                  coded.tokenizer.tokens.size(), joined_text(coded.tokenizer, table)),
      table.rows);
  return coded;
}

// The device is known for certain when the network's shape is.
template <class Shape>
void settle_device(const Session& session, const Shape& shape, Model& model) {
  const DeviceInfo device = resolve_device(session.choice(), shape);
  if (device.name == model.device) return;
  session.console().note("device    the GPU takes no network of this shape; using " + device.name);
  model.device = device.name;
}

}  // namespace

Model train_model(Session& session, const Table& table, const TrainOptions& settled_options,
                  const TrainingOptions& given) {
  Model model;
  model.options = settled_options;
  TrainOptions& options = model.options;
  if (options.epochs == 0) options.epochs = default_epochs(table.rows);
  model.version = library_version();
  model.device = session.device().name;
  model.schema = make_schema(table);

  Progress& progress = session.progress();
  const std::uint32_t stride = (options.epochs + most_epoch_lines - 1) / most_epoch_lines;
  const auto on_epoch = [&](std::uint32_t epoch, const EpochLoss& loss) {
    const std::uint32_t number = epoch + 1;
    if (number % stride != 0 && number != 1 && number != options.epochs) return;
    progress.line(fmt::format("epoch     {:>{}} of {}  {}", number,
                              std::to_string(options.epochs).size(), options.epochs,
                              loss_text(loss, options)));
  };
  if (options.recipe == "seed") {
    const PublishedShape shape{static_cast<std::uint32_t>(table.columns.size()), options.hidden,
                               options.latent};
    settle_device(session, shape, model);
    const Matrix data = encode_table(session, table, model.schema);
    progress.begin("train");
    model.network = train(data, options, session.choice(), progress, on_epoch);
  } else {
    TokenizedTable coded = code_table(session, table, options, given);
    settle_device(session, token_shape(coded.tokenizer, options), model);
    progress.begin("train");
    TokenModel& part = model.tokens.emplace();
    part.network =
        train_tokens(coded.data, coded.tokenizer, options, session.choice(), progress, on_epoch);
    part.tokenizer = std::move(coded.tokenizer);
  }
  progress.finish(fmt::format("{} epochs of {} rows", options.epochs, with_separators(table.rows)),
                  table.rows * options.epochs);
  return model;
}

void save(Session& session, const Model& model, const std::string& path) {
  save_model(model, path, session.options().force);
  session.wrote(path);
}

nlohmann::ordered_json options_json(const TrainOptions& options) {
  if (options.recipe != "seed") {
    return {{"recipe", options.recipe},
            {"epochs", options.epochs},
            {"batch_size", options.batch_size},
            {"learning_rate", std::stod(fmt::format("{}", options.learning_rate))},
            {"latent", options.latent},
            {"kl_weight", std::stod(fmt::format("{}", options.kl_weight))}};
  }
  return {{"recipe", options.recipe},
          {"epochs", options.epochs},
          {"batch_size", options.batch_size},
          {"learning_rate", std::stod(fmt::format("{}", options.learning_rate))},
          {"latent", options.latent},
          {"hidden", options.hidden},
          {"loss", loss_name(options.loss)},
          {"kl_weight", std::stod(fmt::format("{}", options.kl_weight))}};
}

nlohmann::ordered_json history_json(const std::vector<EpochLoss>& history) {
  auto epochs = nlohmann::ordered_json::array();
  for (const EpochLoss& loss : history) {
    epochs.push_back({{"reconstruction", loss.reconstruction}, {"kl", loss.kl}});
  }
  return epochs;
}

nlohmann::ordered_json timings_json(const Session& session) {
  auto seconds = nlohmann::ordered_json::object();
  for (const auto& [stage, taken_s] : session.progress().timings()) seconds[stage] = taken_s;
  return seconds;
}

std::string options_text(const TrainOptions& options) {
  if (options.recipe != "seed") {
    return fmt::format("recipe {}, {} epochs, batch {}, learning rate {}, latent {}, KL weight {}",
                       options.recipe, options.epochs, options.batch_size, options.learning_rate,
                       options.latent, options.kl_weight);
  }
  return fmt::format(
      "recipe {}, {} epochs, batch {}, learning rate {}, hidden {},{}, latent {}, loss {}, "
      "KL weight {}",
      options.recipe, options.epochs, options.batch_size, options.learning_rate, options.hidden[0],
      options.hidden[1], options.latent, loss_name(options.loss), options.kl_weight);
}

}  // namespace cuvae::cli
