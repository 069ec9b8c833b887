// Where messages and results go, and what the terminal can do.
#pragma once

#include <string>
#include <string_view>

namespace cuvae::cli {

// Results go to standard output, everything else to standard error.
class Console {
 public:
  Console(bool quiet, bool no_color);

  bool quiet() const { return quiet_; }
  // Standard error is a terminal that can repaint a line.
  bool interactive() const { return interactive_; }
  // Columns of that terminal now; 80 where it does not say.
  static unsigned width();
  // The locale's character set is UTF-8.
  static bool unicode();

  // One line on standard error; nothing with --quiet.
  void note(std::string_view line) const;
  // The same, marked as a warning.
  void warning(std::string_view line) const;
  // Text as it is on standard error, even with --quiet.
  static void raw(std::string_view text);

  // Text on standard output. Throws Error(runtime) when it can't be written, ClosedPipe when
  // nobody reads any more.
  static void result(std::string_view text);

  // `text` in bold where standard output is a colour terminal.
  std::string bold(std::string_view text) const;

 private:
  bool quiet_;
  bool interactive_;
  bool color_;
};

// The reader of standard output has gone, as in `cuvae ... -o - | head`: not an error to report.
struct ClosedPipe {};

// Whether that is so now.
bool standard_output_closed();

// The last line of a failed run.
void print_error(std::string_view message, bool no_color);

}  // namespace cuvae::cli
