// SPDX-License-Identifier: Apache-2.0
// A program in the place of Python that does what a shell script says.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/temp_folder.h"

namespace dyt::bench {

class FakePython {
 public:
  explicit FakePython(const std::string& script) {
    std::ofstream(path()) << "#!/bin/sh\n" << script;
    std::filesystem::permissions(path(), std::filesystem::perms::owner_all);
  }
  std::string path() const { return (folder_ / "python").string(); }
  std::filesystem::path operator/(const std::string& name) const { return folder_ / name; }

 private:
  testing::TempFolder folder_;
};

// The script's first answer.
inline constexpr const char* kReady = R"(echo '{"ready": {"python": "3.x", "torch": "2.x"}}'
)";

}  // namespace dyt::bench
