#include "arrow/batch_stream.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <new>
#include <string>
#include <utility>

#include <cuvae/error.hpp>

#include "arrow/export.hpp"

namespace cuvae {
namespace {

struct Stream {
  std::unique_ptr<BatchSource> source;
  ArrowOptions how;
  std::string last_error;
};

Stream& stream_of(ArrowArrayStream* stream) {
  return *static_cast<Stream*>(stream->private_data);
}

int errno_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
    case ErrorKind::data:
      return EINVAL;
    case ErrorKind::device:
      return ENODEV;
    case ErrorKind::interrupted:
      return ECANCELED;
    case ErrorKind::runtime:
      break;
  }
  return EIO;
}

// No exception leaves a function that C calls.
template <class F>
int guarded(ArrowArrayStream* raw, F&& f) {
  Stream& stream = stream_of(raw);
  try {
    stream.last_error.clear();
    f(stream);
    return 0;
  } catch (const Error& error) {
    stream.last_error = error.what();
    return errno_of(error.kind());
  } catch (const std::bad_alloc&) {
    return ENOMEM;
  } catch (const std::exception& error) {
    stream.last_error = error.what();
    return EIO;
  }
}

int get_schema(ArrowArrayStream* raw, ArrowSchema* out) {
  return guarded(
      raw, [out](Stream& stream) { export_schema(stream.source->columns(), stream.how, out); });
}

int get_next(ArrowArrayStream* raw, ArrowArray* out) {
  return guarded(raw, [out](Stream& stream) {
    *out = {};  // without release: the end
    const std::optional<RowBatch> batch = stream.source->next();
    if (batch) export_batch(stream.source->columns(), *batch, stream.how, out);
  });
}

const char* get_last_error(ArrowArrayStream* raw) {
  const std::string& message = stream_of(raw).last_error;
  return message.empty() ? nullptr : message.c_str();
}

void release(ArrowArrayStream* raw) {
  const std::unique_ptr<Stream> stream(static_cast<Stream*>(raw->private_data));
  raw->release = nullptr;
}

}  // namespace

void check_options(const ArrowOptions& how) {
  constexpr std::uint32_t most_rows = std::uint32_t{1} << 20;
  if (how.batch_rows == 0 || how.batch_rows > most_rows) {
    throw Error(ErrorKind::usage,
                fmt::format("`batch_rows` is {}; it must be 1 to {}", how.batch_rows, most_rows));
  }
  if (how.batches_ahead == 0) {
    throw Error(ErrorKind::usage, "`batches_ahead` is 0; it must be 1 or more");
  }
}

void export_stream(std::unique_ptr<BatchSource> source, const ArrowOptions& how,
                   ArrowArrayStream* out) {
  auto stream = std::make_unique<Stream>(Stream{std::move(source), how, {}});
  *out = {get_schema, get_next, get_last_error, release, stream.release()};
}

}  // namespace cuvae
