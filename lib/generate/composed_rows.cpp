#include "generate/composed_rows.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "spelling/key_spelling.hpp"

namespace cuvae {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// How cells of one spelled column come from the network's.
class SpelledColumn {
 public:
  SpelledColumn(const ColumnSchema& column, const ColumnLayout& layout, const Schema& learned,
                const RowSource& inner)
      : column_(column),
        layout_(layout),
        forms_(layout.is == ColumnLayout::Is::key ? 1 : column.spelling->forms()) {
    for (std::uint32_t p = 0; p < layout.parts; ++p) {
      const std::uint32_t i = layout.first + p;
      parts_.emplace_back(learned.columns[i], inner.schema().columns[i], inner.codings()[i]);
    }
    if (!layout.choice) return;
    const std::uint32_t at = layout.first + layout.parts;
    choice_width_ = inner.codings()[at].width;
    for (const std::string& label : inner.schema().columns[at].labels) {
      std::uint32_t choice = 0;
      std::from_chars(label.data(), label.data() + label.size(), choice);
      choices_.push_back(choice);
    }
  }

  // `numbers` has room for rows of each part, `cells` for the rows.
  void compose(const RowBlock& block, std::vector<double>& numbers, SpelledCell* cells) const {
    if (layout_.is == ColumnLayout::Is::key) {
      for (std::uint32_t row = 0; row < block.rows; ++row) cells[row] = key_of(block, row);
      return;
    }
    numbers.resize(std::size_t{layout_.parts} * block.rows);
    for (std::uint32_t p = 0; p < layout_.parts; ++p) {
      parts_[p].numbers(block.columns[layout_.first + p], block.rows,
                        numbers.data() + std::size_t{p} * block.rows);
    }
    std::vector<double> parts(layout_.parts);
    for (std::uint32_t row = 0; row < block.rows; ++row) {
      bool missing = false;
      for (std::uint32_t p = 0; p < layout_.parts; ++p) {
        parts[p] = numbers[std::size_t{p} * block.rows + row];
        missing |= std::isnan(parts[p]);
      }
      const std::uint32_t choice = choice_of(block, row);
      if (choice >= forms_) {
        cells[row] = {not_a_number, choice - forms_};
      } else if (missing) {
        cells[row] = {not_a_number, 0};  // the most frequent marker
      } else {
        cells[row] = {column_.spelling->join(parts.data()), choice};
      }
    }
  }

 private:
  std::uint32_t choice_of(const RowBlock& block, std::uint32_t row) const {
    if (!layout_.choice) return 0;
    return choices_[cell_code(block, layout_.first + layout_.parts, choice_width_, row)];
  }

  SpelledCell key_of(const RowBlock& block, std::uint32_t row) const {
    const std::uint64_t number =
        block.row_numbers != nullptr ? block.row_numbers[row] : block.first_row + row;
    return {std::bit_cast<double>(number), choice_of(block, row)};
  }

  const ColumnSchema& column_;
  const ColumnLayout& layout_;
  std::uint32_t forms_;
  std::vector<TypedColumn> parts_;
  std::uint32_t choice_width_ = 4;
  std::vector<std::uint32_t> choices_;  // [labels of the choice]
};

class Composition {
 public:
  Composition(const Schema& schema, const Layout& layout, const RowSource& inner) {
    for (std::size_t c = 0; c < schema.columns.size(); ++c) {
      const ColumnLayout& how = layout.columns[c];
      if (how.is == ColumnLayout::Is::plain) {
        plain_.push_back(how.first);
        spelled_.emplace_back();
      } else {
        plain_.emplace_back();
        spelled_.emplace_back(SpelledColumn(schema.columns[c], how, layout.inner, inner));
      }
    }
  }

  const std::vector<std::optional<std::uint32_t>>& plain() const { return plain_; }

  struct Scratch {
    std::vector<std::vector<SpelledCell>> cells;  // [columns]
    std::vector<double> numbers;
    RowBlock block;
  };

  const RowBlock& compose(const RowBlock& inner, Scratch& scratch) const {
    RowBlock& block = scratch.block;
    block.first_row = inner.first_row;
    block.rows = inner.rows;
    block.row_numbers = inner.row_numbers;
    block.columns.resize(plain_.size());
    scratch.cells.resize(plain_.size());
    for (std::size_t c = 0; c < plain_.size(); ++c) {
      if (plain_[c]) {
        block.columns[c] = inner.columns[*plain_[c]];
        continue;
      }
      constexpr std::size_t readable_behind = 64 / sizeof(SpelledCell);  // RowBlock promises it
      std::vector<SpelledCell>& cells = scratch.cells[c];
      if (cells.size() < inner.rows + readable_behind) cells.resize(inner.rows + readable_behind);
      spelled_[c]->compose(inner, scratch.numbers, cells.data());
      block.columns[c] = cells.data();
    }
    return block;
  }

 private:
  std::vector<std::optional<std::uint32_t>> plain_;  // [columns] the inner column
  std::vector<std::optional<SpelledColumn>> spelled_;
};

class ComposedGenerator final : public RowGenerator {
 public:
  ComposedGenerator(const Composition& composition, std::unique_ptr<Conditions> conditions,
                    std::unique_ptr<RowGenerator> inner, unsigned workers)
      : composition_(composition),
        conditions_(std::move(conditions)),
        inner_(std::move(inner)),
        scratch_(workers) {}

  const RowBlock& codes(unsigned worker, std::uint64_t first_row, std::uint32_t rows) override {
    return composition_.compose(inner_->codes(worker, first_row, rows), scratch_[worker]);
  }
  const RowBlock& candidates(unsigned worker, std::uint64_t first_row,
                             std::uint32_t rows) override {
    return composition_.compose(inner_->candidates(worker, first_row, rows), scratch_[worker]);
  }

 private:
  const Composition& composition_;
  std::unique_ptr<Conditions> conditions_;  // of the inner generator, which keeps a pointer
  std::unique_ptr<RowGenerator> inner_;
  std::vector<Composition::Scratch> scratch_;
};

class ComposedSource final : public RowSource {
 public:
  ComposedSource(const Schema& schema, const Layout& layout, std::unique_ptr<RowSource> inner)
      : schema_(schema), inner_(std::move(inner)), composition_(schema, layout, *inner_) {
    for (std::size_t c = 0; c < schema.columns.size(); ++c) {
      ColumnCoding coding;
      if (const auto at = composition_.plain()[c]) {
        schema_.columns[c] = inner_->schema().columns[*at];
        coding = inner_->codings()[*at];
      } else {
        coding.spelled = true;
        coding.width = sizeof(SpelledCell);
        coding.may_be_missing = !schema.columns[c].markers.empty();
      }
      codings_.push_back(coding);
    }
  }

  const Schema& schema() const override { return schema_; }
  const std::vector<ColumnCoding>& codings() const override { return codings_; }

  std::unique_ptr<RowGenerator> generator(const RowRequest& request) const override {
    std::unique_ptr<Conditions> conditions;
    if (request.conditions != nullptr) {
      conditions = std::make_unique<Conditions>(request.conditions->on(composition_.plain()));
    }
    RowRequest wanted = request;
    wanted.conditions = conditions.get();
    return std::make_unique<ComposedGenerator>(composition_, std::move(conditions),
                                               inner_->generator(wanted), request.workers);
  }

 private:
  Schema schema_;
  std::unique_ptr<RowSource> inner_;
  Composition composition_;
  std::vector<ColumnCoding> codings_;
};

}  // namespace

std::unique_ptr<RowSource> compose_rows(const Schema& schema, const Layout& layout,
                                        std::unique_ptr<RowSource> inner) {
  return std::make_unique<ComposedSource>(schema, layout, std::move(inner));
}

}  // namespace cuvae
