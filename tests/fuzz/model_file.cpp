// A model file. One that loads is written and loaded again, and makes rows that can be read.
#include <optional>

#include <cuvae/table.hpp>

#include "csv/quoting.hpp"
#include "csv/row_formatter.hpp"
#include "generate/row_source.hpp"
#include "models/file/model_bytes.hpp"
#include "target.hpp"

namespace cuvae::fuzz {
namespace {

constexpr std::uint32_t generated_rows = 40;

std::optional<Model> loaded(std::string_view bytes) {
  try {
    return model_from_bytes(bytes, "input");
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string rows_of(const Model& model) {
  DeviceChoice device;
  device.kind = DeviceChoice::Kind::cpu;
  device.threads = 1;
  const std::unique_ptr<RowSource> source = make_row_source(model, 0, device);
  const RowFormatter formatter(source->schema(), source->codings());
  RowFormatter::Scratch scratch(formatter);
  RowRequest request;
  request.rows = generated_rows;
  request.block_rows = generated_rows;
  TextBuffer text;
  formatter.format(source->generator(request)->codes(0, 0, generated_rows), scratch, text);
  return header_line(model.schema) + std::string(text.text());
}

void require_readable(const Model& model, const std::string& rows) {
  const MemoryFile file(rows);
  ReadOptions options;
  options.keep_empty_columns = true;
  options.delimiter = model.schema.delimiter;
  options.threads = 1;
  const Table table = read_csv(file.path(), options);
  require(table.rows == generated_rows, "as many rows are read as were made");
  require(table.columns.size() == model.schema.columns.size(), "rows have the model's columns");
}

}  // namespace
}  // namespace cuvae::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cuvae::fuzz;
  if (size > most_input_bytes) return 0;
  const auto model = loaded(Input(data, size).rest());
  if (!model) return 0;
  // From here on nothing may fail: a model that can be loaded can be used.
  const std::string bytes = cuvae::model_bytes(*model);
  require(cuvae::model_bytes(cuvae::model_from_bytes(bytes, "written")) == bytes,
          "a model reads back as it was written");
  require_readable(*model, rows_of(*model));
  return 0;
}
