// Transactions as text.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "simulate/transactions.hpp"
#include "text/cell_format.hpp"

namespace cuvae::simulate {

inline constexpr std::string_view header =
    "User,Card,Year,Month,Day,Time,Amount,Use Chip,Merchant Name,Merchant City,Merchant State,Zip,"
    "MCC,Errors?,Is Fraud?\n";

// A short text that is copied as a whole, whatever its length.
template <std::size_t room>
struct Piece {
  std::array<char, room - 1> text{};
  std::uint8_t length = 0;

  Piece() = default;
  explicit Piece(std::string_view from) : length(static_cast<std::uint8_t>(from.size())) {
    from.copy(text.data(), text.size());
  }
  char* put(char* out) const {
    std::memcpy(out, text.data(), text.size());
    return out + length;
  }
};

// Every cell is a copy out of a table.
class TransactionSpelling {
 public:
  explicit TransactionSpelling(const World& world);

  // The longest row, and what put() may write behind a row's end.
  static constexpr std::size_t most_bytes = 512;

  // Writes one row behind `owner` ("user,card,") and returns its end.
  char* put(char* out, std::string_view owner, const Transaction& transaction) const;

 private:
  char* put_amount(char* out, std::int32_t cents) const;

  // Whole dollars that have their text in a table.
  static constexpr std::uint32_t tabled_dollars = 10'000;

  const Market& market_;
  CellFormat amounts_;
  std::vector<Piece<16>> dates_;     // "2002,9,1,"
  std::vector<Piece<8>> times_;      // "06:21,"
  std::vector<Piece<8>> dollars_;    // "$0." ... "$9999.", "$-0." ... "$-9999."
  std::array<Piece<4>, 100> cents_;  // "00,"
  std::array<Piece<24>, 3> methods_;
  std::array<std::string, error_sets> errors_;
};

}  // namespace cuvae::simulate
