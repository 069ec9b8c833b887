// Arrow arrays made by hand, and streams of them.
#pragma once

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <cuvae/arrow.hpp>

namespace cuvae::test {

using Bytes = std::vector<std::byte>;

template <class T>
Bytes bytes_of(const std::vector<T>& values) {
  Bytes bytes(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

inline Bytes bytes_of(const std::string& text) {
  return bytes_of(std::vector<char>(text.begin(), text.end()));
}

// A column of a batch with its type; `buffers` without the bitmap of those that are there.
struct HandMade {
  std::string name;
  std::string format;
  std::int64_t length = 0;
  std::vector<Bytes> buffers;
  std::vector<bool> present{};  // empty: all are
  std::shared_ptr<HandMade> dictionary{};
  std::vector<HandMade> children{};
  std::int64_t offset = 0;
};

namespace hand_made {

struct SchemaPart {
  HandMade from;
  std::vector<std::unique_ptr<ArrowSchema>> children;
  std::vector<ArrowSchema*> pointers;
};

inline void release_schema(ArrowSchema* schema) {
  const std::unique_ptr<SchemaPart> part(static_cast<SchemaPart*>(schema->private_data));
  for (const auto& child : part->children) child->release(child.get());
  schema->release = nullptr;
}

inline void make_schema(const HandMade& from, ArrowSchema* out) {
  auto part = std::make_unique<SchemaPart>();
  part->from = from;
  const auto add = [&](const HandMade& child) {
    part->children.push_back(std::make_unique<ArrowSchema>());
    make_schema(child, part->children.back().get());
    return part->children.back().get();
  };
  *out = {};
  for (const HandMade& child : from.children) part->pointers.push_back(add(child));
  if (from.dictionary) out->dictionary = add(*from.dictionary);
  out->format = part->from.format.c_str();
  out->name = part->from.name.c_str();
  out->flags = ARROW_FLAG_NULLABLE;
  out->n_children = static_cast<std::int64_t>(part->pointers.size());
  out->children = part->pointers.data();
  out->release = release_schema;
  out->private_data = part.release();
}

struct ArrayPart {
  HandMade from;
  Bytes bitmap;
  std::vector<const void*> buffers;
  std::vector<std::unique_ptr<ArrowArray>> children;
  std::vector<ArrowArray*> pointers;
};

inline void release_array(ArrowArray* array) {
  const std::unique_ptr<ArrayPart> part(static_cast<ArrayPart*>(array->private_data));
  for (const auto& child : part->children) child->release(child.get());
  array->release = nullptr;
}

inline void make_array(const HandMade& from, ArrowArray* out) {
  auto part = std::make_unique<ArrayPart>();
  part->from = from;
  const auto add = [&](const HandMade& child) {
    part->children.push_back(std::make_unique<ArrowArray>());
    make_array(child, part->children.back().get());
    return part->children.back().get();
  };
  *out = {};
  for (const HandMade& child : from.children) part->pointers.push_back(add(child));
  if (from.dictionary) out->dictionary = add(*from.dictionary);
  part->bitmap.resize(from.present.size() / 8 + 1);
  for (std::size_t i = 0; i < from.present.size(); ++i) {
    if (from.present[i]) part->bitmap[i / 8] |= std::byte{1} << (i % 8);
    out->null_count += from.present[i] ? 0 : 1;
  }
  if (from.format != "n") {
    part->buffers.push_back(from.present.empty() ? nullptr : part->bitmap.data());
  }
  for (const Bytes& buffer : part->from.buffers) part->buffers.push_back(buffer.data());
  out->length = from.length;
  out->offset = from.offset;
  out->n_buffers = static_cast<std::int64_t>(part->buffers.size());
  out->buffers = part->buffers.data();
  out->n_children = static_cast<std::int64_t>(part->pointers.size());
  out->children = part->pointers.data();
  out->release = release_array;
  out->private_data = part.release();
}

struct Batches {
  std::vector<HandMade> batches;
  std::size_t at = 0;
  bool fails_at_end = false;
};

inline Batches& of(ArrowArrayStream* stream) {
  return *static_cast<Batches*>(stream->private_data);
}

}  // namespace hand_made

// Rows of these columns.
inline HandMade batch(std::vector<HandMade> columns, std::int64_t rows, std::int64_t offset = 0) {
  HandMade made{"", "+s", rows, {}};
  made.children = std::move(columns);
  made.offset = offset;
  return made;
}

// All of the batches in turn; then the end, or an error.
inline ArrowArrayStream stream_of(std::vector<HandMade> batches, bool fails_at_end = false) {
  using namespace hand_made;
  ArrowArrayStream stream{};
  stream.get_schema = [](ArrowArrayStream* self, ArrowSchema* out) {
    make_schema(of(self).batches.front(), out);
    return 0;
  };
  stream.get_next = [](ArrowArrayStream* self, ArrowArray* out) {
    Batches& all = of(self);
    *out = {};
    if (all.at < all.batches.size()) {
      make_array(all.batches[all.at++], out);
    } else if (all.fails_at_end) {
      return EIO;
    }
    return 0;
  };
  stream.get_last_error = [](ArrowArrayStream*) { return "the disk is on fire"; };
  stream.release = [](ArrowArrayStream* self) {
    const std::unique_ptr<Batches> gone(&of(self));
    self->release = nullptr;
  };
  stream.private_data =
      std::make_unique<Batches>(Batches{std::move(batches), 0, fails_at_end}).release();
  return stream;
}

// A text column of this offset type.
template <class Offset>
HandMade texts(const std::string& name, const std::vector<std::string>& cells,
               std::vector<bool> present = {}) {
  std::vector<Offset> offsets{0};
  std::string all;
  for (const std::string& cell : cells) {
    all += cell;
    offsets.push_back(static_cast<Offset>(all.size()));
  }
  return {name,
          sizeof(Offset) == 4 ? "u" : "U",
          static_cast<std::int64_t>(cells.size()),
          {bytes_of(offsets), bytes_of(all)},
          std::move(present)};
}

template <class T>
HandMade numbers(const std::string& name, const std::string& format, const std::vector<T>& cells,
                 std::vector<bool> present = {}) {
  return {
      name, format, static_cast<std::int64_t>(cells.size()), {bytes_of(cells)}, std::move(present)};
}

}  // namespace cuvae::test
