#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <utility>

#include <cuvae/arrow.hpp>
#include <cuvae/error.hpp>

#include "arrow/cell_texts.hpp"
#include "csv/read_csv.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

// A structure of the interface, moved here from wherever it was; released at the end.
template <class Structure>
class Owned {
 public:
  Owned() : structure_{} {}
  explicit Owned(Structure* from) : structure_(*from) { from->release = nullptr; }
  ~Owned() {
    if (structure_.release != nullptr) structure_.release(&structure_);
  }
  Owned(Owned&& other) noexcept : structure_(other.structure_) {
    other.structure_.release = nullptr;
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  Owned& operator=(Owned&&) = delete;

  Structure* get() { return &structure_; }
  const Structure& operator*() const { return structure_; }

 private:
  Structure structure_;
};

[[noreturn]] void fail(ArrowArrayStream* stream, int error) {
  const char* const message = stream->get_last_error(stream);
  throw Error(ErrorKind::runtime, fmt::format("the table given can't be read: {}",
                                              message == nullptr ? std::strerror(error) : message));
}

using Chunks = std::vector<Owned<ArrowArray>>;

Chunks all_chunks(ArrowArrayStream* stream, std::size_t columns, const Monitor& monitor) {
  Chunks chunks;
  for (;;) {
    monitor.check();
    Owned<ArrowArray> chunk;
    if (const int error = stream->get_next(stream, chunk.get()); error != 0) fail(stream, error);
    const ArrowArray& array = *chunk;
    if (array.release == nullptr) return chunks;
    if (array.n_children != static_cast<std::int64_t>(columns)) {
      throw Error(ErrorKind::data,
                  fmt::format("a record batch of the table given has {} columns, the others {}; "
                              "this is an error of whatever made it",
                              array.n_children, columns));
    }
    if (array.null_count > 0) {
      throw Error(ErrorKind::data,
                  "the table given has rows that are null as a whole; remove them");
    }
    chunks.push_back(std::move(chunk));
  }
}

// A record batch with all that spells its cells.
struct Part {
  std::int64_t rows = 0;
  std::vector<std::unique_ptr<CellWriter>> columns;
};

std::vector<Part> parts_of(const Chunks& chunks, const std::vector<ColumnFormat>& formats) {
  std::vector<Part> parts(chunks.size());
  for (std::size_t c = 0; c < formats.size(); ++c) {
    std::vector<ArraySlice> slices;
    for (const Owned<ArrowArray>& chunk : chunks) {
      slices.push_back({(*chunk).children[c], (*chunk).offset, (*chunk).length});
    }
    const InstantStyle style = instant_style(formats[c], slices);
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      parts[i].rows = slices[i].rows;
      parts[i].columns.push_back(make_cell_writer(formats[c], style, slices[i]));
    }
  }
  return parts;
}

// Rows of one part that a thread spells at a time.
struct Piece {
  const Part* part;
  std::int64_t first;
  std::int64_t last;
};

std::vector<Piece> pieces_of(const std::vector<Part>& parts) {
  constexpr std::int64_t most_rows = 16'384;
  std::vector<Piece> pieces;
  for (const Part& part : parts) {
    for (std::int64_t first = 0; first < part.rows; first += most_rows) {
      pieces.push_back({&part, first, std::min(first + most_rows, part.rows)});
    }
  }
  return pieces;
}

void append_line_end(std::string& text, std::size_t line) {
  // A blank line would be no row.
  if (text.size() == line) text += "\"\"";
  text += '\n';
}

std::string text_of(const Piece& piece) {
  std::string text;
  for (std::int64_t row = piece.first; row < piece.last; ++row) {
    const std::size_t line = text.size();
    bool first = true;
    for (const auto& column : piece.part->columns) {
      if (!std::exchange(first, false)) text += arrow_delimiter;
      column->append(text, row);
    }
    append_line_end(text, line);
  }
  return text;
}

std::string header_of(const std::vector<ColumnFormat>& formats) {
  std::string text;
  for (const ColumnFormat& format : formats) {
    if (&format != &formats.front()) text += arrow_delimiter;
    append_text_cell(text, format.name, format.name);
  }
  append_line_end(text, 0);
  return text;
}

}  // namespace

Table table_from_arrow(ArrowArrayStream* stream, const ReadOptions& options, Monitor& monitor) {
  if (stream == nullptr || stream->release == nullptr) {
    throw Error(ErrorKind::usage,
                "the stream given was released already; a stream of Arrow can "
                "be read once only, make a new one");
  }
  Owned<ArrowArrayStream> source(stream);
  Owned<ArrowSchema> schema;
  if (const int error = source.get()->get_schema(source.get(), schema.get()); error != 0) {
    fail(source.get(), error);
  }
  const std::vector<ColumnFormat> formats = column_formats(*schema, options.drop);
  const ReadSettings settings = read_settings(options);
  CsvMemory memory;
  memory.name = "the table given";
  {
    const Chunks chunks = all_chunks(source.get(), formats.size(), monitor);
    const std::vector<Part> parts = parts_of(chunks, formats);
    const std::vector<Piece> pieces = pieces_of(parts);
    memory.pieces.resize(pieces.size() + 1);
    memory.pieces[0] = header_of(formats);
    for_each_index(settings.threads, pieces.size(), [&](std::size_t i) {
      monitor.check();
      memory.pieces[i + 1] = text_of(pieces[i]);
    });
  }
  // One reader decides what a column is, wherever its cells come from.
  ReadOptions how = options;
  how.delimiter = arrow_delimiter;
  return read_csv_with(std::move(memory), how, settings, monitor);
}

}  // namespace cuvae
