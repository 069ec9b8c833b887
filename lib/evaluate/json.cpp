#include <nlohmann/json.hpp>

#include <cuvae/evaluate.hpp>

#include "evaluate/metrics.hpp"

namespace cuvae {
namespace {

using Json = nlohmann::ordered_json;  // writes numbers that are not finite as null

Json json_of(const Scores& scores) {
  Json json = Json::object();
  for (const ScoreMetric& score : score_metrics) {
    json[std::string(score.metric.key)] = scores.*score.value;
  }
  return json;
}

Json json_of(const std::vector<ColumnMetrics>& columns) {
  Json all = Json::array();
  for (const ColumnMetrics& column : columns) {
    Json json{{"name", column.name}, {"kind", to_string(column.kind)}};
    for (const ColumnMetric& metric : column_metrics) {
      if (metric.applies_to(column)) json[std::string(metric.key)] = column.*metric.value;
    }
    all.push_back(std::move(json));
  }
  return all;
}

Json json_of(const Privacy& privacy) {
  return {{"nearer_to_training", privacy.nearer_to_training},
          {"nearer_to_training_shuffled", privacy.nearer_to_training_shuffled},
          {"nearer_to_training_real", privacy.nearer_to_training_real},
          {"rows_compared", privacy.rows_compared},
          {"reference_rows", privacy.reference_rows},
          {"exact_copies", privacy.exact_copies},
          {"exact_copies_holdout", privacy.exact_copies_holdout},
          {"holdout",
           {{"columns", json_of(privacy.holdout_columns)}, {"scores", json_of(privacy.holdout)}}}};
}

Json json_of(const Discriminator& discriminator) {
  return {{"synthetic", discriminator.synthetic},
          {"shuffled", discriminator.shuffled},
          {"real", discriminator.real},
          {"rows_compared", discriminator.rows_compared}};
}

Json json_of(const Prediction& prediction) {
  return {{"target", prediction.target},
          {"labels", prediction.labels == 0 ? Json(nullptr) : Json(prediction.labels)},
          {"above", prediction.above.empty() ? Json(nullptr) : Json(prediction.above)},
          {"synthetic", prediction.synthetic},
          {"shuffled", prediction.shuffled},
          {"real", prediction.real},
          {"training_rows", prediction.training_rows},
          {"test_rows", prediction.test_rows},
          {"holdout", prediction.holdout}};
}

}  // namespace

std::string to_json(const Evaluation& evaluation) {
  Json json;
  json["rows"] = {{"real", evaluation.real_rows}, {"synthetic", evaluation.synthetic_rows}};
  json["columns"] = json_of(evaluation.columns);
  if (!evaluation.keys.empty()) json["keys"] = evaluation.keys;
  json["scores"] = json_of(evaluation.scores);
  json["exact_copies"] = evaluation.exact_copies;
  json["bounds"] = evaluation.bounds ? Json{{"shuffled", json_of(evaluation.bounds->shuffled)},
                                            {"real", json_of(evaluation.bounds->real)}}
                                     : Json(nullptr);
  json["discriminator"] =
      evaluation.discriminator ? json_of(*evaluation.discriminator) : Json(nullptr);
  json["prediction"] = evaluation.prediction ? json_of(*evaluation.prediction) : Json(nullptr);
  json["privacy"] = evaluation.privacy ? json_of(*evaluation.privacy) : Json(nullptr);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace cuvae
