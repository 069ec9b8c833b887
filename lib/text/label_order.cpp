#include "text/label_order.hpp"

#include <algorithm>
#include <charconv>

namespace cuvae {
namespace {

struct Whole {
  bool negative = false;
  std::string_view digits;  // without leading zeros
};

Whole whole_of(std::string_view text) {
  Whole whole;
  whole.negative = text.front() == '-';
  if (text.front() == '-' || text.front() == '+') text.remove_prefix(1);
  text = text.substr(0, text.find('.'));
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
  whole.digits = text;
  whole.negative = whole.negative && !text.empty();
  return whole;
}

// Order by value; numbers beyond 64 bits share the outermost keys and are compared by their digits.
std::uint64_t whole_key(std::string_view text) {
  const Whole whole = whole_of(text);
  std::uint64_t magnitude = 0;
  const auto parsed =
      std::from_chars(whole.digits.data(), whole.digits.data() + whole.digits.size(), magnitude);
  constexpr std::uint64_t middle = std::uint64_t{1} << 63;
  if (whole.digits.empty()) return middle;
  const bool huge = parsed.ec != std::errc() || magnitude >= middle;
  if (huge) magnitude = middle - 1;
  if (whole.negative) return huge ? 0 : middle - magnitude;
  return middle + magnitude;
}

std::uint64_t text_key(std::string_view text) {
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    key = key << 8 | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
  }
  return key;
}

}  // namespace

std::uint64_t label_key(std::string_view text, bool by_value) {
  return by_value ? whole_key(text) : text_key(text);
}

bool whole_less(std::string_view a, std::string_view b) {
  const Whole left = whole_of(a);
  const Whole right = whole_of(b);
  if (left.negative != right.negative) return left.negative;
  if (left.digits != right.digits) {
    const bool smaller = left.digits.size() != right.digits.size()
                             ? left.digits.size() < right.digits.size()
                             : left.digits < right.digits;
    return smaller != left.negative;
  }
  return a < b;
}

}  // namespace cuvae
