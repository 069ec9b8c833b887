#include <algorithm>
#include <atomic>
#include <cstring>
#include <fmt/format.h>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include <cuvae/cuvae.h>
#include <cuvae/cuvae.hpp>

struct cuvae_table {
  cuvae::Table table;
};

struct cuvae_model {
  std::shared_ptr<const cuvae::Model> model;
};

namespace cuvae {
namespace {

thread_local std::string last_error;

// Of another size than ours where the caller was built with another version.
template <class Options>
Options known_part(const Options* given) {
  Options options{};
  options.size = sizeof options;
  if (given == nullptr) return options;
  const auto* const bytes = reinterpret_cast<const unsigned char*>(given);
  const bool has_unknown =
      given->size > sizeof options &&
      std::any_of(bytes + sizeof options, bytes + given->size, [](auto byte) { return byte != 0; });
  if (given->size < sizeof(std::size_t) || has_unknown) {
    throw Error(ErrorKind::usage,
                "a structure of options has no size, or members that this version of the library "
                "doesn't know; begin with its _INIT macro, or install a newer library");
  }
  std::memcpy(&options, given, std::min(given->size, sizeof options));
  return options;
}

// No exception leaves a function that C calls.
template <class F>
cuvae_status guarded(F&& f) {
  try {
    f();
    return CUVAE_OK;
  } catch (const Error& error) {
    last_error = error.what();
    return static_cast<cuvae_status>(error.kind());
  } catch (const std::bad_alloc&) {
    last_error.assign("not enough memory; use fewer rows or leave columns out");
  } catch (const std::exception& error) {
    last_error = error.what();
  }
  return CUVAE_ERROR_RUNTIME;
}

template <class T>
T& needed(T* pointer, const char* what) {
  if (pointer == nullptr) {
    throw Error(ErrorKind::usage, std::string("the parameter `") + what + "` is NULL");
  }
  return *pointer;
}

class CallbackMonitor final : public Monitor {
 public:
  explicit CallbackMonitor(const cuvae_callbacks* callbacks) : callbacks_(known_part(callbacks)) {}

  void progress(std::string_view stage, std::uint64_t done, std::uint64_t total) override {
    if (callbacks_.progress == nullptr) return;
    note_answer(callbacks_.progress(callbacks_.user, std::string(stage).c_str(), done, total));
  }
  void epoch(const EpochReport& report) override {
    if (callbacks_.epoch == nullptr) return;
    note_answer(callbacks_.epoch(callbacks_.user, report.epoch, report.epochs,
                                 report.loss.reconstruction, report.loss.kl));
  }
  void note(std::string_view text) override {
    if (callbacks_.note != nullptr) callbacks_.note(callbacks_.user, std::string(text).c_str());
  }
  bool cancelled() const override { return cancelled_; }

 private:
  void note_answer(int answer) {
    if (answer != 0) cancelled_ = true;
  }

  cuvae_callbacks callbacks_;
  std::atomic<bool> cancelled_{false};
};

std::vector<std::string> texts(const cuvae_texts& from) {
  std::vector<std::string> made;
  if (from.count > 0) needed(from.texts, "list of texts");
  for (std::size_t i = 0; i < from.count; ++i) {
    made.emplace_back(&needed(from.texts[i], "text of a list"));
  }
  return made;
}

std::string text_or(const char* text, const char* otherwise) {
  return text == nullptr ? otherwise : text;
}

std::vector<std::pair<std::string, std::string>> pairs(const cuvae_texts& from,
                                                       const char* option) {
  const std::vector<std::string> all = texts(from);
  if (all.size() % 2 != 0) {
    throw Error(ErrorKind::usage, fmt::format("`{}` takes two texts for each column; the last one "
                                              "has one",
                                              option));
  }
  std::vector<std::pair<std::string, std::string>> made;
  for (std::size_t i = 0; i < all.size(); i += 2) made.emplace_back(all[i], all[i + 1]);
  return made;
}

DeviceChoice device_choice(const char* device, std::uint32_t threads) {
  DeviceChoice choice = parse_device(text_or(device, "auto"));
  choice.threads = threads;
  return choice;
}

ReadOptions read_options(const cuvae_read_options* given) {
  const cuvae_read_options known = known_part(given);
  ReadOptions options;
  options.delimiter = known.delimiter;
  options.threads = known.threads;
  options.label = texts(known.label);
  options.continuous = texts(known.continuous);
  options.drop = texts(known.drop);
  options.key = texts(known.key);
  options.keep = texts(known.keep);
  options.datetime = pairs(known.datetime, "datetime");
  options.rename = pairs(known.rename, "rename");
  options.encoding = encoding_named(text_or(known.encoding, "auto"));
  options.comment = text_or(known.comment, "");
  options.skip = known.skip;
  options.skip_last = known.skip_last;
  options.like = known.like == nullptr ? nullptr : &known.like->table;
  options.missing = texts(known.missing);
  options.find_missing = known.find_no_missing == 0;
  options.rules = texts(known.rules);
  options.find_rules = known.find_no_rules == 0;
  return options;
}

TrainOptions train_options(const cuvae_train_options& known) {
  TrainOptions options;
  options.recipe = recipe_named(text_or(known.recipe, "best"));
  options.seed = known.seed;
  if (known.epochs != 0) options.epochs = known.epochs;
  if (known.batch_size != 0) options.batch_size = known.batch_size;
  if (known.learning_rate != 0) options.learning_rate = static_cast<float>(known.learning_rate);
  if (known.latent != nullptr) options.latent = *known.latent;
  if (known.kl_weight != nullptr) options.kl_weight = static_cast<float>(*known.kl_weight);
  if (known.width != 0) options.width = known.width;
  if (known.validation != nullptr) options.validation = static_cast<float>(*known.validation);
  if (known.protect_rare != nullptr) options.protect_rare = *known.protect_rare;
  options.person = text_or(known.person, "");
  options.protect_star = known.protect_star != 0;
  options.condition = texts(known.condition);
  return options;
}

GenerateOptions generate_options(const cuvae_generate_options& known) {
  GenerateOptions options;
  options.rows = known.rows;
  options.first_row = known.first_row;
  options.seed = known.seed;
  options.header = known.without_header == 0;
  options.where = texts(known.where);
  options.balance = text_or(known.balance, "");
  options.escape_formulas = known.escape_formulas != 0;
  return options;
}

// Freed by cuvae_string_free().
char* handed_over(const std::string& text) {
  auto copy = std::make_unique<char[]>(text.size() + 1);
  std::memcpy(copy.get(), text.c_str(), text.size() + 1);
  return copy.release();
}

std::string description(const Model& model) {
  nlohmann::ordered_json json;
  json["version"] = model.version;
  json["parameters"] = parameter_count(model);
  json["settings"] = nlohmann::ordered_json::parse(to_json(model.settings));
  json["schema"] = nlohmann::ordered_json::parse(to_json(model.schema));
  json["history"] = nlohmann::ordered_json::parse(to_json(history_of(model)));
  return json.dump();
}

}  // namespace
}  // namespace cuvae

using namespace cuvae;

const char* cuvae_last_error(void) {
  return last_error.c_str();
}

const char* cuvae_version(void) {
  static const std::string version = library_version();
  return version.c_str();
}

void cuvae_string_free(char* text) {
  const std::unique_ptr<char[]> gone(text);
}

cuvae_status cuvae_table_read_csv(const char* path, const cuvae_read_options* options,
                                  const cuvae_callbacks* callbacks, cuvae_table** table) {
  return guarded([&] {
    CallbackMonitor monitor(callbacks);
    cuvae_table*& out = needed(table, "table");
    out = std::make_unique<cuvae_table>(
              cuvae_table{read_csv(&needed(path, "path"), read_options(options), monitor)})
              .release();
  });
}

cuvae_status cuvae_table_from_arrow(ArrowArrayStream* stream, const cuvae_read_options* options,
                                    const cuvae_callbacks* callbacks, cuvae_table** table) {
  return guarded([&] {
    CallbackMonitor monitor(callbacks);
    cuvae_table*& out = needed(table, "table");
    out = std::make_unique<cuvae_table>(
              cuvae_table{table_from_arrow(stream, read_options(options), monitor)})
              .release();
  });
}

cuvae_status cuvae_table_to_arrow(const cuvae_table* table, ArrowArrayStream* stream) {
  return guarded([&] { table_to_arrow(needed(table, "table").table, &needed(stream, "stream")); });
}

uint64_t cuvae_table_rows(const cuvae_table* table) {
  return table == nullptr ? 0 : table->table.rows;
}

size_t cuvae_table_columns(const cuvae_table* table) {
  return table == nullptr ? 0 : table->table.columns.size();
}

void cuvae_table_free(cuvae_table* table) {
  const std::unique_ptr<cuvae_table> gone(table);
}

cuvae_status cuvae_model_train(const cuvae_table* table, const cuvae_train_options* options,
                               const cuvae_callbacks* callbacks, cuvae_model** model) {
  return guarded([&] {
    CallbackMonitor monitor(callbacks);
    cuvae_model*& out = needed(model, "model");
    const cuvae_train_options known = known_part(options);
    auto trained = std::make_shared<const Model>(
        train_model(needed(table, "table").table, train_options(known),
                    device_choice(known.device, known.threads), monitor));
    out = std::make_unique<cuvae_model>(cuvae_model{std::move(trained)}).release();
  });
}

cuvae_status cuvae_model_load(const char* path, cuvae_model** model) {
  return guarded([&] {
    cuvae_model*& out = needed(model, "model");
    auto loaded = std::make_shared<const Model>(load_model(&needed(path, "path")));
    out = std::make_unique<cuvae_model>(cuvae_model{std::move(loaded)}).release();
  });
}

cuvae_status cuvae_model_save(const cuvae_model* model, const char* path, int replace) {
  return guarded([&] {
    save_model(*needed(model, "model").model, &needed(path, "path"),
               replace != 0 ? IfExists::replace : IfExists::fail);
  });
}

cuvae_status cuvae_model_describe(const cuvae_model* model, char** json) {
  return guarded([&] {
    char*& out = needed(json, "json");
    out = handed_over(description(*needed(model, "model").model));
  });
}

void cuvae_model_free(cuvae_model* model) {
  const std::unique_ptr<cuvae_model> gone(model);
}

cuvae_status cuvae_generate_csv(const cuvae_model* model, const cuvae_generate_options* options,
                                const char* path, int replace, const cuvae_callbacks* callbacks) {
  return guarded([&] {
    CallbackMonitor monitor(callbacks);
    const cuvae_generate_options known = known_part(options);
    generate_csv(*needed(model, "model").model, generate_options(known), &needed(path, "path"),
                 replace != 0 ? IfExists::replace : IfExists::fail,
                 device_choice(known.device, known.threads), monitor);
  });
}

cuvae_status cuvae_generate_arrow(const cuvae_model* model, const cuvae_generate_options* options,
                                  ArrowArrayStream* stream) {
  return guarded([&] {
    const cuvae_generate_options known = known_part(options);
    ArrowOptions how;
    if (known.exact_decimals != 0) how.decimals = ArrowOptions::Decimals::exact;
    if (known.batch_rows != 0) how.batch_rows = known.batch_rows;
    generate_arrow(needed(model, "model").model, generate_options(known), &needed(stream, "stream"),
                   device_choice(known.device, known.threads), how);
  });
}

cuvae_status cuvae_evaluate(const cuvae_table* real, const cuvae_table* synthetic,
                            const cuvae_evaluate_options* options, const cuvae_callbacks* callbacks,
                            char** json, char** html) {
  return guarded([&] {
    CallbackMonitor monitor(callbacks);
    const cuvae_evaluate_options known = known_part(options);
    EvaluateOptions how;
    how.holdout = known.holdout == nullptr ? nullptr : &known.holdout->table;
    how.target = text_or(known.target, "");
    const Evaluation evaluation =
        evaluate(needed(real, "real").table, needed(synthetic, "synthetic").table, how,
                 device_choice(known.device, known.threads), monitor);
    ReportInfo info;
    info.title = text_or(known.title, "synthetic rows");
    info.provenance = {{"Version", "cuvae " + library_version()}};
    const std::string metrics = to_json(evaluation);
    const std::string report = html == nullptr ? "" : html_report(evaluation, info);
    if (json != nullptr) *json = handed_over(metrics);
    if (html != nullptr) *html = handed_over(report);
  });
}
