#include "csv/assemble.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <span>

#include <cuvae/error.hpp>

#include "spelling/instant_spelling.hpp"
#include "spelling/key_spelling.hpp"
#include "spelling/new_numbers.hpp"
#include "spelling/number_spelling.hpp"
#include "spelling/recognize.hpp"
#include "support/threads.hpp"
#include "text/display.hpp"
#include "text/kind_vote.hpp"
#include "text/label_order.hpp"

namespace cuvae {
namespace {

// How a column's ids become codes, or values.
struct Translation {
  std::vector<std::vector<std::uint32_t>> codes;  // [threads][ids]; one for small integers
  std::vector<std::vector<double>> values;        // [threads][ids], where labels are numbers
  std::vector<std::vector<std::uint32_t>> forms;  // [threads][ids], where they have a spelling
};

struct Entry : SortedLabel {
  std::uint32_t thread = 0;
  std::uint32_t id = 0;
};

void sort_entries(std::vector<Entry>& entries, bool by_value) {
  for (Entry& entry : entries) entry.key = label_key(entry.text, by_value);
  std::sort(entries.begin(), entries.end(),
            [by_value](const Entry& a, const Entry& b) { return label_less(a, b, by_value); });
}

void add_missing_label(Column& column) {
  if (column.missing == 0) return;
  column.labels.emplace_back();
  column.counts.push_back(column.missing);
}

std::string forced_reason(ColumnKind kind, const std::string& reason) {
  return fmt::format("taken as {} by option; {}", to_string(kind), reason);
}

CellFormat format_of(IntegerForm form) {
  if (form == IntegerForm::clock_time) return {.form = CellForm::time};
  return {.decimals = form == IntegerForm::point_zero ? 1 : 0};
}

void finish_integers(const RawColumn& raw, Column& column, Translation& translation) {
  const std::size_t limit = raw.limit;
  std::vector<std::uint64_t> counts(limit + 1);
  for (const SmallIntegers& part : raw.integers) {
    for (std::size_t i = 0; i < part.counts.size(); ++i) counts[i] += part.counts[i];
  }
  column.kind = ColumnKind::ordinal;
  column.missing = counts[limit];
  KindVote vote;
  const CellFormat format = format_of(raw.form);
  std::vector<std::uint32_t> codes(limit + 1);
  for (std::size_t value = 0; value < limit; ++value) {
    if (counts[value] == 0) continue;
    codes[value] = static_cast<std::uint32_t>(column.labels.size());
    column.labels.push_back(format.spell(static_cast<double>(raw.base + value)));
    column.counts.push_back(counts[value]);
    vote.add(column.labels.back(), counts[value]);
  }
  codes[limit] = static_cast<std::uint32_t>(column.labels.size());
  add_missing_label(column);
  column.reason = vote.reason(column.kind, column.missing);
  translation.codes.push_back(std::move(codes));
}

void finish_numbers(const RawColumn& raw, Column& column) {
  std::uint64_t whole = 0;
  for (const Numbers& part : raw.numbers) {
    column.missing += part.missing;
    whole += part.whole;
    if (part.exponents) column.decimals = -1;
    if (column.decimals >= 0) column.decimals = std::max(column.decimals, part.decimals);
  }
  column.kind = raw.plan == Plan::currency ? ColumnKind::currency : ColumnKind::continuous;
  KindVote vote;
  vote.add_numbers(column.kind, raw.values.size() - column.missing, whole);
  column.reason = vote.reason(column.kind, column.missing);
  if (raw.kind.has_value()) column.reason = forced_reason(*raw.kind, column.reason);
}

// Column values spelled out as labels, where a column turned out to be numbers only at its end.
void finish_label_values(const RawColumn& raw, Column& column, Translation& translation) {
  const CellFormat& format = traits_of(column.kind).format;
  for (const Dictionary& part : raw.dictionaries) {
    std::vector<double>& values = translation.values.emplace_back(part.size());
    values[0] = std::numeric_limits<double>::quiet_NaN();
    for (std::uint32_t id = 1; id < part.size(); ++id) {
      const std::string_view text = part.text(id);
      format.parse(text, values[id]);
      const int decimals = format.decimals_in(text);
      if (decimals < 0) column.decimals = -1;
      if (column.decimals >= 0) column.decimals = std::max(column.decimals, decimals);
    }
  }
}

bool is_not_finite(std::string_view text) {
  double value = 0;
  return std::any_of(column_kinds.begin(), column_kinds.end(), [&](const ColumnKindTraits& kind) {
    return is_value_format(kind) && kind.format.parse(text, value) == NumberForm::not_finite;
  });
}

[[noreturn]] void fail_not_finite(const CsvSource& source, const RawTable& table,
                                  const RawColumn& raw) {
  // Once a label, not once a row: a table may have billions of these.
  std::vector<std::vector<bool>> bad;  // [threads][ids]
  for (const Dictionary& part : raw.dictionaries) {
    std::vector<bool>& ids = bad.emplace_back(part.size());
    for (std::uint32_t id = 1; id < part.size(); ++id) ids[id] = is_not_finite(part.text(id));
  }
  for (std::size_t piece = 0; piece + 1 < table.starts.size(); ++piece) {
    const unsigned thread = raw.threads[piece];
    for (std::uint64_t row = table.starts[piece].row; row < table.starts[piece + 1].row; ++row) {
      const std::uint32_t id = raw.ids[row];
      if (!bad[thread][id]) continue;
      const std::string_view cell = raw_cell(source, table, row, raw.index);
      fail_at_cell(source, cell.data(), raw.index, raw.name,
                   fmt::format("{} is no finite number, but all other cells are numbers or "
                               "amounts; correct or empty the cell, or take the column as text "
                               "with `label`",
                               in_quotes(raw.dictionaries[thread].text(id))));
    }
  }
  throw Error(ErrorKind::data, source.name() + ": a column holds a value that is not finite");
}

// The distinct cells of a column of texts that are not empty, in order, and their counts.
struct Texts {
  std::vector<Entry> entries;                      // one a thread that met it
  std::vector<std::vector<std::uint64_t>> counts;  // [threads][ids]
  std::uint64_t empty = 0;                         // cells

  std::uint64_t count_of(const Entry& entry) const { return counts[entry.thread][entry.id]; }
};

Texts texts_of(const RawColumn& raw) {
  Texts texts;
  for (std::size_t thread = 0; thread < raw.dictionaries.size(); ++thread) {
    const Dictionary& part = raw.dictionaries[thread];
    texts.counts.push_back(part.counts());
    texts.empty += texts.counts.back()[0];
    for (std::uint32_t id = 1; id < part.size(); ++id) {
      texts.entries.push_back({{0, part.text(id)}, static_cast<std::uint32_t>(thread), id});
    }
  }
  return texts;
}

std::vector<CellCount> cells_of(Texts& texts) {
  sort_entries(texts.entries, false);
  std::vector<CellCount> cells;
  for (const Entry& entry : texts.entries) {
    if (cells.empty() || cells.back().text != entry.text) cells.push_back({entry.text, 0});
    cells.back().count += texts.count_of(entry);
  }
  return cells;
}

// Whether the kind's own format, as the column would have it, spells every cell as it stands.
bool is_spelled_by_kind(ColumnKind kind, const std::vector<Entry>& entries) {
  const CellFormat& parser = traits_of(kind).format;
  int most = 0;
  for (const Entry& entry : entries) {
    const int decimals = parser.decimals_in(entry.text);
    if (decimals < 0) {
      most = -1;
      break;
    }
    most = std::max(most, decimals);
  }
  const CellFormat format = CellFormat::of(kind, most);
  return std::all_of(entries.begin(), entries.end(), [&](const Entry& entry) {
    double value = 0;
    parser.parse(entry.text, value);
    return format.spell(value) == entry.text;
  });
}

// A cell of the spelling, or of the same number spelled otherwise.
std::optional<SpelledCell> read_spelled(const Spelling& spelling, std::string_view text) {
  if (const auto cell = spelling.parse(text)) return cell;
  const auto number = spelling.number_in(text);
  return number ? std::optional(SpelledCell{*number, 0}) : std::nullopt;
}

// A column of values whose cells have a spelling of their own.
void finish_spelled(const RawColumn& raw, const Texts& texts, Recognition& recognition,
                    Column& column, Translation& translation) {
  column.spelling = std::move(recognition.spelling);
  column.markers = std::move(recognition.markers);
  column.kind = column.spelling->kind();
  const auto marker_of = [&](std::string_view text) {
    const auto at = std::find(column.markers.begin(), column.markers.end(), text);
    return static_cast<std::uint32_t>(at - column.markers.begin());
  };
  const double nothing = std::numeric_limits<double>::quiet_NaN();
  for (const Dictionary& part : raw.dictionaries) {
    translation.values.emplace_back(part.size(), nothing);
    translation.forms.emplace_back(part.size(), 0);
  }
  for (std::size_t thread = 0; thread < raw.dictionaries.size(); ++thread) {
    translation.forms[thread][0] = marker_of("");
  }
  for (const Entry& entry : texts.entries) {
    double& value = translation.values[entry.thread][entry.id];
    std::uint32_t& form = translation.forms[entry.thread][entry.id];
    form = marker_of(entry.text);
    if (form < column.markers.size()) {
      column.missing += texts.count_of(entry);
      continue;
    }
    const SpelledCell cell = read_spelled(*column.spelling, entry.text).value();
    value = cell.number;
    form = cell.form;
  }
  for (const SpellingPart& part : column.spelling->parts()) {
    if (part.decimals < 0) column.decimals = -1;
    if (column.decimals >= 0) column.decimals = std::max(column.decimals, part.decimals);
  }
}

void make_key(std::shared_ptr<const Spelling> spelling, Column& column) {
  column.kind = ColumnKind::key;
  column.spelling = std::move(spelling);
  if (column.missing > 0) column.markers = {""};
}

// Whether cells that differ in so many rows may be keys: learn_keys() looks at the others alone.
constexpr double least_distinct_share = 0.9;

// Of a coded column, without the missing one.
std::vector<CellCount> present_cells(const Column& column) {
  std::vector<CellCount> cells;
  for (std::size_t i = 0; i < column.labels.size(); ++i) {
    if (!column.labels[i].empty()) cells.push_back({column.labels[i], column.counts[i]});
  }
  return cells;
}

void take_key(const RawColumn& raw, std::uint64_t rows, Column& column) {
  const bool forced = raw.kind == ColumnKind::key;
  if (!forced && (raw.keep || raw.kind.has_value())) return;
  const auto distinct = static_cast<double>(column.labels.size());
  const auto present = static_cast<double>(rows - column.missing);
  if (!forced && distinct < least_distinct_share * present) return;
  std::shared_ptr<const Spelling> spelling = learn_keys(present_cells(column), rows, forced);
  if (!spelling && forced) {
    throw Error(ErrorKind::data, fmt::format("column {}: its cells have no shape that new keys "
                                             "could be made in; leave it out with `drop`",
                                             in_quotes(raw.name)));
  }
  if (!spelling) return;
  column.reason = spelling->description();
  make_key(std::move(spelling), column);
}

// What whole numbers may be besides: counts since 1970, or marks of missing cells.
void note_numbers(const Column& column, std::vector<std::string>& notes) {
  const std::vector<CellCount> cells = present_cells(column);
  if (std::string note = sentinel_note(cells, column.name); !note.empty()) {
    notes.push_back(std::move(note));
  }
  if (const std::string offer = epoch_offer(cells); !offer.empty()) {
    notes.push_back(fmt::format("column {} {}", in_quotes(column.name), offer));
  }
}

// A column of whole numbers of which nearly every row has another gets numbers instead of codes, so
// that generated rows have new ones.
void take_new_numbers(std::uint64_t rows, Column& column, Translation& translation) {
  if (!wants_new_numbers(column.labels, column.counts, rows)) return;
  std::vector<double> number_of;
  for (const std::string& label : column.labels) {
    double number = std::numeric_limits<double>::quiet_NaN();
    if (!label.empty()) parse_number(label, number);
    number_of.push_back(number);
  }
  for (const std::vector<std::uint32_t>& codes : translation.codes) {
    std::vector<double>& values = translation.values.emplace_back(codes.size());
    for (std::size_t id = 0; id < codes.size(); ++id) {
      const bool known = codes[id] < number_of.size();
      values[id] = known ? number_of[codes[id]] : std::numeric_limits<double>::quiet_NaN();
    }
    translation.forms.emplace_back(codes.size());
  }
  translation.codes.clear();
  column.kind = ColumnKind::continuous;
  column.spelling = whole_number_spelling();
  if (column.missing > 0) column.markers = {""};
  column.labels.clear();
  column.counts.clear();
}

// Columns of texts that are neither ordinal nor values in their kind's own spelling.
Recognition recognized(const RawTable& table, const RawColumn& raw, const KindVote& vote,
                       Texts& texts) {
  if (raw.kind == ColumnKind::label || raw.kind == ColumnKind::key) return {};
  const ColumnKind kind = raw.kind.value_or(vote.kind());
  if (!raw.kind.has_value()) {
    if (kind == ColumnKind::ordinal || texts.entries.empty()) return {};
    if (!is_coded(kind) && is_spelled_by_kind(kind, texts.entries)) return {};
  }
  RecognizeOptions options;
  options.markers = table.markers;
  options.kind = raw.kind;
  options.keep = raw.keep;
  options.format = raw.format;
  options.rows = table.rows();
  options.name = raw.name;
  const std::vector<CellCount> cells = cells_of(texts);
  // Whole numbers of more digits than a number keeps are names, unless they are keys.
  const bool names = vote.all_whole() && kind == ColumnKind::label;
  if (names && 2 * cells.size() < table.rows()) return {};
  Recognition result = recognize(cells, options);
  if (result.spelling && texts.empty > 0 &&
      std::find(result.markers.begin(), result.markers.end(), "") == result.markers.end()) {
    result.markers.emplace_back();
  }
  return result;
}

// To be compared with a column that has a spelling: that spelling, where it reads every cell or the
// cell is a marker, there or by custom. Labels otherwise.
Recognition recognized_like(const Column& like, Texts& texts) {
  Recognition result;
  result.markers = like.markers;
  const auto is_marker = [&](std::string_view text) {
    return std::find(result.markers.begin(), result.markers.end(), text) != result.markers.end();
  };
  for (const CellCount& cell : cells_of(texts)) {
    if (is_marker(cell.text) || read_spelled(*like.spelling, cell.text)) continue;
    if (!is_usual_marker(cell.text)) return {};
    result.markers.emplace_back(cell.text);
  }
  if (texts.empty > 0 && !is_marker("")) result.markers.emplace_back();
  result.spelling = like.spelling;
  result.reason = like.reason;
  return result;
}

// Labels, or numbers whose kind says how they are spelled.
void finish_labels(const RawColumn& raw, Texts& texts, KindVote& vote, Column& column,
                   Translation& translation) {
  sort_entries(texts.entries, vote.all_whole());
  for (const Dictionary& part : raw.dictionaries) translation.codes.emplace_back(part.size());
  for (const Entry& entry : texts.entries) {
    const std::uint64_t count = texts.count_of(entry);
    if (column.labels.empty() || column.labels.back() != entry.text) {
      column.labels.emplace_back(entry.text);
      column.counts.push_back(0);
    }
    column.counts.back() += count;
    translation.codes[entry.thread][entry.id] =
        static_cast<std::uint32_t>(column.labels.size() - 1);
  }
  for (auto& codes : translation.codes) {
    codes[0] = static_cast<std::uint32_t>(column.labels.size());
  }
  add_missing_label(column);
  vote.set_distinct(column.labels.size() - (column.missing > 0 ? 1 : 0));
  column.reason = vote.reason(column.kind, column.missing);
  if (raw.kind.has_value()) column.reason = forced_reason(*raw.kind, column.reason);
}

// Throws where a column can't be what the caller wants.
void fail_forced(const CsvSource& source, const RawColumn& raw, const Texts& texts,
                 const std::vector<std::string>& notes) {
  const bool numbers =
      std::all_of(texts.entries.begin(), texts.entries.end(), [](const Entry& entry) {
        double value = 0;
        return parse_number(entry.text, value) == NumberForm::finite;
      });
  if (raw.kind == ColumnKind::continuous && numbers) return;
  std::string why;
  for (const std::string& note : notes) why += "; " + note;
  throw Error(ErrorKind::data,
              fmt::format("{}: column {} {}: not all of its cells are {}{}", source.name(),
                          raw.index + 1, in_quotes(raw.name),
                          raw.kind == ColumnKind::instant ? "dates or times of one kind, which "
                                                            "`datetime` asks for"
                                                          : "numbers, which `continuous` asks for",
                          why));
}

// Whether all cells that are no finite numbers may stand for missing ones.
bool may_be_marked(const RawTable& table, const Texts& texts) {
  return std::all_of(texts.entries.begin(), texts.entries.end(), [&](const Entry& entry) {
    return !is_not_finite(entry.text) || may_be_marker(entry.text, table.markers);
  });
}

void finish_texts(const CsvSource& source, const RawTable& table, const RawColumn& raw,
                  Column& column, Translation& translation, std::vector<std::string>& notes) {
  Texts texts = texts_of(raw);
  column.missing = texts.empty;
  KindVote vote;
  for (const Entry& entry : texts.entries) vote.add(entry.text, texts.count_of(entry));
  const bool told = !raw.kind.has_value() && raw.like == nullptr && vote.spoilt();
  if (told && !may_be_marked(table, texts)) fail_not_finite(source, table, raw);
  const bool like_spelled = raw.like != nullptr && raw.like->spelling && !is_coded(raw.like->kind);
  Recognition recognition;
  if (like_spelled) recognition = recognized_like(*raw.like, texts);
  if (raw.like == nullptr) recognition = recognized(table, raw, vote, texts);
  notes = std::move(recognition.notes);
  const bool values = recognition.spelling && recognition.spelling->kind() != ColumnKind::key;
  if (values) {
    column.reason = recognition.reason;
    finish_spelled(raw, texts, recognition, column, translation);
    return;
  }
  const bool forced = raw.kind == ColumnKind::instant || raw.kind == ColumnKind::continuous;
  if (forced && raw.like == nullptr) fail_forced(source, raw, texts, notes);
  // To be compared, cells that are no numbers are labels.
  const bool numbers = vote.kind() == ColumnKind::continuous || vote.kind() == ColumnKind::ordinal;
  const bool compared = raw.like != nullptr && ((forced && !numbers) || vote.spoilt());
  column.kind = compared ? ColumnKind::label : raw.kind.value_or(vote.kind());
  if (told) fail_not_finite(source, table, raw);
  if (!is_coded(column.kind)) {
    const bool spelled = raw.kind.has_value() || raw.like != nullptr ||
                         is_spelled_by_kind(column.kind, texts.entries);
    if (spelled) {
      column.reason = vote.reason(column.kind, column.missing);
      finish_label_values(raw, column, translation);
      return;
    }
    column.kind = ColumnKind::label;  // codes that look like numbers: 007.1, 1.10
  }
  finish_labels(raw, texts, vote, column, translation);
  if (!recognition.spelling) return;
  make_key(std::move(recognition.spelling), column);
  column.reason = recognition.reason;
}

// `column.codes` are of another width than the ids, or there are none yet: then the ids are
// overwritten, each by its code.
template <class Id>
void translate(RawColumn& raw, std::span<Id> ids, const RawTable& table,
               const Translation& translation, std::size_t first_piece, std::size_t last_piece,
               Column& column) {
  for (std::size_t piece = first_piece; piece < last_piece; ++piece) {
    const std::size_t thread = raw.plan == Plan::small_integers ? 0 : raw.threads[piece];
    const std::uint64_t first = table.starts[piece].row;
    const std::uint64_t last = table.starts[piece + 1].row;
    if (!translation.values.empty()) {
      const double* values = translation.values[thread].data();
      for (std::uint64_t row = first; row < last; ++row) column.values[row] = values[ids[row]];
      if (translation.forms.empty()) continue;
      const std::uint32_t* forms = translation.forms[thread].data();
      column.forms.visit([&]<class T>(std::span<T> out) {
        for (std::uint64_t row = first; row < last; ++row) {
          out[row] = static_cast<T>(forms[ids[row]]);
        }
      });
      continue;
    }
    const std::uint32_t* codes = translation.codes[thread].data();
    if (column.codes.size() == 0) {
      for (std::uint64_t row = first; row < last; ++row) {
        ids[row] = static_cast<Id>(codes[ids[row]]);
      }
      continue;
    }
    column.codes.visit([&]<class T>(std::span<T> out) {
      for (std::uint64_t row = first; row < last; ++row) {
        out[row] = static_cast<T>(codes[ids[row]]);
      }
    });
  }
}

// Bytes of a CodeVector's code.
int width_of(std::size_t codes) {
  if (codes <= std::size_t{1} << 8) return 1;
  return codes <= std::size_t{1} << 16 ? 2 : 4;
}

}  // namespace

std::vector<Column> assemble(const CsvSource& source, RawTable& raw, const ReadSettings& settings,
                             std::vector<std::string>& notes, Monitor& monitor) {
  const unsigned threads = settings.threads;
  std::vector<Column> columns(raw.columns.size());
  std::vector<Translation> translations(raw.columns.size());
  std::vector<std::vector<std::string>> notes_of(raw.columns.size());
  for_each_index(threads, columns.size(), [&](std::size_t c) {
    monitor.check();
    RawColumn& from = raw.columns[c];
    Column& column = columns[c];
    column.name = from.name;
    if (from.plan == Plan::numbers || from.plan == Plan::currency) {
      finish_numbers(from, column);
      column.values = std::move(from.values);
      return;
    }
    if (from.plan == Plan::small_integers) {
      finish_integers(from, column, translations[c]);
    } else {
      finish_texts(source, raw, from, column, translations[c], notes_of[c]);
    }
    if (column.kind == ColumnKind::ordinal || from.kind == ColumnKind::key) {
      take_key(from, raw.rows(), column);
    }
    if (column.kind == ColumnKind::ordinal && from.like == nullptr) {
      note_numbers(column, notes_of[c]);
    }
    if (column.kind == ColumnKind::ordinal && !from.kind.has_value() && !from.keep) {
      take_new_numbers(raw.rows(), column, translations[c]);
    }
    if (!is_coded(column.kind)) {
      column.values = LargeVector<double>(raw.rows(), settings.storage);
      if (column.spelling) {
        const std::size_t forms =
            std::max<std::size_t>(column.spelling->forms(), column.markers.size());
        column.forms = CodeVector(raw.rows(), forms, settings.storage);
      }
    } else if (width_of(column.labels.size()) != from.id_bytes) {
      column.codes = CodeVector(raw.rows(), column.labels.size(), settings.storage);
    }
    from.dictionaries.clear();
    from.integers.clear();
  });
  for (const std::vector<std::string>& more : notes_of) {
    notes.insert(notes.end(), more.begin(), more.end());
  }
  const std::size_t pieces = raw.starts.size() - 1;
  constexpr std::size_t pieces_per_task = 64;
  const std::size_t tasks = (pieces + pieces_per_task - 1) / pieces_per_task;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    RawColumn& from = raw.columns[c];
    if (from.ids.size() == 0) continue;
    for_each_index(threads, tasks, [&](std::size_t task) {
      monitor.check();
      const std::size_t first = task * pieces_per_task;
      const std::size_t last = std::min(first + pieces_per_task, pieces);
      from.ids.visit(
          [&](auto ids) { translate(from, ids, raw, translations[c], first, last, columns[c]); });
    });
    const bool in_place = is_coded(columns[c].kind) && columns[c].codes.size() == 0;
    if (in_place) columns[c].codes = std::move(from.ids);
    from.ids = CodeVector();
  }
  return columns;
}

}  // namespace cuvae
