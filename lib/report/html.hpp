// Writing HTML that data can't break: names of elements and attributes are literals of this
// program, everything else is made fit to show and escaped on its way in.
#pragma once

#include <algorithm>
#include <fmt/format.h>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "text/display.hpp"

namespace cuvae {

// Text of the program itself; can't be made from data.
class Literal {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is meant to become one
  consteval Literal(const char* text) : text_(text) {}
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

struct Attribute {
  Attribute(Literal attribute, std::string_view content) : name(attribute), value(content) {}
  Attribute(Literal attribute, double number)
      : name(attribute), value(fmt::format("{:.6g}", number)) {}
  Literal name;
  std::string value;
};

class Html {
 public:
  using Attributes = std::initializer_list<Attribute>;

  // An open element; its end closes it.
  class Element {
   public:
    Element(Html& html, Literal tag) : html_(html), tag_(tag) {}
    ~Element() {
      html_.out_ += "</";
      html_.out_ += tag_.text();
      html_.out_ += '>';
    }
    Element(const Element&) = delete;
    Element& operator=(const Element&) = delete;

   private:
    Html& html_;
    Literal tag_;
  };

  explicit Html(std::size_t most_characters) : most_characters_(most_characters) {}

  [[nodiscard]] Element element(Literal tag, Attributes attributes = {}) {
    start(tag, attributes);
    out_ += '>';
    return {*this, tag};
  }

  // An element without content.
  void single(Literal tag, Attributes attributes) {
    start(tag, attributes);
    out_ += "/>";
  }

  // An element of nothing but text.
  void leaf(Literal tag, std::string_view content, Attributes attributes = {}) {
    const Element whole = element(tag, attributes);
    text(content);
  }

  void text(std::string_view content) { escape(content, most_characters_); }

  // A name or label from data, at most `most` characters of it.
  void text(std::string_view content, std::size_t most) {
    escape(content, std::min(most, most_characters_));
  }

  // Markup of the program itself: the style sheet, the document type.
  void markup(Literal content) { out_ += content.text(); }

  std::size_t size() const { return out_.size(); }
  std::string take() { return std::move(out_); }

 private:
  void start(Literal tag, Attributes attributes) {
    out_ += '<';
    out_ += tag.text();
    for (const Attribute& attribute : attributes) {
      out_ += ' ';
      out_ += attribute.name.text();
      out_ += "=\"";
      escape(attribute.value, std::string::npos);
      out_ += '"';
    }
  }

  void escape(std::string_view content, std::size_t most) {
    for (const char character : displayed(content, most)) {
      switch (character) {
        case '&':
          out_ += "&amp;";
          break;
        case '<':
          out_ += "&lt;";
          break;
        case '>':
          out_ += "&gt;";
          break;
        case '"':
          out_ += "&quot;";
          break;
        case '\'':
          out_ += "&#39;";
          break;
        default:
          out_ += character;
      }
    }
  }

  std::size_t most_characters_;
  std::string out_;
};

}  // namespace cuvae
