// Keys: cells that name one row each, made anew for generated rows.
#pragma once

#include "spelling/key_mask.hpp"
#include "spelling/spelling.hpp"

namespace cuvae {

// What new keys look like. Of the real ones it holds shapes only, and pieces that many rows share.
class KeySpelling : public Spelling {
 public:
  KeySpelling(std::vector<Mask> masks, std::string about);

  // The key of a row of the endless table: other rows have other keys, whatever the seed.
  // Columns of one table take different seeds, lest two of one shape have the same keys:
  // key_seed().
  char* spell(char* out, std::uint64_t row, std::uint64_t seed) const;

  ColumnKind kind() const override { return ColumnKind::key; }
  std::uint32_t forms() const override { return 1; }
  std::optional<SpelledCell> parse(std::string_view cell) const override;
  char* spell(char* out, const SpelledCell& cell) const override;
  std::size_t most_bytes() const override { return most_bytes_; }
  std::vector<SpellingPart> parts() const override { return {}; }
  void split(double number, double* parts) const override;
  double join(const double* parts) const override;
  std::optional<double> number_in(std::string_view text) const override;
  std::string description() const override;
  nlohmann::json to_json() const override;

  const std::vector<Mask>& masks() const { return masks_; }

 private:
  std::vector<Mask> masks_;
  std::string about_;
  std::uint64_t weights_ = 0;
  std::size_t most_bytes_ = 0;
};

std::uint64_t key_seed(std::uint64_t seed, std::size_t column);

// The shape of these cells where they are keys: distinct, or nearly, in each of `rows` rows, and of
// a shape that can be made anew; null where not. With `forced` they are keys because the caller
// says so.
//
// Whole numbers without leading zeros are keys where each is there once and they are serial (at
// most twice as far apart as there are), or have the same number of digits, six or more, and are
// no seconds since 1970, or so many draws from as many numbers would repeat.
std::shared_ptr<const Spelling> learn_keys(std::span<const CellCount> cells, std::uint64_t rows,
                                           bool forced);

std::shared_ptr<const Spelling> key_spelling_from_json(const nlohmann::json& json);

}  // namespace cuvae
