/// @file
/// Tables and generated rows by the Arrow C data and C stream interfaces, which pandas, Polars,
/// DuckDB, pyarrow and many others take and give. Nothing here needs the Arrow library.
///
/// docs/arrow.md lists what each kind of column becomes, and what is taken as what.
#pragma once

#include <cstdint>
#include <memory>

#include <cuvae/arrow_abi.h>
#include <cuvae/device.hpp>
#include <cuvae/generate.hpp>
#include <cuvae/model.hpp>
#include <cuvae/monitor.hpp>
#include <cuvae/table.hpp>

namespace cuvae {

/// How rows are handed on.
struct ArrowOptions {
  /// What numbers with a fixed count of decimals are, amounts of money among them.
  enum class Decimals {
    real,   ///< float64, nearest to the number: what pandas and Polars calculate with
    exact,  ///< decimal128(18, decimals)
  };
  Decimals decimals = Decimals::real;

  std::uint32_t batch_rows = 65'536;  ///< rows of every batch but the last, 1 to 2^20
  std::uint32_t batches_ahead = 2;    ///< made before the reader asks for them, at least 1
};

/// Rows of a model's endless table as a stream of record batches: cell by cell the rows that
/// generate_csv() writes for the same options.
///
/// Labels are a dictionary array (int32 indices, utf8; binary where a label is not UTF-8), whole
/// numbers int64, numbers of fixed decimals as ArrowOptions says, others float64, dates date32,
/// instants timestamps, times of day with a spelling and keys utf8. Columns are nullable where the
/// model makes missing cells. int64, float64 and indices are handed on without a copy.
///
/// Rows are made in the background, a few batches ahead of the reader; memory does not grow with
/// their number. Releasing the stream early cancels the rest. What fails later than here comes out
/// of get_next as an errno, with the message in get_last_error: ENODEV device, ECANCELED, EIO else.
///
/// @param model    kept by the stream until it is released
/// @param options  options.header says nothing here
/// @param out      not initialised; the caller releases it, on any thread
/// @throws Error   as generate_rows() where it fails before the first row: a condition that names
///                 no column, a device that is not there; usage: an option is out of range
void generate_arrow(std::shared_ptr<const Model> model, const GenerateOptions& options,
                    ArrowArrayStream* out, const DeviceChoice& device = {},
                    const ArrowOptions& how = {});

/// The same with a copy of the model.
void generate_arrow(const Model& model, const GenerateOptions& options, ArrowArrayStream* out,
                    const DeviceChoice& device = {}, const ArrowOptions& how = {});

/// A table as such a stream, its columns of the same types as rows generated from it. The stream
/// holds a copy.
/// @throws Error  data: a value that no model could learn; usage: an option is out of range
void table_to_arrow(const Table& table, ArrowArrayStream* out, const ArrowOptions& how = {});

/// Reads a stream of record batches (a struct array each) as the table that read_csv() makes of
/// the same cells in a CSV file: whole numbers as digits, floating point as the shortest text that
/// reads back to it ("4.0", "0.25", "1e-05"), decimals with all their digits, truth values as
/// "true" and "false", dates as 2024-02-29, times as 13:07:00, timestamps as 2024-02-29 13:07:00
/// with as many digits of a second as the column needs, in UTC and with a Z behind where the type
/// has a time zone, and as dates where all of the column are midnights without a zone. Nulls, NaN
/// and empty texts are missing cells. Dictionaries have cells of any of these types.
///
/// @param stream   taken: released in any case
/// @param options  as for a file; `delimiter` says nothing
/// @param monitor  stage "read", in bytes
/// @throws Error   data: a column of a type that is not taken (nested, binary, durations), naming
///                 it; what read_csv() throws, where line n + 2 is row n; runtime: what the
///                 stream's producer reports
Table table_from_arrow(ArrowArrayStream* stream, const ReadOptions& options = {},
                       Monitor& monitor = silent_monitor());

}  // namespace cuvae
