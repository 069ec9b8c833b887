// A sink of one's own: rows as JSON lines on standard output.
//
//   custom_sink [DATA.csv]
#include "example.hpp"

namespace {

class JsonLines final : public cuvae::RowSink {
 public:
  void begin(const std::vector<cuvae::RowColumn>& columns, std::uint64_t) override {
    columns_ = &columns;
  }
  void batch(cuvae::RowBatch batch) override {
    for (std::uint32_t row = 0; row < batch.rows; ++row) {
      for (std::size_t c = 0; c < columns_->size(); ++c) {
        const cuvae::RowColumn& column = (*columns_)[c];
        std::cout << (c == 0 ? "{" : ", ") << quoted(column.name) << ": ";
        if (!batch.columns[c].is_present(row)) {
          std::cout << "null";
        } else {
          const std::string text = cuvae::cell_text(column, batch.columns[c], row);
          const bool number =
              column.type == cuvae::CellType::integer || column.type == cuvae::CellType::real;
          std::cout << (number ? text : quoted(text));
        }
      }
      std::cout << "}\n";
    }
  }

 private:
  static std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return out + '"';
  }

  const std::vector<cuvae::RowColumn>* columns_ = nullptr;
};

}  // namespace

int main(int count, char** arguments) {
  return run_example([&] {
    JsonLines lines;
    cuvae::generate_rows(model_of_argument(count, arguments), {.rows = 4, .seed = 7}, lines);
  });
}
