#include "csv/scan.hpp"

#include <cstdlib>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

#include <cuvae/error.hpp>

#include "csv/dictionary.hpp"

namespace {

using namespace cuvae;

struct Padded {
  explicit Padded(const std::string& inner)
      : bytes(std::string(scan_padding, '\n') + inner + std::string(scan_padding, '\0')) {}
  const char* text() const { return bytes.data() + scan_padding; }
  std::string bytes;
};

std::vector<const ScanKernels*> kernels() {
  std::vector<const ScanKernels*> all{&scan_kernels_scalar};
  if (choose_simd_level() != SimdLevel::scalar) all.push_back(&scan_kernels(SimdLevel::avx2));
  if (choose_simd_level() == SimdLevel::avx512) all.push_back(&scan_kernels(SimdLevel::avx512));
  return all;
}

TEST(Scan, CountsAndOffsetsEqualAPlainLoop) {
  std::mt19937_64 random(7);
  for (int run = 0; run < 2000; ++run) {
    const std::string alphabet = run % 3 == 0 ? "abc,\n" : "ab,,\n\n\"";
    std::string text;
    for (std::size_t left = random() % 300; left > 0; --left) {
      text += alphabet[random() % alphabet.size()];
    }
    PieceCounts expected;
    std::vector<std::uint32_t> offsets;
    bool inside = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '"') {
        inside = !inside;
        ++expected.quotes;
      }
      if (c == '\n') {
        ++expected.newlines;
        expected.newlines_outside += !inside;
      }
      if (!inside && (c == ',' || c == '\n')) offsets.push_back(static_cast<std::uint32_t>(i));
    }
    const Padded padded(text);
    const auto size = static_cast<std::uint32_t>(text.size());
    const auto cut = static_cast<std::uint32_t>(random() % (size + 1));
    for (const ScanKernels* scan : kernels()) {
      const PieceCounts counts = scan->count(padded.text(), size);
      ASSERT_EQ(counts.quotes, expected.quotes);
      ASSERT_EQ(counts.newlines, expected.newlines);
      ASSERT_EQ(counts.newlines_outside, expected.newlines_outside);
      ASSERT_FALSE(counts.unusual);
      std::vector<std::uint32_t> found(size + 64);
      IndexState state;
      std::uint32_t* end = scan->index(state, padded.text(), 0, cut, found.data());
      end = scan->index(state, padded.text(), cut, size, end);
      found.resize(static_cast<std::size_t>(end - found.data()));
      ASSERT_EQ(found, offsets);
      ASSERT_EQ(state.inside != 0, inside);
    }
  }
}

TEST(Scan, FindsNulBytesAndHashesAlike) {
  std::string text(1000, 'x');
  const Padded clean(text);
  text[777] = '\0';
  const Padded spoilt(text);
  for (const ScanKernels* scan : kernels()) {
    EXPECT_FALSE(scan->count(clean.text(), 1000).unusual);
    EXPECT_TRUE(scan->count(spoilt.text(), 1000).unusual);
    for (std::size_t size = 0; size < 300; ++size) {
      ASSERT_EQ(scan->hash(clean.text(), size), scan_kernels_scalar.hash(clean.text(), size));
    }
    EXPECT_NE(scan->hash(clean.text(), 1000), scan->hash(spoilt.text(), 1000));
  }
}

TEST(Scan, QuotesOutOfPlaceAreSeen) {
  const std::pair<const char*, bool> cells[] = {
      {"\"a\",b\n", false}, {"a,\"b\"\r\n", false}, {"\"a\"\"b\"\n", false}, {"\"\"\n", false},
      {"a\"b\",c\n", true}, {"\"a\"b\n", true},     {"\"a\" ,b\n", true},    {"\"a\"\rb\n", true},
  };
  for (const auto& [text, stray] : cells) {
    const Padded padded(text);
    std::vector<std::uint32_t> found(200);
    for (const ScanKernels* scan : kernels()) {
      IndexState state;
      scan->index(state, padded.text(), 0, static_cast<std::uint32_t>(std::string(text).size()),
                  found.data());
      EXPECT_EQ(state.stray, stray) << text;
    }
  }
}

TEST(Scan, LevelCanBeForced) {
  setenv("CUVAE_SIMD", "scalar", 1);
  EXPECT_EQ(choose_simd_level(), SimdLevel::scalar);
  setenv("CUVAE_SIMD", "mmx", 1);
  EXPECT_THROW(choose_simd_level(), Error);
  unsetenv("CUVAE_SIMD");
}

TEST(Dictionary, NumbersTextsOfEveryLength) {
  Dictionary dictionary;
  std::vector<std::string> texts;
  for (std::size_t length = 0; length < 80; ++length) {
    for (char last = 'a'; last < 'a' + 20; ++last) {
      std::string text(length, 'x');
      if (length > 0) text.back() = last;
      texts.push_back(text);
      if (length == 0) break;
    }
  }
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const Padded padded(texts[i]);
      ASSERT_EQ(dictionary.find(padded.text(), texts[i].size()), i);
      ASSERT_EQ(dictionary.text(static_cast<std::uint32_t>(i)), texts[i]);
    }
  }
  EXPECT_EQ(dictionary.size(), texts.size());
  EXPECT_EQ(dictionary.counts(), std::vector<std::uint64_t>(texts.size(), 3));
}

}  // namespace
