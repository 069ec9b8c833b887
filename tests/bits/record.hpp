// What a group of cases wrote, beside the list of what it is to write.
#pragma once

#include <string>
#include <vector>

#include "process.hpp"

namespace cuvae::test {

bool has_sha256sum();

// Lines of the list, without those of comments: SHA-256 and name.
struct ListedOutput {
  std::string hash;
  std::string name;
};
std::vector<ListedOutput> listed_outputs();

// The outputs of one group, which are the lines "GROUP/..." of the list.
class Record {
 public:
  explicit Record(std::string group) : group_(std::move(group)) {}

  // One output, listed as GROUP/name.
  void add(const std::string& name, const std::string& bytes);

  // A model file: as a whole (.model), and by parts: the bytes of its tensors (.tensors) and the
  // JSON text of its "__metadata__" (.metadata), so that one sees which of them changed.
  void add_model(const std::string& name, const std::string& bytes);

  // Fails for each output that isn't as listed, is missing in the list or is there in vain. Where
  // CUVAE_BITS_UPDATE is set, the group's lines are replaced instead; where CUVAE_BITS_KEEP names a
  // folder, the outputs are kept there.
  void compare() const;

 private:
  std::vector<ListedOutput> hashed() const;
  void keep(const std::string& folder) const;

  std::string group_;
  Folder folder_;
  std::vector<std::string> names_;  // of the files "000", "001"... in folder_
};

}  // namespace cuvae::test
