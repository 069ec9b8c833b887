#include "generate/write_matching.hpp"

#include <algorithm>
#include <atomic>
#include <fmt/format.h>
#include <vector>

#include <cuvae/error.hpp>

#include "support/progress.hpp"
#include "support/text_buffer.hpp"
#include "support/threads.hpp"

namespace cuvae {
namespace {

// Chunks that a round of all workers looks at, for each worker: enough that waiting for the last
// one costs little.
constexpr std::uint64_t chunks_a_worker = 8;

// What a chunk of candidates has to offer.
struct Chunk {
  std::uint32_t rows = 0;
  std::vector<std::vector<unsigned char>> cells;  // [columns]

  void take(const RowBlock& block, const std::vector<ColumnCoding>& codings,
            const std::vector<std::uint32_t>& places) {
    rows = static_cast<std::uint32_t>(places.size());
    cells.resize(codings.size());
    for (std::uint32_t c = 0; c < codings.size(); ++c) {
      const std::uint32_t width = codings[c].width;
      cells[c].resize((places.size() + 64) * width);
      const auto* from = static_cast<const unsigned char*>(block.columns[c]);
      for (std::size_t i = 0; i < places.size(); ++i) {
        std::copy_n(from + std::size_t{places[i]} * width, width, cells[c].data() + i * width);
      }
    }
  }

  RowBlock block() const {
    RowBlock block;
    block.rows = rows;
    for (const auto& column : cells) block.columns.push_back(column.data());
    return block;
  }
};

// How many rows of each label are still wanted.
class Quotas {
 public:
  Quotas(const Schema& schema, const std::vector<ColumnCoding>& codings, std::uint64_t rows,
         std::optional<std::uint32_t> column)
      : schema_(schema), column_(column), left_(rows) {
    if (!column) return;
    width_ = codings[*column].width;
    const std::vector<std::uint64_t>& counts = schema.columns[*column].counts;
    std::uint64_t labels = 0;
    for (std::size_t l = 0; l < schema.columns[*column].labels.size(); ++l) {
      labels += l < counts.size() && counts[l] == 0 ? 0 : 1;
    }
    std::uint64_t number = 0;
    for (std::size_t l = 0; l < schema.columns[*column].labels.size(); ++l) {
      const bool held = l >= counts.size() || counts[l] != 0;
      of_label_.push_back(held ? rows / labels + (number < rows % labels ? 1 : 0) : 0);
      number += held ? 1 : 0;
    }
  }

  std::uint64_t left() const { return left_; }

  bool take(const RowBlock& block, std::uint32_t row) {
    if (left_ == 0) return false;
    if (column_) {
      std::uint64_t& quota = of_label_[cell_code(block, *column_, width_, row)];
      if (quota == 0) return false;
      --quota;
    }
    --left_;
    return true;
  }

  [[noreturn]] void give_up() const {
    std::string what = "that meets the conditions";
    if (column_) {
      for (std::size_t l = 0; l < of_label_.size(); ++l) {
        if (of_label_[l] == 0) continue;
        what = fmt::format("with '{}' in column '{}'", schema_.columns[*column_].labels[l],
                           schema_.columns[*column_].name);
        break;
      }
    }
    throw Error(ErrorKind::data,
                fmt::format("not one of {} rows drawn was one {}; {} rows are missing: ask for "
                            "fewer rows or for less",
                            most_rows_in_vain, what, left_));
  }

 private:
  const Schema& schema_;
  std::optional<std::uint32_t> column_;
  std::uint32_t width_ = 4;
  std::uint64_t left_;
  std::vector<std::uint64_t> of_label_;
};

}  // namespace

MatchingResult write_matching(const RowFormatter& formatter, const Schema& schema,
                              const std::vector<ColumnCoding>& codings, RowGenerator& generator,
                              const Matching& matching, const RowRange& range,
                              std::string_view header, OutputFile& file, Monitor& monitor) {
  Progress progress(monitor, "generate", range.rows);
  RowFormatter::Scratch scratch(formatter);
  TextBuffer text;
  MatchingResult result;
  const auto write = [&](std::string_view bytes) {
    file.write(bytes, &monitor);
    result.bytes += bytes.size();
  };
  write(header);
  Quotas quotas(schema, codings, range.rows, matching.balanced_column);
  std::vector<Chunk> chunks(range.workers * chunks_a_worker);
  std::uint64_t in_vain = 0;
  for (std::uint64_t first = range.first_row; quotas.left() > 0;
       first += chunks.size() * range.chunk_rows) {
    std::atomic<std::size_t> next{0};
    run_on_threads(range.workers, [&](unsigned worker) {
      std::vector<std::uint32_t> places;
      for (std::size_t chunk; (chunk = next.fetch_add(1)) < chunks.size();) {
        monitor.check();
        const RowBlock& block =
            generator.candidates(worker, first + chunk * range.chunk_rows, range.chunk_rows);
        places.clear();
        matching.conditions.find(block, places);
        chunks[chunk].take(block, codings, places);
      }
    });
    std::vector<std::uint32_t> wanted;
    for (Chunk& chunk : chunks) {
      if (quotas.left() == 0) break;
      const RowBlock block = chunk.block();
      wanted.clear();
      for (std::uint32_t row = 0; row < block.rows; ++row) {
        if (quotas.take(block, row)) wanted.push_back(row);
      }
      result.drawn += range.chunk_rows;
      in_vain = wanted.empty() ? in_vain + range.chunk_rows : 0;
      if (in_vain >= most_rows_in_vain) quotas.give_up();
      Chunk picked;
      picked.take(block, codings, wanted);
      text.clear();
      formatter.format(picked.block(), scratch, text);
      write(text.text());
    }
    progress.report(range.rows - quotas.left());
  }
  progress.finish();
  return result;
}

}  // namespace cuvae
