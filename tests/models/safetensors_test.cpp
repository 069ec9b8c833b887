#include "models/file/safetensors.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cuvae/error.hpp>

namespace cuvae::test {
namespace {

TensorFile two_tensors() {
  TensorFile file;
  file.metadata = {{"kind", "test"}, {"text", "\"quoted\"\n\xC3\xA9"}};
  file.tensors = {{"b", {2, 3}, {1, 2, 3, 4, 5, 6.5F}}, {"a", {2}, {-1, -2}}};
  return file;
}

// A file with a header of the caller's own.
std::string with_header(const std::string& header, std::size_t data_bytes) {
  const std::uint64_t length = header.size();
  std::string bytes(sizeof length, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  return bytes + header + std::string(data_bytes, '\0');
}

std::string message_for(const std::string& bytes) {
  try {
    from_safetensors(bytes, "m.safetensors");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::data);
    EXPECT_EQ(std::string(error.what()).rfind("m.safetensors: ", 0), 0U) << error.what();
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Safetensors, ReadsWhatItWrites) {
  const TensorFile written = two_tensors();
  const TensorFile read = from_safetensors(to_safetensors(written), "m");
  EXPECT_EQ(read.metadata, written.metadata);
  ASSERT_EQ(read.tensors.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(read.tensors[i].name, written.tensors[i].name);
    EXPECT_EQ(read.tensors[i].shape, written.tensors[i].shape);
    EXPECT_EQ(read.tensors[i].values, written.tensors[i].values);
  }
}

TEST(Safetensors, LayoutIsTheFormats) {
  const std::string bytes = to_safetensors(two_tensors());
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof length);
  EXPECT_EQ(length % 8, 0U);
  ASSERT_EQ(bytes.size(), 8 + length + 8 * sizeof(float));
  const auto header = nlohmann::json::parse(bytes.substr(8, length));
  EXPECT_EQ(header.at("b").at("dtype"), "F32");
  EXPECT_EQ(header.at("b").at("shape"), (std::vector<int>{2, 3}));
  EXPECT_EQ(header.at("b").at("data_offsets"), (std::vector<int>{0, 24}));
  EXPECT_EQ(header.at("a").at("data_offsets"), (std::vector<int>{24, 32}));
  float last = 0;
  std::memcpy(&last, bytes.data() + bytes.size() - sizeof last, sizeof last);
  EXPECT_EQ(last, -2);
}

TEST(Safetensors, NamesWhatIsWrong) {
  struct Case {
    std::string header;
    std::size_t data_bytes;
    std::string message;
  };
  const std::string good = R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
  const std::string deep(1000, '[');
  const Case cases[] = {
      {"{", 0, "no JSON"},
      {"[1]", 0, "no JSON object"},
      {"{" + good + "," + good + "}", 8, "\"a\" twice"},
      {R"({"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 8, "twice"},
      {"{\"a\":" + deep, 0, "nested too deeply"},
      {R"({"a":7})", 0, "not described by an object"},
      {R"({"a":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}})", 8, "not of type F32"},
      {R"({"a":{"dtype":32,"shape":[2],"data_offsets":[0,8]}})", 8, "not of type F32"},
      {R"({"a":{"shape":[2],"data_offsets":[0,8],"x":1}})", 8, "no \"dtype\""},
      {R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}})", 8, "members beside"},
      {R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", 8, "malformed shape"},
      {R"({"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}})", 8, "malformed shape"},
      {R"({"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}})", 8, "malformed shape"},
      {R"({"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}})", 8, "malformed"},
      {R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})", 0, "length of 0"},
      {R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}})", 8,
       "too large"},
      {R"({"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,8]}})", 8,
       "too large"},
      {R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 8, "does not fit"},
      {R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", 8, "outside"},
      {R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,-8]}})", 8, "malformed data_offsets"},
      {R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}})", 8, "malformed data_offsets"},
      {"{" + good + "}", 7, "cut off"},
      {"{" + good + "}", 9, "more in it"},
      {"{" + good + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8, "overlaps"},
      {"{" + good + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}})", 16, "hole"},
      {R"({"__metadata__":[]})", 0, "no object"},
      {R"({"__metadata__":{"seed":5}})", 0, "no text"},
      {"{\"a\xFF\":1}", 0, "no JSON"},
      {"{} {}", 0, "no JSON"},
  };
  EXPECT_EQ(message_for(with_header("{" + good + "}", 8)), "nothing was thrown");
  for (const Case& wrong : cases) {
    const std::string message = message_for(with_header(wrong.header, wrong.data_bytes));
    EXPECT_NE(message.find(wrong.message), std::string::npos)
        << wrong.header.substr(0, 100) << " gives: " << message;
  }
}

// Refused before anything is built: each of these would take twenty times its size.
TEST(Safetensors, HeadersOfManySmallValuesAreRefused) {
  const auto repeated = [](const std::string& before, const std::string& part,
                           const std::string& after) {
    std::string header = before;
    while (header.size() < std::size_t{4} << 20U) header += part;
    return header + after;
  };
  std::string names;
  for (int i = 0; names.size() < std::size_t{4} << 20U; ++i) {
    names.append(1, '"').append(std::to_string(i)).append("\":\"\",");
  }
  for (const std::string& header :
       {repeated("{\"a\":[", "[],", "[]]}"), repeated("{\"a\":[", "{},", "1]}"),
        repeated("{\"a\":[", "1,", "1]}"), repeated("{\"a\":[", "\"\",", "1]}"),
        std::string("{\"__metadata__\":{").append(names).append("\"x\":\"\"}}")}) {
    const std::string message = message_for(with_header(header, 0));
    EXPECT_NE(message.find("too many values"), std::string::npos)
        << header.substr(0, 40) << " gives: " << message;
  }
}

TEST(Safetensors, RefusesOtherFiles) {
  EXPECT_NE(message_for("").find("too short"), std::string::npos);
  EXPECT_NE(message_for("User,Card,Year\n").find("does not begin like"), std::string::npos);
  EXPECT_NE(message_for(std::string("\x10\0\0\0\0\0\0\0{}", 10)).find("cut off"),
            std::string::npos);
}

TEST(Safetensors, TextThatIsNoUtf8IsAnErrorNotACrash) {
  TensorFile file = two_tensors();
  file.metadata["bad"] = "\xFF";
  EXPECT_THROW(to_safetensors(file), Error);
}

TEST(Safetensors, EveryTruncationIsRefused) {
  const std::string bytes = to_safetensors(two_tensors());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_NE(message_for(bytes.substr(0, length)), "nothing was thrown") << length;
  }
}

TEST(Safetensors, NoFlippedBitCrashes) {
  const std::string bytes = to_safetensors(two_tensors());
  std::size_t refused = 0;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    if (message_for(flipped) != "nothing was thrown") ++refused;
  }
  // Flips in names, texts, blanks and values go through.
  EXPECT_GT(refused, bytes.size() * 2);
}

}  // namespace
}  // namespace cuvae::test
