#include <fmt/format.h>
#include <optional>

#include <cuvae/train.hpp>

#include "layout/layout.hpp"
#include "models/check_settings.hpp"
#include "models/file/model_bytes.hpp"
#include "models/published/backend.hpp"
#include "models/recipes.hpp"
#include "models/tokens/backend.hpp"
#include "support/threads.hpp"
#include "text/display.hpp"
#include "text/separators.hpp"
#include "train/protected_table.hpp"

namespace cuvae {
namespace {

// A table of one row has no range to scale by.
constexpr std::uint64_t fewest_rows = 2;

// The device is known for certain when the network's shape is.
template <class Kind>
void settle_device(const DeviceChoice& choice, const typename Kind::Shape& shape, Model& model,
                   Monitor& monitor) {
  model.device = backend_to_train<Kind>(choice, shape)->info().name;
  if (model.device == resolve_device(choice).name) return;
  monitor.note("the GPU takes no network of this shape (a smaller `width` may fit); using " +
               model.device);
}

// The joined columns, for people.
std::string joined_text(const Tokenizer& tokenizer, const Schema& schema) {
  constexpr std::size_t longest_name = 60;
  std::string text;
  for (const Source& source : tokenizer.sources) {
    if (source.columns.size() < 2) continue;
    text += text.empty() ? ", taken together: " : "; ";
    for (std::size_t i = 0; i < source.columns.size(); ++i) {
      text +=
          (i == 0 ? "" : " + ") + displayed(schema.columns[source.columns[i]].name, longest_name);
    }
    text += fmt::format(" ({} tuples)", with_separators(source.atoms()));
  }
  return text;
}

class Training {
 public:
  // `table` is the one that the network learns.
  Training(const Table& table, const TrainOptions& options, const DeviceChoice& device,
           Monitor& monitor, Model& model)
      : table_(table), options_(options), device_(device), monitor_(monitor), model_(model) {}

  PublishedNetwork on_scaled_columns() {
    const PublishedShape shape{static_cast<std::uint32_t>(table_.columns.size()),
                               model_.settings.hidden, model_.settings.latent};
    check_shape(shape);
    settle_device<PublishedKind>(device_, shape, model_, monitor_);
    const Matrix data = encode(table_, network_schema(model_), {device_.threads}, monitor_);
    monitor_.finished("encode", fmt::format("{} rows", with_separators(data.rows())), data.rows());
    return train_published(data, model_.settings, device_, monitor_);
  }

  TokenModel on_tokens() {
    TokenizerOptions how;
    for (const std::vector<std::string>& names : options_.together) {
      how.together.push_back(inner(names));
    }
    how.first = inner(options_.condition);
    how.second_tokens = traits_of(options_.recipe).second_tokens;
    how.threads = device_.threads;
    TokenizedTable coded = tokenize(table_, how, monitor_);
    monitor_.finished("encode",
                      fmt::format("{} rows, {} tokens{}", with_separators(table_.rows),
                                  coded.tokenizer.tokens.size(),
                                  joined_text(coded.tokenizer, network_schema(model_))),
                      table_.rows);
    check_header_size(model_, &coded.tokenizer);
    settle_device<TokenKind>(device_, token_shape(coded.tokenizer, model_.settings), model_,
                             monitor_);
    TokenModel trained;
    trained.network = train_in_place(coded, model_.settings, device_, monitor_);
    trained.tokenizer = std::move(coded.tokenizer);
    return trained;
  }

 private:
  std::vector<std::string> inner(const std::vector<std::string>& names) const {
    return model_.layout ? inner_names(*model_.layout, model_.schema, names) : names;
  }

  const Table& table_;
  const TrainOptions& options_;
  const DeviceChoice& device_;
  Monitor& monitor_;
  Model& model_;
};

}  // namespace

namespace {

// How long: as told, or until held-out rows say that it is enough.
void settle_length(const TrainOptions& options, std::uint64_t rows, TrainSettings& settings) {
  constexpr float usual_share = 0.04F;
  settings.validation = options.validation.value_or(options.epochs ? 0.0F : usual_share);
  settings.stops_early = !options.epochs && held_out_rows(settings, rows) > 0;
  if (settings.stops_early) settings.epochs = most_epochs(rows);
}

}  // namespace

TrainSettings settings_of(const TrainOptions& options, std::uint64_t rows) {
  const RecipeTraits& traits = traits_of(options.recipe);
  const auto refuse = [&](const char* option, const char* others) {
    throw Error(ErrorKind::usage,
                fmt::format("`{}` has no meaning for the recipe {}; leave it out or take {}",
                            option, traits.name, others));
  };
  if (traits.representation == Representation::tokens) {
    if (options.hidden) refuse("hidden", "published");
    if (options.loss) refuse("loss", "published");
  } else {
    if (!options.together.empty()) refuse("together", "best");
    if (!options.condition.empty()) refuse("condition", "best");
    if (options.width) refuse("width", "best");
    if (options.validation) refuse("validation", "best");
  }
  if (options.latent &&
      (*options.latent < traits.least_latent || *options.latent > traits.most_latent)) {
    throw Error(ErrorKind::usage,
                fmt::format("`latent` must be {} to {} for the recipe {}, not {}",
                            traits.least_latent, traits.most_latent, traits.name, *options.latent));
  }
  TrainSettings settings = recipe_settings(options.recipe, rows);
  settings.epochs = options.epochs.value_or(settings.epochs);
  settings.batch_size = options.batch_size.value_or(settings.batch_size);
  settings.latent = options.latent.value_or(settings.latent);
  settings.learning_rate = options.learning_rate.value_or(settings.learning_rate);
  settings.kl_weight = options.kl_weight.value_or(settings.kl_weight);
  settings.hidden = options.hidden.value_or(settings.hidden);
  settings.loss = options.loss.value_or(settings.loss);
  settings.seed = options.seed;
  if (traits.representation == Representation::tokens) {
    settings.width = options.width.value_or(least_width);
    settle_length(options, rows, settings);
  }
  check_settings(settings, rows);
  return settings;
}

Model train_model(const Table& table, const TrainOptions& options, const DeviceChoice& device,
                  Monitor& monitor) {
  if (table.rows < fewest_rows) {
    throw Error(ErrorKind::data, fmt::format("the table has {} rows; training takes at least {}",
                                             table.rows, fewest_rows));
  }
  Model model;
  model.settings = settings_of(options, table.rows);
  model.version = library_version();
  const std::optional<Table> without_rare = protected_table(table, options, monitor);
  const Table& learned = without_rare ? *without_rare : table;
  model.schema = make_schema(learned);
  Table inner;
  if (const std::shared_ptr<Layout> layout = layout_of(learned)) {
    inner = inner_table(learned, *layout, thread_count(device.threads));
    if (inner.columns.empty()) {
      throw Error(ErrorKind::data,
                  "every column is a key, made anew for each row, so there is nothing to learn; "
                  "take a column as it is with `keep`");
    }
    layout->inner = make_schema(inner);
    spell_derived(*layout, model.schema);
    model.layout = layout;
  }
  check_header_size(model, nullptr);
  Training training(model.layout ? inner : learned, options, device, monitor, model);
  if (traits_of(options.recipe).representation == Representation::tokens) {
    model.network = training.on_tokens();
  } else {
    model.network = training.on_scaled_columns();
  }
  const std::size_t epochs = history_of(model).size();
  monitor.finished("train",
                   fmt::format("{} epochs of {} rows", epochs, with_separators(table.rows)),
                   table.rows * epochs);
  return model;
}

Monitor& silent_monitor() {
  static Monitor monitor;
  return monitor;
}

}  // namespace cuvae
