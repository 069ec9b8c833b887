#include "text/kind_vote.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "text/number.hpp"
#include "text/separators.hpp"

namespace cuvae {

void KindVote::add(std::string_view text, std::uint64_t count) {
  cells_ += count;
  ++distinct_;
  if (is_whole(text)) {
    whole_ += count;
    if (!is_exact_whole(text)) beyond_ += count;
  }
  double value = 0;
  for (std::size_t k = 0; k < column_kinds.size(); ++k) {
    if (!is_value_format(column_kinds[k])) continue;
    const NumberForm form = column_kinds[k].format.parse(text, value);
    if (form == NumberForm::finite) values_[k].finite += count;
    if (form == NumberForm::not_finite) values_[k].not_finite += count;
  }
  const CellForm form = CellFormat::form_of(text);
  if (form == CellForm::time) times_ += count;
  if (form == CellForm::date) dates_ += count;
}

ColumnKind KindVote::kind() const {
  if (cells_ == 0) return ColumnKind::label;
  if (whole_ == cells_) return beyond_ == 0 ? ColumnKind::ordinal : ColumnKind::label;
  for (std::size_t k = 0; k < column_kinds.size(); ++k) {
    if (values_[k].finite == cells_) return column_kinds[k].kind;
  }
  if (times_ == cells_ || dates_ == cells_) return ColumnKind::ordinal;
  return ColumnKind::label;
}

bool KindVote::spoilt() const {
  return std::any_of(values_.begin(), values_.end(), [&](const Tally& tally) {
    return tally.finite > 0 && tally.not_finite > 0 && tally.finite + tally.not_finite == cells_;
  });
}

void KindVote::add_numbers(ColumnKind kind, std::uint64_t cells, std::uint64_t whole) {
  cells_ += cells;
  for (std::size_t k = 0; k < column_kinds.size(); ++k) {
    if (column_kinds[k].kind == kind) values_[k].finite += cells;
  }
  whole_ += whole;
}

std::string KindVote::reason(ColumnKind kind, std::uint64_t missing) const {
  if (cells_ == 0) return "no row has a value";
  const std::string gone =
      missing == 0 ? "" : fmt::format(" ({} are missing)", with_separators(missing));
  const std::string all =
      fmt::format("all {} cells{}", with_separators(cells_), missing == 0 ? "" : " with a value");
  if (const std::string_view reason = traits_of(kind).reason; !reason.empty()) {
    return fmt::format("{} {}{}", all, reason, gone);
  }
  if (kind == ColumnKind::continuous) {
    return fmt::format("{} are numbers, {} of them not whole{}", all,
                       with_separators(cells_ - whole_), gone);
  }
  if (kind == ColumnKind::ordinal) {
    return fmt::format("{} are {}{}", all,
                       whole_ == cells_   ? "whole numbers"
                       : times_ == cells_ ? "times"
                                          : "dates",
                       gone);
  }
  if (whole_ == cells_ && beyond_ > 0) {
    return fmt::format("{} are whole numbers, but {} lie beyond 2^53{}", all,
                       with_separators(beyond_), gone);
  }
  std::uint64_t orderly = std::max(times_, dates_);
  for (const Tally& tally : values_) orderly = std::max(orderly, tally.finite);
  return fmt::format("{} distinct texts, {} of {} cells not a number, amount, time or date{}",
                     with_separators(distinct_), with_separators(cells_ - orderly),
                     with_separators(cells_), gone);
}

}  // namespace cuvae
