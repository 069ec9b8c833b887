#include "support/bounded_json.hpp"

#include <nlohmann/json.hpp>

#include <cuvae/error.hpp>

namespace cuvae {
namespace {

using Json = nlohmann::json;

// Adds up what a parser would allocate; each event returns whether to go on.
class Weigher : public nlohmann::json_sax<Json> {
 public:
  Weigher(std::size_t length, const JsonBounds& bounds)
      : left_(bounds.times * length + bounds.bytes), depth_left_(bounds.deepest) {}

  bool exceeded() const { return exceeded_; }

  bool null() override { return take(value_bytes); }
  bool boolean(bool) override { return take(value_bytes); }
  bool number_integer(number_integer_t) override { return take(value_bytes); }
  bool number_unsigned(number_unsigned_t) override { return take(value_bytes); }
  bool number_float(number_float_t, const string_t&) override { return take(value_bytes); }
  bool string(string_t& text) override {
    return take(value_bytes + text_bytes + (text.size() > short_text ? text.size() : 0));
  }
  bool binary(binary_t&) override { return false; }
  bool key(string_t& text) override {
    return take(member_bytes + (text.size() > short_text ? text.size() : 0));
  }
  bool start_object(std::size_t) override { return open(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return false;
  }

 private:
  static constexpr std::size_t value_bytes = sizeof(Json);
  static constexpr std::size_t text_bytes = sizeof(std::string) + 16;  // with the heap's own
  static constexpr std::size_t short_text = 15;
  static constexpr std::size_t container_bytes = 40;
  static constexpr std::size_t member_bytes = 96;  // a node of the map, less its value

  std::size_t left_;
  int depth_left_;
  bool exceeded_ = false;

  bool take(std::size_t bytes) {
    exceeded_ = bytes > left_;
    left_ -= exceeded_ ? 0 : bytes;
    return !exceeded_;
  }
  bool open() {
    if (--depth_left_ < 0) exceeded_ = true;
    return !exceeded_ && take(value_bytes + container_bytes);
  }
  bool close() {
    ++depth_left_;
    return true;
  }
};

}  // namespace

bool stays_within(std::string_view text, const JsonBounds& bounds) {
  Weigher weigher(text.size(), bounds);
  Json::sax_parse(text.begin(), text.end(), &weigher);
  return !weigher.exceeded();
}

Json parse_bounded(std::string_view text, const JsonBounds& bounds) {
  if (!stays_within(text, bounds)) {
    throw Error(ErrorKind::data, "is nested too deeply or holds too many values for its length");
  }
  return Json::parse(text.begin(), text.end());
}

}  // namespace cuvae
