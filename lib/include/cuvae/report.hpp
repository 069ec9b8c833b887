/// @file
/// The report: one self-contained HTML file.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <cuvae/evaluate.hpp>
#include <cuvae/train.hpp>

namespace cuvae {

/// What the report says about where its numbers come from.
struct ReportInfo {
  std::string title;               ///< for example the data file's name
  std::vector<EpochLoss> history;  ///< training curve; may be empty
  std::vector<std::pair<std::string, std::string>>
      provenance;  ///< version, device, seed, options, fingerprint ...
};

/// HTML of at most 1 MB: no network, no scripts; every name and label escaped.
std::string html_report(const Evaluation& evaluation, const ReportInfo& info);

}  // namespace cuvae
