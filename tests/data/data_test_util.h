// SPDX-License-Identifier: Apache-2.0
// Helpers of this folder's tests: IDX files on disk, errors as text.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/data/dataset.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::data {

class TemporaryFolder : public dyt::testing::TempFolder {
 public:
  // An IDX file of that shape with the bytes 0, 1, ..., modulus - 1, 0, ...; gives its path.
  std::string idx(const std::string& name, const std::vector<uint8_t>& shape, int modulus) const {
    std::string bytes("\0\0\x08", 3);
    bytes += static_cast<char>(shape.size());
    size_t count = 1;
    for (const uint8_t length : shape) {
      bytes += std::string(3, '\0') + static_cast<char>(length);
      count *= length;
    }
    for (size_t i = 0; i < count; ++i) {
      bytes += static_cast<char>(i % static_cast<size_t>(modulus));
    }
    std::filesystem::create_directories((path() / name).parent_path());
    core::write_file_atomic(path() / name, bytes);
    return (path() / name).string();
  }
};

// The message of the error that opening throws; its kind must be the expected one.
inline std::string open_error(const DataConfig& config, core::ErrorKind kind) {
  try {
    open_data(config);
  } catch (const core::Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error was thrown";
  return "";
}

using dyt::testing::mentions;

}  // namespace dyt::data
