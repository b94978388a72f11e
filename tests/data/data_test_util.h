// Helpers of this folder's tests: IDX files on disk, errors as text.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/data/dataset.h"

namespace dyt::data {

// A folder of its own for a test, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(std::filesystem::path(::testing::TempDir()) /
              ("dyt_data_test_" + std::to_string(::getpid()) + "_" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

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
    std::filesystem::create_directories((path_ / name).parent_path());
    core::write_file_atomic(path_ / name, bytes);
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
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

inline ::testing::AssertionResult mentions(const std::string& message, std::string_view part) {
  if (message.find(part) != std::string::npos) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << "'" << part << "' is not in:\n" << message;
}

}  // namespace dyt::data
