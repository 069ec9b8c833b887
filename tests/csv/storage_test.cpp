// Cache files: nothing else changes, and nothing stays.
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cuvae/matrix.hpp>
#include <cuvae/schema.hpp>
#include <cuvae/storage.hpp>
#include <cuvae/tokenizer.hpp>

#include "files.hpp"
#include "support/temporary_folder.hpp"

namespace {

using cuvae::LargeVector;
using cuvae::Storage;

TEST(Storage, GivesZeroedBytesInFilesWithoutNames) {
  const cuvae::TemporaryFolder folder;
  for (const Storage& storage : {Storage(), Storage::in_folder(folder.path())}) {
    const std::size_t bytes = 5'000'001;
    auto* data = static_cast<char*>(storage.allocate(bytes, "a test"));
    for (std::size_t i = 0; i < bytes; ++i) ASSERT_EQ(data[i], 0);
    std::memset(data, 1, bytes);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    Storage::release(data, bytes);
  }
  EXPECT_EQ(Storage().allocate(0, "nothing"), nullptr);
}

TEST(Storage, AFullDiskAndAMissingFolderAreNamed) {
  const cuvae::TemporaryFolder folder;
  try {
    Storage::in_folder(folder.path()).allocate(std::size_t{1} << 50, "a test");
    FAIL() << "a PiB was given";
  } catch (const cuvae::Error& error) {
    EXPECT_EQ(error.kind(), cuvae::ErrorKind::runtime);
    EXPECT_NE(std::string(error.what()).find(folder.path()), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("no space is left"), std::string::npos)
        << error.what();
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  EXPECT_THROW(Storage::in_folder(folder.path() + "/none").allocate(1 << 20, "a test"),
               cuvae::Error);
}

TEST(Storage, VectorsKeepTheirPlaceWhenTheyAreCopiedAndMoved) {
  const cuvae::TemporaryFolder folder;
  const Storage storage = Storage::in_folder(folder.path());
  LargeVector<double> numbers(400'000, storage);
  for (const double number : numbers) ASSERT_EQ(number, 0);
  numbers.push_back(3);
  LargeVector<double> copy = numbers;
  EXPECT_EQ(copy.get_allocator().storage(), storage);
  LargeVector<double> moved;
  moved = std::move(copy);
  EXPECT_EQ(moved.get_allocator().storage(), storage);
  EXPECT_EQ(moved, numbers);
  LargeVector<double> small(10);
  small = moved;
  EXPECT_EQ(small.size(), 400'001U);
  EXPECT_EQ(small.back(), 3);
}

TEST(Storage, ElementsHaveTheirAlignment) {
  struct alignas(128) Line {
    char bytes[128];
  };
  for (const std::size_t count : {1, 3, 100, 100'000}) {
    std::vector<LargeVector<Line>> many;
    for (int i = 0; i < 8; ++i) {
      many.emplace_back(count);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(many.back().data()) % alignof(Line), 0U) << count;
    }
  }
}

std::string large_table() {
  std::string text = "id,day,amount,city\n";
  for (int row = 0; row < 300'000; ++row) {
    text += fmt::format("{},{},{}.{:02},{}\n", row * 11, row % 31, row * 7 % 900, row % 97,
                        row % 50 == 0 ? "" : fmt::format("City {}", row * 31 % 1700));
  }
  return text;
}

TEST(Storage, TablesAndWhatIsMadeOfThemAreTheSameInCacheFiles) {
  const cuvae::TemporaryFolder folder;
  const files::Temporary file(large_table());
  cuvae::Monitor monitor;
  cuvae::ReadSettings settings;
  cuvae::ReadOptions options;
  options.keep = {"id"};
  const cuvae::Table plain = cuvae::read_csv_with(file.path(), options, settings, monitor);
  const cuvae::Matrix rows = cuvae::encode(plain, cuvae::make_schema(plain), {2}, monitor);
  const cuvae::TokenizedTable tokens = cuvae::tokenize(plain, {}, monitor);
  settings.storage = Storage::in_folder(folder.path());
  for (const std::size_t piece : {std::size_t{1} << 12, std::size_t{1} << 18}) {
    settings.piece_bytes = piece;
    settings.threads = 2;
    const cuvae::Table cached = cuvae::read_csv_with(file.path(), options, settings, monitor);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    EXPECT_EQ(cached.columns[2].values.get_allocator().storage(), settings.storage);
    ASSERT_EQ(cached.columns.size(), plain.columns.size());
    EXPECT_EQ(cuvae::make_schema(cached), cuvae::make_schema(plain));
    const cuvae::Matrix cached_rows =
        cuvae::encode(cached, cuvae::make_schema(cached), {2}, monitor);
    const cuvae::TokenizedTable cached_tokens = cuvae::tokenize(cached, {}, monitor);
    EXPECT_EQ(
        std::memcmp(rows.row(0), cached_rows.row(0), rows.rows() * rows.stride() * sizeof(float)),
        0);
    EXPECT_EQ(cached_tokens.tokenizer, tokens.tokenizer);
    EXPECT_EQ(std::memcmp(tokens.data.row(0), cached_tokens.data.row(0),
                          tokens.data.rows() * tokens.data.stride()),
              0);
  }
}

TEST(Storage, ATableFromAPipeGrowsInItsCacheFile) {
  const cuvae::TemporaryFolder folder;
  const std::string fifo = folder.path() + "/fifo";
  ASSERT_EQ(std::system(("mkfifo " + fifo).c_str()), 0);
  const files::Temporary file(large_table());
  ASSERT_EQ(std::system(("cat " + file.path() + " > " + fifo + " &").c_str()), 0);
  cuvae::Monitor monitor;
  cuvae::ReadSettings settings;
  const cuvae::Table plain = cuvae::read_csv_with(file.path(), {}, settings, monitor);
  settings.storage = Storage::in_folder(folder.path());
  const cuvae::Table piped = cuvae::read_csv_with(fifo, {}, settings, monitor);
  EXPECT_EQ(cuvae::make_schema(piped), cuvae::make_schema(plain));
}

}  // namespace
