// Finds the few forms that spell all cells of a column. What cells say is collected first, then
// decided over the whole column; that a form spells a cell exactly is checked at the end.
#include <algorithm>
#include <bitset>
#include <fmt/format.h>
#include <map>

#include "spelling/instant_forms.hpp"
#include "spelling/instant_shape.hpp"
#include "text/display.hpp"

namespace cuvae {
namespace {

using Field = InstantField;

// More kinds of cells than this are no column of instants.
constexpr std::size_t most_shapes = 32;

// Cells alike but for their values.
struct ShapeCells {
  InstantShape shape;
  std::array<std::optional<InstantFormat>, date_orders> formats;
  std::array<std::uint64_t, date_orders> valid{};  // rows, where the order is open
  std::map<Evidence, std::uint64_t> evidence;      // rows
  std::uint64_t rows = 0;
  // Where the order is open: days and years of the cells, day first.
  std::bitset<32> days;
  std::bitset<100> years;

  explicit ShapeCells(InstantShape found) : shape(std::move(found)) {
    for (std::size_t order = 0; order < (shape.is_open() ? date_orders : 1); ++order) {
      formats[order] = shape.in_order(static_cast<DateOrder>(order));
    }
  }

  // Whether the cell is one of these, which is then counted.
  bool take(const CellCount& cell) {
    bool is_one = false;
    Evidence evidence_of_cell;
    for (std::size_t order = 0; order < date_orders; ++order) {
      if (!formats[order]) continue;
      Evidence found;
      const InstantReading reading = read_instant(*formats[order], cell.text, &found);
      if (reading.reading == Reading::none) continue;
      if (!is_one) evidence_of_cell = std::move(found);
      is_one = true;
      if (reading.reading != Reading::instant) continue;
      valid[order] += cell.count;
      if (order != 0 || !shape.is_open()) continue;
      const CalendarDay date = calendar_day(reading.moment.days);
      days.set(static_cast<std::size_t>(date.day));
      years.set(static_cast<std::size_t>(date.year % 100));
    }
    if (!is_one) return false;
    evidence[evidence_of_cell] += cell.count;
    rows += cell.count;
    return true;
  }
};

std::size_t place_of(const InstantFormat& format, Field field) {
  return static_cast<std::size_t>(
      std::find_if(format.elements.begin(), format.elements.end(),
                   [&](const InstantElement& element) { return element.field == field; }) -
      format.elements.begin());
}

InstantFormat with_zone(const InstantFormat& format, std::string_view zone) {
  InstantFormat result;
  for (const InstantElement& element : format.elements) {
    const bool is_zone = element.field == Field::zone;
    if (!is_zone && element.field != Field::text) {
      result.elements.push_back(element);
      continue;
    }
    auto& elements = result.elements;
    if (elements.empty() || elements.back().field != Field::text) elements.emplace_back();
    elements.back().text += is_zone ? zone : std::string_view(element.text);
  }
  return result;
}

class Learner {
 public:
  explicit Learner(std::string_view format) : given_text_(format) {}

  std::optional<InstantForms> learn(std::span<const CellCount> cells,
                                    std::vector<MomentCount>& moments, std::string& note) {
    if (!compile_given()) {
      note = note_;
      return std::nullopt;
    }
    for (const CellCount& cell : cells) {
      if (!collect(cell)) return std::nullopt;
    }
    if (given_ && !given_fits_) {
      note = fmt::format("has no cell of the format {} that `datetime` gives it",
                         in_quotes(given_text_));
      return std::nullopt;
    }
    std::sort(shapes_.begin(), shapes_.end(), [](const ShapeCells& a, const ShapeCells& b) {
      if (a.rows != b.rows) return a.rows > b.rows;
      return format_text(a.shape.format) < format_text(b.shape.format);
    });
    std::map<char, std::vector<DateOrder>> orders = decide_orders();
    settle_fractions();
    for (const ShapeCells& shape : shapes_) put_formats(shape, orders, 0);
    first_of_other_order_ = forms_.forms.size();
    for (const ShapeCells& shape : shapes_) put_formats(shape, orders, 1);
    if (forms_.forms.empty() || !have_all_dates_or_none()) return std::nullopt;
    if (!assign(cells, moments)) return std::nullopt;
    note = note_;
    return std::move(forms_);
  }

 private:
  std::string given_text_;
  std::optional<InstantFormat> given_;
  bool given_fits_ = false;
  std::vector<ShapeCells> shapes_;
  InstantForms forms_;
  std::size_t first_of_other_order_ = 0;
  std::string note_;

  bool compile_given() {
    std::string text = given_text_;
    if (text.empty()) return true;
    if (text == "epoch") text = "%s";
    if (text == "epoch-ms") text = "%3s";
    if (text == "epoch-us") text = "%6s";
    std::string fault;
    given_ = compile_format(text, fault);
    if (!given_) {
      note_ = fmt::format(
          "can't be read by the format {}: {}; a format for `datetime` has strftime's fields, such "
          "as %Y-%m-%d %H:%M:%S, or is epoch, epoch-ms or epoch-us",
          in_quotes(given_text_), fault);
    }
    return given_.has_value();
  }

  bool collect(const CellCount& cell) {
    if (cell.text.size() > most_instant_bytes) return false;
    for (ShapeCells& shape : shapes_) {
      if (shape.take(cell)) return true;
    }
    if (shapes_.size() == most_shapes) return false;
    if (given_) {
      const InstantReading reading = read_instant(*given_, cell.text);
      if (reading.reading != Reading::none) {
        given_fits_ = true;
        shapes_.emplace_back(InstantShape{with_zone(*given_, reading.zone)});
        return shapes_.back().take(cell);
      }
    }
    const auto found = shape_of(cell.text);
    if (!found) return false;
    shapes_.emplace_back(*found);
    return shapes_.back().take(cell);
  }

  // The order that a person prefers where no cell decides.
  std::vector<DateOrder> preferred(char separator) const {
    bool month_first = separator == '/';
    if (given_) {
      const std::size_t day = place_of(*given_, Field::day);
      const std::size_t month = place_of(*given_, Field::month);
      const bool both = std::max(day, month) < given_->elements.size();
      if (both) month_first = month < day && place_of(*given_, Field::year) > month;
    }
    if (month_first) {
      return {DateOrder::month_first, DateOrder::day_first, DateOrder::year_first};
    }
    return {DateOrder::day_first, DateOrder::month_first, DateOrder::year_first};
  }

  // The order of all dates with a separator, and behind it the other one, where some cells can
  // only be of that.
  std::map<char, std::vector<DateOrder>> decide_orders() {
    std::map<char, std::array<std::uint64_t, date_orders>> valid;
    std::map<char, std::uint64_t> rows;
    for (const ShapeCells& cells : shapes_) {
      if (!cells.shape.is_open()) continue;
      for (std::size_t order = 0; order < date_orders; ++order) {
        valid[cells.shape.separator][order] += cells.valid[order];
      }
      rows[cells.shape.separator] += cells.rows;
    }
    std::map<char, std::vector<DateOrder>> result;
    for (const auto& [separator, counts] : valid) {
      const auto of = [&counts = counts](DateOrder order) {
        return counts[static_cast<std::size_t>(order)];
      };
      std::vector<DateOrder> orders = preferred(separator);
      if (!given_ && are_days_last(separator))
        std::rotate(orders.begin(), orders.end() - 1, orders.end());
      std::stable_sort(orders.begin(), orders.end(),
                       [&](DateOrder a, DateOrder b) { return of(a) > of(b); });
      if (of(orders[0]) == of(orders[1]) && !given_) note_order(separator, orders[0], orders[1]);
      if (orders[0] == DateOrder::year_first) {
        orders.resize(1);
      } else {
        std::erase(orders, DateOrder::year_first);
        if (of(orders[0]) == rows[separator]) orders.resize(1);
      }
      result[separator] = std::move(orders);
    }
    return result;
  }

  // Whether two digits at the end are as many different ones as days are, and those at the start
  // fewer, as of years.
  bool are_days_last(char separator) const {
    std::bitset<32> days;
    std::bitset<100> years;
    for (const ShapeCells& cells : shapes_) {
      if (cells.shape.separator != separator) continue;
      days |= cells.days;
      years |= cells.years;
    }
    constexpr std::size_t least_days = 28;
    return years.count() >= least_days && days.count() * 3 < years.count() * 2;
  }

  static std::string_view name_of(DateOrder order) {
    return order == DateOrder::day_first     ? "day first"
           : order == DateOrder::month_first ? "month first"
                                             : "year first";
  }

  void note_order(char separator, DateOrder taken, DateOrder other) {
    const auto shape = std::find_if(shapes_.begin(), shapes_.end(), [&](const ShapeCells& cells) {
      return cells.shape.separator == separator;
    });
    const auto format = shape->shape.in_order(other);
    if (!format || !note_.empty()) return;
    note_ = fmt::format(
        "has dates such as {}, and no cell tells the order of day, month and year; they are taken "
        "{}; if that is wrong, say so with `datetime` and the format {}",
        example(*shape), name_of(taken), in_quotes(format_text(*format)));
  }

  // The same whatever the order of the cells: made up.
  static std::string example(const ShapeCells& cells) {
    std::string text(most_bytes_of(cells.shape.format), '\0');
    const Moment moment{day_number({2024, 5, 4}), 10 * 3600 * nanoseconds_a_second};
    const InstantFormat format = *cells.shape.in_order(DateOrder::day_first);
    text.resize(static_cast<std::size_t>(spell_instant(text.data(), format, moment) - text.data()));
    return in_quotes(text);
  }

  // A fraction has as many digits in all cells, or its zeros are dropped, or there is a form for
  // each number of digits.
  void settle_fractions() {
    for (std::size_t i = 0; i < shapes_.size(); ++i) {
      const std::size_t place = place_of(shapes_[i].shape.format, Field::fraction);
      if (place < shapes_[i].shape.format.elements.size()) settle_fraction(i, place);
    }
    std::erase_if(shapes_, [](const ShapeCells& cells) { return cells.evidence.empty(); });
  }

  struct FractionCells {
    int most = 0;
    int least = InstantEvidence::digits;
    bool ends_in_zero = false;   // some, single zeros aside
    bool has_lone_zero = false;  // .0
    bool has_zero = false;
  };

  static FractionCells fractions_of(const ShapeCells& cells, std::size_t place) {
    FractionCells found;
    for (const auto& [evidence, rows] : cells.evidence) {
      const int digits = evidence[place] & InstantEvidence::digits;
      const bool is_zero = (evidence[place] & InstantEvidence::is_zero) != 0;
      found.most = std::max(found.most, digits);
      found.least = std::min(found.least, digits);
      found.has_zero |= is_zero;
      if (is_zero && digits == 1) {
        found.has_lone_zero = true;
      } else {
        found.ends_in_zero |= (evidence[place] & InstantEvidence::ends_in_zero) != 0;
      }
    }
    return found;
  }

  // The cells that are the same without a fraction.
  ShapeCells* without_fraction(const ShapeCells& cells, std::size_t place) {
    InstantFormat format = cells.shape.format;
    format.elements.erase(format.elements.begin() + static_cast<std::ptrdiff_t>(place));
    const auto found = std::find_if(shapes_.begin(), shapes_.end(), [&](const ShapeCells& other) {
      return other.shape.format == format && other.shape.separator == cells.shape.separator;
    });
    return found == shapes_.end() ? nullptr : &*found;
  }

  void settle_fraction(std::size_t i, std::size_t place) {
    ShapeCells& cells = shapes_[i];
    const FractionCells found = fractions_of(cells, place);
    const bool is_fixed = found.least == found.most;
    const bool is_trimmed = !is_fixed && !found.ends_in_zero;
    ShapeCells* const twin = without_fraction(cells, place);
    const bool is_dropped =
        twin != nullptr && (is_fixed ? !found.has_zero : is_trimmed && !found.has_lone_zero);
    std::map<Evidence, std::uint64_t> settled;
    for (const auto& [found_evidence, rows] : cells.evidence) {
      Evidence evidence = found_evidence;
      const int digits = evidence[place] & InstantEvidence::digits;
      evidence[place] = is_fixed || is_trimmed ? InstantEvidence::none : static_cast<char>(digits);
      settled[evidence] += rows;
    }
    if (is_dropped) {
      for (const auto& [found_evidence, rows] : twin->evidence) {
        Evidence evidence = found_evidence;
        evidence.insert(place, 1, InstantEvidence::none);
        settled[evidence] += rows;
      }
      cells.rows += twin->rows;
      twin->evidence.clear();
    }
    cells.evidence = std::move(settled);
    for (auto& format : cells.formats) {
      if (!format) continue;
      InstantElement& fraction = format->elements[place];
      fraction.digits = found.most;
      fraction.trimmed = is_trimmed;
      fraction.dropped = is_dropped;
    }
  }

  // Joins what cells say while none contradicts another.
  static std::vector<Evidence> joined(const ShapeCells& cells) {
    std::vector<std::pair<Evidence, std::uint64_t>> sorted(cells.evidence.begin(),
                                                           cells.evidence.end());
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    std::vector<Evidence> result;
    for (const auto& [evidence, rows] : sorted) {
      const auto fits = [&evidence = evidence](const Evidence& other) {
        return std::equal(evidence.begin(), evidence.end(), other.begin(),
                          [](char a, char b) { return a == 0 || b == 0 || a == b; });
      };
      const auto place = std::find_if(result.begin(), result.end(), fits);
      if (place == result.end()) {
        result.push_back(evidence);
        continue;
      }
      for (std::size_t i = 0; i < evidence.size(); ++i) {
        if (evidence[i] != 0) (*place)[i] = evidence[i];
      }
    }
    return result;
  }

  InstantFormat settled(InstantFormat format, const Evidence& evidence) const {
    const auto is_padded = [](Field field) {
      return field == Field::month || field == Field::day || field == Field::hour ||
             field == Field::half_hour;
    };
    const auto is_name = [](Field field) {
      return field == Field::month_name || field == Field::weekday;
    };
    bool plain = false;
    for (std::size_t i = 0; i < evidence.size(); ++i) {
      plain |= is_padded(format.elements[i].field) && evidence[i] == InstantEvidence::plain;
    }
    for (std::size_t i = 0; i < evidence.size(); ++i) {
      InstantElement& element = format.elements[i];
      const char found = evidence[i];
      if (is_padded(element.field) && found != InstantEvidence::none) {
        element.padding = static_cast<Padding>(found - 1);
      } else if (is_padded(element.field) && plain && !given_) {
        element.padding = Padding::none;
      } else if (is_name(element.field) && found != InstantEvidence::none) {
        element.full = found == InstantEvidence::full;
      } else if (element.field == Field::fraction && found != InstantEvidence::none) {
        element.digits = found;
      }
    }
    return format;
  }

  void put_formats(const ShapeCells& cells, std::map<char, std::vector<DateOrder>>& orders,
                   std::size_t choice) {
    std::size_t order = 0;
    if (cells.shape.is_open()) {
      const auto& chosen = orders[cells.shape.separator];
      if (choice >= chosen.size()) return;
      order = static_cast<std::size_t>(chosen[choice]);
    } else if (choice > 0) {
      return;
    }
    if (!cells.formats[order]) return;
    for (const Evidence& evidence : joined(cells)) {
      forms_.forms.push_back({.format = settled(*cells.formats[order], evidence)});
    }
  }

  bool have_all_dates_or_none() {
    forms_.has_date = forms_.forms.front().format.has_date();
    return std::all_of(forms_.forms.begin(), forms_.forms.end(), [&](const InstantForm& form) {
      return form.format.has_date() == forms_.has_date;
    });
  }

  // Gives cells their forms and drops those that no cell needs.
  bool assign(std::span<const CellCount> cells, std::vector<MomentCount>& moments) {
    std::vector<const CellCount*> odd;
    std::vector<char> used(forms_.forms.size(), 0);
    std::uint64_t rows = 0;
    moments.clear();
    moments.reserve(cells.size());
    for (const CellCount& cell : cells) {
      rows += cell.count;
      const auto found = forms_.find(cell.text);
      if (!found) {
        odd.push_back(&cell);
        continue;
      }
      used[found->form] = 1;
      moments.push_back({found->moment, cell.count});
    }
    if (moments.empty()) return false;
    std::vector<InstantForm> kept;
    for (std::size_t i = 0; i < used.size(); ++i) {
      if (used[i] == 0) continue;
      kept.push_back(forms_.forms[i]);
      if (i >= first_of_other_order_ && note_.empty()) {
        note_ =
            "has dates that can only have the day first and others, with the same separator, that "
            "can only have the month first; what could be either is taken as most others are";
      }
    }
    return put_odd(odd, rows, std::move(kept), moments) &&
           forms_.forms.size() <= most_instant_forms;
  }

  // Cells that are written like an instant but are none.
  bool put_odd(std::vector<const CellCount*>& odd, std::uint64_t rows,
               std::vector<InstantForm> kept, std::vector<MomentCount>& moments) {
    constexpr std::size_t most_constants = 8;
    constexpr std::uint64_t rows_for_one = 10;
    std::sort(odd.begin(), odd.end(),
              [](const CellCount* a, const CellCount* b) { return a->text < b->text; });
    std::vector<InstantForm> past;
    std::vector<InstantForm> constants;
    std::uint64_t odd_rows = 0;
    const std::size_t ordinary = moments.size();
    for (const CellCount* cell : odd) {
      odd_rows += cell->count;
      const auto form = odd_form(*cell, moments, ordinary);
      if (!form) return false;
      auto& forms = form->constant.empty() ? past : constants;
      const bool is_new = std::none_of(forms.begin(), forms.end(), [&](const InstantForm& other) {
        return form->constant.empty() && other.format == form->format &&
               other.past_month_end == form->past_month_end;
      });
      if (is_new) forms.push_back(*form);
    }
    if (odd_rows * rows_for_one > rows || constants.size() > most_constants) return false;
    kept.insert(kept.end(), past.begin(), past.end());
    kept.insert(kept.end(), constants.begin(), constants.end());
    forms_.forms = std::move(kept);
    return true;
  }

  std::optional<InstantForm> odd_form(const CellCount& cell, std::vector<MomentCount>& moments,
                                      std::size_t ordinary) const {
    std::optional<InstantForm> result;
    for (const InstantForm& form : forms_.forms) {
      const InstantReading reading = read_instant(form.format, cell.text);
      if (reading.reading == Reading::none) continue;
      // A month that does not exist says that the cells are no months at all.
      if (forms_.has_date && !form.format.has(Field::day) && !form.format.has(Field::epoch)) {
        return std::nullopt;
      }
      InstantForm found{.format = form.format, .past_month_end = reading.past_month_end};
      if (reading.past_month_end > 0) {
        InstantForms single{{found}, forms_.has_date};
        if (single.find(cell.text)) {
          moments.push_back({reading.moment, cell.count});
          return found;
        }
      }
      if (!result) {
        result = InstantForm{.constant = std::string(cell.text), .moment = reading.moment};
      }
    }
    if (!result) return std::nullopt;
    // Far from all others, such as the year 0, it would stretch their range.
    const auto before = [](const MomentCount& a, const MomentCount& b) {
      return std::pair(a.moment.days, a.moment.nanoseconds) <
             std::pair(b.moment.days, b.moment.nanoseconds);
    };
    const auto end = moments.begin() + static_cast<std::ptrdiff_t>(ordinary);
    const auto [least, greatest] = std::minmax_element(moments.begin(), end, before);
    const MomentCount own{result->moment, cell.count};
    if (before(own, *least)) result->moment = least->moment;
    if (before(*greatest, own)) result->moment = greatest->moment;
    moments.push_back({result->moment, cell.count});
    return result;
  }
};

}  // namespace

std::optional<InstantForms> learn_forms(std::span<const CellCount> cells, std::string_view format,
                                        std::vector<MomentCount>& moments, std::string& note) {
  return Learner(format).learn(cells, moments, note);
}

}  // namespace cuvae
