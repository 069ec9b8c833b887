#include "csv/csv_rows.hpp"

#include <utility>

#include "support/text_buffer.hpp"

namespace cuvae {

class CsvRows::Writer final : public RowConsumer::Worker {
 public:
  explicit Writer(CsvRows& rows) : rows_(rows), scratch_(rows.formatter_) {}

  void take(const RowBlock& block) override {
    text_.clear();
    rows_.formatter_.format(block, scratch_, text_);
  }
  void place() override { at_ = rows_.file_.place(text_.text()); }
  void complete() override { rows_.file_.write(text_.text(), at_); }

 private:
  CsvRows& rows_;
  RowFormatter::Scratch scratch_;
  TextBuffer text_;
  std::uint64_t at_ = 0;
};

CsvRows::CsvRows(const Schema& schema, const std::vector<ColumnCoding>& codings, std::string header,
                 OutputFile& file, const Monitor& monitor)
    : formatter_(schema, codings), header_(std::move(header)), file_(file, &monitor) {}

void CsvRows::begin() {
  file_.write(header_, file_.place(header_));
}

std::unique_ptr<RowConsumer::Worker> CsvRows::make_worker() {
  return std::make_unique<Writer>(*this);
}

}  // namespace cuvae
