#include "record.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

namespace cuvae::test {
namespace {

constexpr const char* list_path = CUVAE_BITS_FOLDER "/expected.txt";
constexpr const char* list_head =
    "# SHA-256 and name of every output that tests/bits makes, by name. README.md says what each "
    "is\n"
    "# and when this list may change.\n";

// What a shell command prints; nothing where it fails.
std::string printed(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return "";
  std::string text;
  char buffer[4096];
  for (std::size_t count; (count = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    text.append(buffer, count);
  }
  return pclose(pipe) == 0 ? text : "";
}

bool in_group(const std::string& name, const std::string& group) {
  return name.starts_with(group + "/");
}

void update_list(const std::string& group, const std::vector<ListedOutput>& outputs) {
  std::vector<ListedOutput> lines = listed_outputs();
  std::erase_if(lines, [&](const ListedOutput& line) { return in_group(line.name, group); });
  lines.insert(lines.end(), outputs.begin(), outputs.end());
  std::sort(lines.begin(), lines.end(),
            [](const ListedOutput& a, const ListedOutput& b) { return a.name < b.name; });
  std::string text = list_head;
  for (const ListedOutput& line : lines) text += line.hash + "  " + line.name + "\n";
  write(list_path, text);
}

}  // namespace

bool has_sha256sum() {
  return !printed("sha256sum --version 2>/dev/null").empty();
}

std::vector<ListedOutput> listed_outputs() {
  std::vector<ListedOutput> outputs;
  std::istringstream lines(contents(list_path));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t gap = line.find("  ");
    if (gap == std::string::npos) throw std::runtime_error("malformed line in the list: " + line);
    outputs.push_back({line.substr(0, gap), line.substr(gap + 2)});
  }
  return outputs;
}

void Record::add(const std::string& name, const std::string& bytes) {
  write(folder_ / fmt::format("{:03}", names_.size()), bytes);
  names_.push_back(group_ + "/" + name);
}

void Record::add_model(const std::string& name, const std::string& bytes) {
  std::uint64_t header_bytes = 0;
  ASSERT_GE(bytes.size(), sizeof header_bytes) << name;
  std::memcpy(&header_bytes, bytes.data(), sizeof header_bytes);
  ASSERT_LE(header_bytes, bytes.size() - sizeof header_bytes) << name;
  const auto header = nlohmann::json::parse(bytes.substr(sizeof header_bytes, header_bytes));
  add(name + ".model", bytes);
  add(name + ".metadata", header.at("__metadata__").dump(1));
  add(name + ".tensors", bytes.substr(sizeof header_bytes + header_bytes));
}

std::vector<ListedOutput> Record::hashed() const {
  std::istringstream lines(printed("cd '" + (folder_ / ".") + "' && sha256sum [0-9]*"));
  std::vector<ListedOutput> outputs;
  for (std::string hash, file; lines >> hash >> file;) {
    outputs.push_back({hash, names_.at(std::stoul(file))});
  }
  EXPECT_EQ(outputs.size(), names_.size()) << "sha256sum failed";
  return outputs;
}

void Record::keep(const std::string& folder) const {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const std::filesystem::path kept = std::filesystem::path(folder) / names_[i];
    std::filesystem::create_directories(kept.parent_path());
    std::filesystem::copy_file(folder_ / fmt::format("{:03}", i), kept,
                               std::filesystem::copy_options::overwrite_existing);
  }
}

void Record::compare() const {
  const std::vector<ListedOutput> outputs = hashed();
  if (const char* folder = std::getenv("CUVAE_BITS_KEEP")) keep(folder);
  if (std::getenv("CUVAE_BITS_UPDATE") != nullptr) {
    // What a failed case wrote is not what it is to write.
    if (!testing::Test::HasFailure()) update_list(group_, outputs);
    return;
  }
  std::map<std::string, std::string> listed;
  for (const ListedOutput& line : listed_outputs()) {
    if (in_group(line.name, group_)) listed.emplace(line.name, line.hash);
  }
  const auto as_listed = [&](const std::string& name) {
    return std::any_of(outputs.begin(), outputs.end(), [&](const ListedOutput& output) {
      const auto found = listed.find(name);
      return output.name == name && found != listed.end() && found->second == output.hash;
    });
  };
  for (const ListedOutput& output : outputs) {
    if (as_listed(output.name)) continue;
    std::string text = output.name + ": other bytes than listed";
    if (listed.count(output.name) == 0) text = output.name + ": not in the list";
    if (output.name.ends_with(".model")) {
      const std::string stem = output.name.substr(0, output.name.size() - std::strlen(".model"));
      const bool tensors = as_listed(stem + ".tensors");
      const bool metadata = as_listed(stem + ".metadata");
      if (tensors && !metadata) text += "; only its metadata changed, the tensors are as listed";
      if (tensors && metadata) text += "; only names, shapes or order of its tensors changed";
      if (!tensors && metadata) text += "; the tensors changed, its metadata are as listed";
    }
    ADD_FAILURE() << text << "\n  listed  " << listed[output.name] << "\n  written " << output.hash;
  }
  for (const auto& [name, hash] : listed) {
    const bool made = std::any_of(outputs.begin(), outputs.end(),
                                  [&](const ListedOutput& output) { return output.name == name; });
    EXPECT_TRUE(made) << name << ": listed, but no case writes it";
  }
}

}  // namespace cuvae::test
