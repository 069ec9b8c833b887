#include "support/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <cuvae/error.hpp>

namespace cuvae::measure {

TemporaryFolder::TemporaryFolder() {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
  std::string name = (parent / "cuvae-bench-XXXXXX").string();
  if (error || mkdtemp(name.data()) == nullptr) {
    throw Error(ErrorKind::runtime,
                "no temporary folder can be made: " +
                    (error ? error.message() : name + ": " + std::strerror(errno)) +
                    "; set TMPDIR to a folder that can be written");
  }
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

}  // namespace cuvae::measure
