/// @file
/// Where large arrays live: in memory, or in cache files that the system writes them back to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <vector>

namespace cuvae {

/// A place for arrays that grow with the rows of a table. In memory (the default) they take huge
/// pages where the system gives them. In a folder each one is mapped from a file of its own that
/// has no name: the system writes it back when memory runs short and reads it when it is needed
/// again, and nothing is left behind however the process ends. Which of the two it is changes no
/// result. Copies are cheap and stand for the same place.
class Storage {
 public:
  Storage() = default;

  /// Cache files in a folder. Their space is taken when they are made, so that a full disk is an
  /// error then and not a signal later.
  static Storage in_folder(const std::string& folder);

  /// Empty where arrays live in memory.
  std::string folder() const { return folder_ ? *folder_ : std::string(); }

  /// Zeroed bytes that start at a page.
  /// @param what   what they are for, for messages
  /// @throws Error runtime: not enough memory, or no space in the folder; says how much was asked
  void* allocate(std::size_t bytes, const char* what) const;

  /// allocate(rows * row_bytes, what), where that is a number at all.
  /// @throws Error as allocate(); runtime: more bytes than can be counted
  void* allocate_rows(std::uint64_t rows, std::size_t row_bytes, const char* what) const;

  /// What allocate(bytes) takes: whole pages.
  static std::size_t whole_pages(std::size_t bytes);

  /// Gives back what allocate(bytes) gave.
  static void release(void* data, std::size_t bytes) noexcept;

  friend bool operator==(const Storage& a, const Storage& b) { return a.folder() == b.folder(); }

 private:
  std::shared_ptr<const std::string> folder_;
};

/// Rows of numbers, one behind the other in one piece of memory. Owns it (host, in a Storage).
template <class T>
class RowArray {
 public:
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
  RowArray() = default;

  /// [rows, stride], zeroed, the first at the start of a page.
  /// @param what   what they are for, for messages
  /// @throws Error runtime: not enough memory or space, saying how much was asked
  RowArray(std::uint64_t rows, std::uint32_t stride, const Storage& storage, const char* what)
      : rows_(rows),
        stride_(stride),
        data_(static_cast<T*>(storage.allocate_rows(rows, stride * sizeof(T), what)),
              Release{rows * stride * sizeof(T)}) {}

  std::uint64_t rows() const { return rows_; }
  std::uint32_t stride() const { return stride_; }
  const T* row(std::uint64_t index) const { return data_.get() + index * stride_; }
  T* row(std::uint64_t index) { return data_.get() + index * stride_; }

 private:
  struct Release {
    std::size_t bytes;
    void operator()(T* data) const { Storage::release(data, bytes); }
  };
  std::uint64_t rows_ = 0;
  std::uint32_t stride_ = 0;
  std::unique_ptr<T[], Release> data_{nullptr, Release{0}};
};

/// Allocator of vectors that may be large: those of a MiB and more lie in their Storage. Elements
/// that a fresh vector is made with are zero and are not written a second time; those that a later
/// resize() adds to a vector that was larger before hold anything.
template <class T>
class LargeAllocator {
 public:
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
  using value_type = T;
  using propagate_on_container_copy_assignment = std::true_type;
  using propagate_on_container_move_assignment = std::true_type;
  using propagate_on_container_swap = std::true_type;
  using is_always_equal = std::false_type;

  LargeAllocator() = default;
  LargeAllocator(Storage storage) : storage_(std::move(storage)) {}
  template <class U>
  LargeAllocator(const LargeAllocator<U>& other) : storage_(other.storage()) {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    if (count > static_cast<std::size_t>(-1) / 2 / sizeof(T)) throw std::bad_array_new_length();
    if (bytes >= large_bytes) return static_cast<T*>(storage_.allocate(bytes, "a large column"));
    void* const data = ::operator new (bytes, std::align_val_t{alignof(T)});
    std::memset(data, 0, bytes);
    return static_cast<T*>(data);
  }

  void deallocate(T* data, std::size_t count) noexcept {
    const std::size_t bytes = count * sizeof(T);
    if (bytes >= large_bytes) {
      Storage::release(data, bytes);
    } else {
      ::operator delete (data, std::align_val_t{alignof(T)});
    }
  }

  /// Without arguments nothing: the memory is zero already.
  template <class U, class... Arguments>
  void construct(U* at, Arguments&&... arguments) {
    if constexpr (sizeof...(Arguments) > 0) {
      ::new (static_cast<void*>(at)) U(std::forward<Arguments>(arguments)...);
    }
  }

  const Storage& storage() const { return storage_; }

  template <class U>
  friend bool operator==(const LargeAllocator& a, const LargeAllocator<U>& b) {
    return a.storage() == b.storage();
  }

 private:
  static constexpr std::size_t large_bytes = std::size_t{1} << 20;
  Storage storage_;
};

/// A vector whose elements lie in a Storage once they are many.
template <class T>
using LargeVector = std::vector<T, LargeAllocator<T>>;

}  // namespace cuvae
