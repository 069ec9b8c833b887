#include "spelling/kind_spelling.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cuvae/error.hpp>

#include "text/column_kinds.hpp"

namespace cuvae {
namespace {

class KindSpelling final : public Spelling {
 public:
  KindSpelling(ColumnKind kind, int decimals)
      : kind_(kind), decimals_(decimals), format_(CellFormat::of(kind, decimals)) {}

  ColumnKind kind() const override { return kind_; }
  std::uint32_t forms() const override { return 1; }

  std::optional<SpelledCell> parse(std::string_view cell) const override {
    double number = 0;
    if (format_.parse(cell, number) != NumberForm::finite) return std::nullopt;
    if (format_.spell(number) != cell) return std::nullopt;
    return SpelledCell{number, 0};
  }
  char* spell(char* out, const SpelledCell& cell) const override {
    return format_.spell(out, cell.number);
  }
  std::size_t most_bytes() const override { return CellFormat::most_bytes; }

  std::vector<SpellingPart> parts() const override { return {{"", format_.decimals}}; }
  void split(double number, double* parts) const override { *parts = number; }
  double join(const double* parts) const override { return *parts; }

  std::optional<double> number_in(std::string_view text) const override {
    return cuvae::number_in(text);
  }
  std::string description() const override {
    return fmt::format("numbers as {}", format_.spell(1234.5));
  }
  nlohmann::json to_json() const override {
    return {{"is", "kind"}, {"kind", to_string(kind_)}, {"decimals", decimals_}};
  }

 private:
  ColumnKind kind_;
  int decimals_;
  CellFormat format_;
};

}  // namespace

std::shared_ptr<const Spelling> kind_spelling(ColumnKind kind, int decimals) {
  return std::make_shared<KindSpelling>(kind, decimals);
}

std::shared_ptr<const Spelling> kind_spelling_from_json(const nlohmann::json& json) {
  constexpr int most_decimals = 40;
  const auto kind = json.find("kind");
  const auto decimals = json.find("decimals");
  const bool sound = kind != json.end() && kind->is_string() && decimals != json.end() &&
                     decimals->is_number_integer() && *decimals >= -1 && *decimals <= most_decimals;
  if (sound) {
    const ColumnKind named = column_kind_from(kind->get<std::string>());
    if (is_value_format(traits_of(named))) return kind_spelling(named, decimals->get<int>());
  }
  throw Error(ErrorKind::data, "schema: a kind's spelling is malformed; the model file is damaged");
}

}  // namespace cuvae
