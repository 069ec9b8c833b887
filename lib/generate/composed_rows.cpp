#include "generate/composed_rows.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "rows/codings.hpp"
#include "rules/column_numbers.hpp"
#include "spelling/key_spelling.hpp"

namespace cuvae {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// The keys that one seed makes.
class SeededKeys final : public Spelling {
 public:
  SeededKeys(std::shared_ptr<const KeySpelling> keys, std::uint64_t seed)
      : keys_(std::move(keys)), seed_(seed) {}

  ColumnKind kind() const override { return ColumnKind::key; }
  std::uint32_t forms() const override { return 1; }
  std::optional<SpelledCell> parse(std::string_view cell) const override {
    return keys_->parse(cell);
  }
  char* spell(char* out, const SpelledCell& cell) const override {
    return keys_->spell(out, std::bit_cast<std::uint64_t>(cell.number), seed_);
  }
  std::size_t most_bytes() const override { return keys_->most_bytes(); }
  std::vector<SpellingPart> parts() const override { return {}; }
  void split(double, double*) const override {}
  double join(const double*) const override { return not_a_number; }
  std::optional<double> number_in(std::string_view) const override { return std::nullopt; }
  std::string description() const override { return keys_->description(); }
  nlohmann::json to_json() const override { return keys_->to_json(); }

 private:
  std::shared_ptr<const KeySpelling> keys_;
  std::uint64_t seed_;
};

// A choice that the network drew: which form spells a cell, or which marker stands for none.
class Choice {
 public:
  Choice() = default;
  Choice(const RowSource& inner, std::uint32_t column)
      : column_(column), width_(inner.codings()[column].width) {
    for (const std::string& label : inner.schema().columns[column].labels) {
      std::uint32_t choice = 0;
      std::from_chars(label.data(), label.data() + label.size(), choice);
      choices_.push_back(choice);
    }
  }

  std::uint32_t of(const RowBlock& inner, std::uint32_t row) const {
    return choices_.empty() ? 0 : choices_[cell_code(inner, column_, width_, row)];
  }

 private:
  std::uint32_t column_ = 0;
  std::uint32_t width_ = 4;
  std::vector<std::uint32_t> choices_;  // [labels]; empty: there is but one
};

// The cell of a number, or of none, and what was chosen for it. Whether there is a number has been
// decided where `number_decides`; else a chosen marker says that there is none.
SpelledCell cell_of(const ColumnSchema& column, double number, std::uint32_t choice,
                    bool number_decides) {
  const std::uint32_t forms = column.spelling->forms();
  const bool marker = choice >= forms;
  if (column.markers.empty())
    return {std::isnan(number) ? column.mean : number, marker ? 0 : choice};
  if (std::isnan(number)) return {not_a_number, marker ? choice - forms : 0};
  if (marker && !number_decides) return {not_a_number, choice - forms};
  return {number, marker ? 0 : choice};
}

// Whether a text may say another number than the one that was drawn.
bool may_round(const Spelling& spelling) {
  const std::vector<SpellingPart> parts = spelling.parts();
  return spelling.forms() > 1 || std::any_of(parts.begin(), parts.end(),
                                             [](const auto& part) { return part.decimals < 0; });
}

// The cell with the number that its text says: a form may have fewer decimals than others.
SpelledCell as_spelled(const Spelling& spelling, const SpelledCell& cell, std::string& text) {
  if (std::isnan(cell.number)) return cell;
  text.resize(spelling.most_bytes());
  char* const end = spelling.spell(text.data(), cell);
  const auto read = spelling.parse({text.data(), static_cast<std::size_t>(end - text.data())});
  return {read ? read->number : cell.number, cell.form};
}

// The same of a number that a rule gives, which must not change: another form where the one that
// was drawn does not spell it; where none does, the one that comes nearest.
SpelledCell exactly_spelled(const Spelling& spelling, const SpelledCell& cell, std::string& text) {
  SpelledCell best = as_spelled(spelling, cell, text);
  for (std::uint32_t form = 0; form < spelling.forms() && best.number != cell.number; ++form) {
    const SpelledCell other = as_spelled(spelling, {cell.number, form}, text);
    if (std::abs(other.number - cell.number) < std::abs(best.number - cell.number)) best = other;
  }
  return best;
}

// What one thread needs.
struct Scratch {
  std::vector<std::vector<SpelledCell>> cells;    // [columns]
  std::vector<std::vector<std::uint32_t>> codes;  // [columns]
  std::vector<std::vector<double>> numbers;       // [columns], of those that rules ask for
  std::vector<double> part_numbers;               // [parts][rows]
  std::string text;
  RowBlock block;
};

// How the numbers of a column of the table, which rules compute with, come from its cells.
class NumbersOf {
 public:
  // `spelled` and `coding` are of the table's rows, `learned` of the network's column.
  NumbersOf(const ColumnSchema& learned, const ColumnSchema& spelled, const ColumnCoding& coding)
      : coding_(coding) {
    if (coding.spelled) return;
    if (is_coded(learned.kind)) {
      of_label_ = label_numbers(spelled.labels).numbers;
      of_label_.resize(spelled.labels.size(), not_a_number);
    } else {
      values_.emplace(learned, spelled, coding);
    }
  }

  void find(const RowBlock& block, std::uint32_t column, std::vector<double>& numbers) const {
    numbers.resize(block.rows);
    if (values_) {
      values_->numbers(block.columns[column], block.rows, numbers.data());
      return;
    }
    for (std::uint32_t row = 0; row < block.rows; ++row) {
      numbers[row] = coding_.spelled ? spelled_cells(block, column)[row].number
                                     : of_label_[cell_code(block, column, coding_.width, row)];
    }
  }

 private:
  ColumnCoding coding_;
  std::vector<double> of_label_;
  std::optional<TypedColumn> values_;
};

class Composition {
 public:
  // Keeps references to the schema and the layout.
  Composition(const Schema& schema, const Layout& layout, const RowSource& inner,
              std::uint64_t seed)
      : schema_(schema), layout_(layout), spelled_(schema) {
    const std::size_t columns = schema.columns.size();
    plain_.resize(columns);
    codings_.resize(columns);
    choices_.resize(columns);
    parts_.resize(columns);
    for (std::size_t c = 0; c < columns; ++c) {
      add_column(c, inner);
      const auto keys = std::dynamic_pointer_cast<const KeySpelling>(schema.columns[c].spelling);
      if (keys)
        spelled_.columns[c].spelling = std::make_shared<SeededKeys>(keys, key_seed(seed, c));
    }
    for (const Rule& rule : layout.rules) add_rule(rule);
  }

  const Schema& schema() const { return spelled_; }
  const std::vector<ColumnCoding>& codings() const { return codings_; }
  // [columns] the network's columns that are the table's own.
  const std::vector<std::optional<std::uint32_t>>& plain() const { return plain_; }

  const RowBlock& compose(const RowBlock& inner, Scratch& scratch) const {
    const std::size_t columns = plain_.size();
    RowBlock& block = scratch.block;
    block.first_row = inner.first_row;
    block.rows = inner.rows;
    block.row_numbers = inner.row_numbers;
    block.columns.resize(columns);
    scratch.cells.resize(columns);
    scratch.codes.resize(columns);
    scratch.numbers.resize(columns);
    for (std::uint32_t c = 0; c < columns; ++c) {
      if (plain_[c]) {
        block.columns[c] = inner.columns[*plain_[c]];
      } else if (layout_.columns[c].is == ColumnLayout::Is::key) {
        compose_keys(c, inner, scratch);
      } else if (layout_.columns[c].is == ColumnLayout::Is::spelled) {
        compose_spelled(c, inner, scratch);
      }
    }
    for (const Rule& rule : layout_.rules) {
      if (rule.is == Rule::Is::copy) {
        copy_cells(rule, scratch);
      } else {
        compute_cells(rule, inner, scratch);
      }
    }
    return block;
  }

 private:
  void add_column(std::size_t c, const RowSource& inner) {
    const ColumnLayout& how = layout_.columns[c];
    if (how.is == ColumnLayout::Is::plain) {
      plain_[c] = how.first;
      spelled_.columns[c] = inner.schema().columns[how.first];
      codings_[c] = inner.codings()[how.first];
      return;
    }
    codings_[c].spelled = true;
    codings_[c].width = sizeof(SpelledCell);
    codings_[c].may_be_missing = !schema_.columns[c].markers.empty();
    for (std::uint32_t p = 0; p < how.parts; ++p) {
      const std::uint32_t i = how.first + p;
      parts_[c].emplace_back(layout_.inner.columns[i], inner.schema().columns[i],
                             inner.codings()[i]);
    }
    if (how.choice) choices_[c] = Choice(inner, how.first + how.parts);
  }

  void add_rule(const Rule& rule) {
    const std::uint32_t target = rule.target;
    if (rule.is == Rule::Is::copy) {
      const std::uint32_t source = rule.sources.front();
      if (rule.labels.empty()) {
        const std::string name = spelled_.columns[target].name;
        spelled_.columns[target] = spelled_.columns[source];
        spelled_.columns[target].name = name;
        codings_[target] = codings_[source];
      } else {
        codings_[target] = codings_of(schema_)[target];
      }
    }
    for (const std::uint32_t source : rule.sources) {
      if (rule.is == Rule::Is::copy || numbers_.contains(source)) continue;
      numbers_.emplace(
          source, NumbersOf(schema_.columns[source], spelled_.columns[source], codings_[source]));
    }
  }

  std::vector<SpelledCell>& cells_for(std::uint32_t c, Scratch& scratch) const {
    constexpr std::size_t readable_behind = 64 / sizeof(SpelledCell);  // RowBlock promises it
    std::vector<SpelledCell>& cells = scratch.cells[c];
    const std::size_t wanted = scratch.block.rows + readable_behind;
    if (cells.size() < wanted) cells.resize(wanted);
    scratch.block.columns[c] = cells.data();
    return cells;
  }

  void compose_keys(std::uint32_t c, const RowBlock& inner, Scratch& scratch) const {
    std::vector<SpelledCell>& cells = cells_for(c, scratch);
    for (std::uint32_t row = 0; row < inner.rows; ++row) {
      const std::uint64_t number =
          inner.row_numbers != nullptr ? inner.row_numbers[row] : inner.first_row + row;
      cells[row] = {std::bit_cast<double>(number), choices_[c].of(inner, row)};
    }
  }

  // [parts][rows]
  const double* part_numbers(std::uint32_t c, const RowBlock& inner, Scratch& scratch) const {
    const ColumnLayout& how = layout_.columns[c];
    scratch.part_numbers.resize(std::size_t{how.parts} * inner.rows);
    for (std::uint32_t p = 0; p < how.parts; ++p) {
      parts_[c][p].numbers(inner.columns[how.first + p], inner.rows,
                           scratch.part_numbers.data() + std::size_t{p} * inner.rows);
    }
    return scratch.part_numbers.data();
  }

  void compose_spelled(std::uint32_t c, const RowBlock& inner, Scratch& scratch) const {
    const ColumnSchema& column = schema_.columns[c];
    const std::uint32_t count = layout_.columns[c].parts;
    const double* const numbers = part_numbers(c, inner, scratch);
    std::vector<SpelledCell>& cells = cells_for(c, scratch);
    std::vector<double> parts(count);
    const bool rounds = may_round(*column.spelling);
    for (std::uint32_t row = 0; row < inner.rows; ++row) {
      bool missing = false;
      for (std::uint32_t p = 0; p < count; ++p) {
        parts[p] = numbers[std::size_t{p} * inner.rows + row];
        missing |= std::isnan(parts[p]);
      }
      const double number = missing ? not_a_number : column.spelling->join(parts.data());
      cells[row] = cell_of(column, number, choices_[c].of(inner, row), false);
      if (rounds) cells[row] = as_spelled(*column.spelling, cells[row], scratch.text);
    }
  }

  void copy_cells(const Rule& rule, Scratch& scratch) const {
    RowBlock& block = scratch.block;
    const std::uint32_t source = rule.sources.front();
    if (rule.labels.empty()) {
      block.columns[rule.target] = block.columns[source];
      return;
    }
    // In the width of the target's codes, the lowest bytes first.
    constexpr std::size_t readable_behind = 64 / sizeof(std::uint32_t);
    std::vector<std::uint32_t>& codes = scratch.codes[rule.target];
    codes.resize(block.rows + readable_behind);
    auto* const bytes = reinterpret_cast<unsigned char*>(codes.data());
    const std::uint32_t width = codings_[rule.target].width;
    for (std::uint32_t row = 0; row < block.rows; ++row) {
      const std::uint32_t code = cell_code(block, source, codings_[source].width, row);
      const std::uint32_t label = rule.labels[code];
      for (std::uint32_t byte = 0; byte < width; ++byte) {
        bytes[std::size_t{row} * width + byte] = static_cast<unsigned char>(label >> (8 * byte));
      }
    }
    block.columns[rule.target] = codes.data();
  }

  void compute_cells(const Rule& rule, const RowBlock& inner, Scratch& scratch) const {
    const std::uint32_t target = rule.target;
    const ColumnSchema& column = schema_.columns[target];
    const double* const part = part_numbers(target, inner, scratch);
    for (const std::uint32_t source : rule.sources) {
      numbers_.at(source).find(scratch.block, source, scratch.numbers[source]);
    }
    std::vector<SpelledCell>& cells = cells_for(target, scratch);
    std::vector<double> sources(rule.sources.size());
    const bool rounds = may_round(*column.spelling);
    for (std::uint32_t row = 0; row < inner.rows; ++row) {
      for (std::size_t s = 0; s < sources.size(); ++s) {
        sources[s] = scratch.numbers[rule.sources[s]][row];
      }
      const double number = target_of(rule, has_part(rule) ? part[row] : 0, sources);
      cells[row] = cell_of(column, number, choices_[target].of(inner, row), true);
      if (rounds) cells[row] = exactly_spelled(*column.spelling, cells[row], scratch.text);
    }
  }

  const Schema& schema_;
  const Layout& layout_;
  Schema spelled_;  // of the rows that come out
  std::vector<ColumnCoding> codings_;
  std::vector<std::optional<std::uint32_t>> plain_;
  std::vector<Choice> choices_;                  // [columns]
  std::vector<std::vector<TypedColumn>> parts_;  // [columns][parts]
  std::map<std::uint32_t, NumbersOf> numbers_;   // of columns that rules ask for
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
  std::vector<Scratch> scratch_;
};

class ComposedSource final : public RowSource {
 public:
  ComposedSource(const Schema& schema, const Layout& layout, std::unique_ptr<RowSource> inner,
                 std::uint64_t seed)
      : inner_(std::move(inner)), composition_(schema, layout, *inner_, seed) {}

  const Schema& schema() const override { return composition_.schema(); }
  const std::vector<ColumnCoding>& codings() const override { return composition_.codings(); }

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
  std::unique_ptr<RowSource> inner_;
  Composition composition_;
};

}  // namespace

std::unique_ptr<RowSource> compose_rows(const Schema& schema, const Layout& layout,
                                        std::unique_ptr<RowSource> inner, std::uint64_t seed) {
  return std::make_unique<ComposedSource>(schema, layout, std::move(inner), seed);
}

}  // namespace cuvae
