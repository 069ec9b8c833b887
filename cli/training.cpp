#include "training.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "options.hpp"
#include "terminal/text.hpp"

namespace cuvae::cli {
namespace {

constexpr std::uint32_t most_epoch_lines = 30;

using Json = nlohmann::ordered_json;

// What the loss of an epoch is called depends on what the recipe learns.
class LossText {
 public:
  LossText(const TrainSettings& settings)
      : kl_weight_(static_cast<double>(settings.kl_weight)),
        in_nats_(!settings_json(settings).contains("loss")),
        squared_(!in_nats_ && settings.loss == Loss::mse) {}

  std::string operator()(const EpochLoss& loss) const {
    if (in_nats_) {
      const std::string held_out = std::isnan(loss.validation)
                                       ? std::string()
                                       : fmt::format(", held-out rows {:.3f}", loss.validation);
      return fmt::format("loss {:.3f} nats (tokens {:.3f}, KL {:.3f}){}",
                         loss.reconstruction + loss.kl, loss.reconstruction, loss.kl, held_out);
    }
    if (squared_) return fmt::format("loss {:.5f}", loss.reconstruction);
    return fmt::format("loss {:.5f} (cross-entropy {:.5f}, KL {:.5f})",
                       loss.reconstruction + kl_weight_ * loss.kl, loss.reconstruction, loss.kl);
  }

 private:
  double kl_weight_;
  bool in_nats_;
  bool squared_;
};

// Tells once that the loss explodes: it rarely comes back from there.
class LossWarning {
 public:
  explicit LossWarning(const TrainSettings& settings)
      : kl_weight_(
            settings_json(settings).contains("loss")
                ? (settings.loss == Loss::mse ? 0.0 : static_cast<double>(settings.kl_weight))
                : 1.0),
        learning_rate_(settings.learning_rate) {}

  std::string after(const EpochReport& report) {
    constexpr double explosion = 10;  // times the first and the least loss
    const double now = report.loss.reconstruction + kl_weight_ * report.loss.kl;
    if (report.epoch == 1) first_ = least_ = now;
    const bool exploded = now > explosion * std::max(first_, least_) && now > 0;
    least_ = std::min(least_, now);
    if (!exploded || told_) return {};
    told_ = true;
    return fmt::format(
        "the loss grew from {:.3g} to {:.3g} in epoch {}: train again with a --learning-rate below "
        "{}",
        least_, now, report.epoch, learning_rate_);
  }

 private:
  double kl_weight_;
  float learning_rate_;
  double first_ = 0;
  double least_ = 0;
  bool told_ = false;
};

// A session's progress, and a line now and then for the epochs.
class TrainingProgress final : public Monitor {
 public:
  TrainingProgress(Session& session, const TrainSettings& settings)
      : session_(session), loss_text_(settings), warning_(settings) {
    session_.progress().begin("encode");
  }

  void progress(std::string_view stage, std::uint64_t done, std::uint64_t total) override {
    session_.progress().progress(stage, done, total);
  }
  bool cancelled() const override { return session_.progress().cancelled(); }
  void finished(std::string_view stage, std::string_view summary, std::uint64_t units) override {
    session_.progress().finish(summary, units);
    if (stage == "encode") session_.progress().begin("train");
  }
  void epoch(const EpochReport& report) override {
    const std::string grew = warning_.after(report);
    if (!grew.empty()) session_.console().warning(grew);
    const std::uint32_t stride = (report.epochs + most_epoch_lines - 1) / most_epoch_lines;
    if (report.epoch % stride != 0 && report.epoch != 1 && report.epoch != report.epochs) return;
    session_.progress().line(fmt::format("epoch     {:>{}} of {}  {}", report.epoch,
                                         std::to_string(report.epochs).size(), report.epochs,
                                         loss_text_(report.loss)));
  }
  void note(std::string_view text) override {
    session_.progress().line("device    " + printable(with_flags(std::string(text))));
  }

 private:
  Session& session_;
  LossText loss_text_;
  LossWarning warning_;
};

}  // namespace

void check_options(const TrainOptions& options) {
  settings_of(options, fewest_training_rows);
}

Model train_on(Session& session, const Table& table, TrainOptions options) {
  options.seed = session.seed();
  TrainingProgress progress(session, settings_of(options, table.rows));
  return train_model(table, options, session.choice(), progress);
}

void save(Session& session, const Model& model, const std::string& path) {
  save_model(model, path, session.if_exists());
  session.wrote(path);
}

Json settings_json(const TrainSettings& settings) {
  return Json::parse(to_json(settings));
}

Json history_json(const Model& model) {
  return Json::parse(to_json(history_of(model)));
}

Json timings_json(const Session& session) {
  auto seconds = Json::object();
  for (const auto& [stage, taken_s] : session.progress().timings()) seconds[stage] = taken_s;
  return seconds;
}

std::string settings_text(const TrainSettings& settings) {
  const Json json = settings_json(settings);
  std::string widths;
  if (json.contains("hidden")) {
    widths = fmt::format(", hidden {},{}", settings.hidden[0], settings.hidden[1]);
  }
  const std::string loss =
      json.contains("loss") ? fmt::format(", loss {}", name_of(settings.loss)) : std::string();
  return fmt::format(
      "recipe {}, {} epochs, batch {}, learning rate {}{}, latent {}{}, KL weight {}",
      name_of(settings.recipe), settings.epochs, settings.batch_size, settings.learning_rate,
      widths, settings.latent, loss, settings.kl_weight);
}

}  // namespace cuvae::cli
