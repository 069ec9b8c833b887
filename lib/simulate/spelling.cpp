#include "simulate/spelling.hpp"

#include <fmt/format.h>

#include "simulate/calendar.hpp"
#include "text/cell_format.hpp"

namespace cuvae::simulate {
namespace {

constexpr std::array<std::string_view, 7> error_names{
    "Bad Card Number", "Bad Expiration",       "Bad CVV",         "Bad Zipcode",
    "Bad PIN",         "Insufficient Balance", "Technical Glitch"};
static_assert(std::size_t{1} << error_names.size() == error_sets);

std::string error_cell(std::size_t set, CardDialect dialect) {
  std::string names;
  std::size_t count = 0;
  for (std::size_t bit = 0; bit < error_names.size(); ++bit) {
    if ((set >> bit & 1U) == 0) continue;
    if (count++ > 0) names += ',';
    names += error_names[bit];
  }
  if (count == 0) return ",";
  if (dialect == CardDialect::v1) return '"' + names + ",\",";
  return count == 1 ? names + ',' : '"' + names + "\",";
}

}  // namespace

TransactionSpelling::TransactionSpelling(const World& world)
    : market_(world.market),
      amounts_(CellFormat::of(ColumnKind::currency, 2)),
      methods_{Piece<24>("Swipe Transaction,"), Piece<24>("Chip Transaction,"),
               Piece<24>("Online Transaction,")} {
  Date date = first_date;
  for (std::int32_t day = 0; day < simulated_days; ++day, date = next(date)) {
    dates_.emplace_back(fmt::format("{},{},{},", date.year, date.month, date.day));
  }
  const CellFormat time{.form = CellForm::time};
  for (int minute = 0; minute < 24 * 60; ++minute) {
    times_.emplace_back(time.spell(minute) + ',');
  }
  for (const bool negative : {false, true}) {
    for (std::uint32_t dollars = 0; dollars < tabled_dollars; ++dollars) {
      dollars_.emplace_back(amounts_.whole_part(negative, dollars));
    }
  }
  for (std::size_t cents = 0; cents < 100; ++cents) {
    cents_[cents] = Piece<4>(amounts_.fraction_part(cents) + ',');
  }
  for (std::size_t set = 0; set < error_sets; ++set) {
    errors_[set] = error_cell(set, world.options.dialect);
  }
}

char* TransactionSpelling::put_amount(char* out, std::int32_t cents) const {
  const auto size = static_cast<std::uint32_t>(cents < 0 ? -cents : cents);
  const std::uint32_t dollars = size / 100;
  if (dollars < tabled_dollars) {
    out = dollars_[(cents < 0 ? tabled_dollars : 0) + dollars].put(out);
  } else {
    out = amounts_.spell_whole_part(out, cents < 0, dollars);
  }
  return cents_[size % 100].put(out);
}

char* TransactionSpelling::put(char* out, std::string_view owner,
                               const Transaction& transaction) const {
  std::memcpy(out, owner.data(), owner.size());
  out += owner.size();
  out = dates_[transaction.day].put(out);
  out = times_[transaction.minute].put(out);
  out = put_amount(out, transaction.cents);
  out = methods_[static_cast<std::size_t>(transaction.method)].put(out);
  const Merchant& merchant = market_.merchants[transaction.merchant];
  std::memcpy(out, merchant.text.data(), merchant.text.size());
  out += merchant.length;
  if (transaction.errors == 0) {
    *out++ = ',';
  } else {
    const std::string& errors = errors_[transaction.errors];
    std::memcpy(out, errors.data(), errors.size());
    out += errors.size();
  }
  const std::string_view verdict = transaction.fraud ? "Yes\n" : "No\n";
  std::memcpy(out, verdict.data(), 4);  // a NUL behind "No\n" is overwritten
  return out + verdict.size();
}

}  // namespace cuvae::simulate
