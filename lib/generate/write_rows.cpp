#include "generate/write_rows.hpp"

#include <algorithm>
#include <atomic>

#include "support/ordered_writer.hpp"
#include "support/progress.hpp"
#include "support/text_buffer.hpp"
#include "support/threads.hpp"

namespace cuvae {

std::uint64_t write_rows(const RowFormatter& formatter, RowGenerator& generator,
                         const RowRange& range, std::string_view header, OutputFile& file,
                         Monitor& monitor) {
  OrderedWriter writer(file, &monitor);
  Progress progress(monitor, "generate", range.rows);
  writer.write(0, header, [](std::uint64_t) {});
  const std::uint64_t chunks =
      range.rows / range.chunk_rows + (range.rows % range.chunk_rows != 0 ? 1 : 0);
  std::atomic<std::uint64_t> next{0};

  const auto work = [&](unsigned worker) {
    RowFormatter::Scratch scratch(formatter);
    TextBuffer text;
    for (std::uint64_t chunk; (chunk = next.fetch_add(1)) < chunks;) {
      monitor.check();
      const std::uint64_t begin = chunk * range.chunk_rows;
      const std::uint64_t end =
          begin + std::min<std::uint64_t>(range.chunk_rows, range.rows - begin);
      text.clear();
      formatter.format(
          generator.codes(worker, range.first_row + begin, static_cast<std::uint32_t>(end - begin)),
          scratch, text);
      const auto placed = [&](std::uint64_t) { progress.report(end); };
      if (!writer.write(chunk + 1, text.text(), placed)) return;
    }
  };
  const auto useful = static_cast<unsigned>(std::min<std::uint64_t>(range.workers, chunks));
  run_on_threads(std::max(useful, 1U), [&](unsigned worker) {
    try {
      work(worker);
    } catch (...) {
      writer.fail();
      throw;
    }
  });
  progress.finish();
  return writer.bytes();
}

}  // namespace cuvae
