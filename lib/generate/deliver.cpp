#include "generate/deliver.hpp"

#include <limits>
#include <string>

#include <cuvae/error.hpp>

#include "generate/deliver_rows.hpp"
#include "support/threads.hpp"

namespace cuvae {

void check_range(const GenerateOptions& options) {
  constexpr std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  if (options.rows != 0 && options.first_row > last - (options.rows - 1)) {
    throw Error(ErrorKind::usage, std::to_string(options.rows) + " rows from row " +
                                      std::to_string(options.first_row) +
                                      " on go beyond the table's last row, 2^64 - 1; ask for "
                                      "fewer rows or an earlier first row");
  }
}

Matching matching_of(const RowSource& source, const GenerateOptions& options) {
  const Schema& schema = source.schema();
  Matching matching{Conditions(schema, source.codings(), options.where), std::nullopt};
  if (options.balance.empty()) return matching;
  matching.balanced_column = column_named(schema, options.balance, "`balance`");
  const ColumnKind kind = schema.columns[*matching.balanced_column].kind;
  if (!is_coded(kind) || kind == ColumnKind::key) {
    throw Error(ErrorKind::usage, "column '" + options.balance +
                                      "' has no labels to balance; choose a column of labels");
  }
  return matching;
}

GenerateResult deliver(const RowSource& source, const GenerateOptions& options,
                       const Matching& matching, RowConsumer& consumer, unsigned threads,
                       Monitor& monitor) {
  const bool all = matching.conditions.empty() && !matching.balanced_column;
  // How many rows conditions take is not known; a device works ahead that far.
  const std::uint64_t ahead =
      all ? options.rows : std::numeric_limits<std::uint64_t>::max() - options.first_row;
  // Small batches must not make searching slow, nor large ones look at more rows than it takes.
  constexpr std::uint32_t rows_searched = 4096;
  const std::uint32_t piece_rows =
      all || !consumer.gathers() ? consumer.piece_rows() : rows_searched;
  const Delivery delivery{options.first_row, options.rows, piece_rows, thread_count(threads)};
  const std::unique_ptr<RowGenerator> generator =
      source.generator({options.seed, options.first_row, ahead, delivery.workers,
                        delivery.piece_rows, &matching.conditions});
  GenerateResult result{options.rows, 0, options.rows};
  if (all) {
    deliver_rows(*generator, delivery, consumer, monitor);
  } else {
    result.drawn = deliver_matching(*generator, source.schema(), source.codings(), matching,
                                    delivery, consumer, monitor);
  }
  return result;
}

}  // namespace cuvae
