// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/folder_lock.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "dyt/core/files.h"
#include "dyt/core/process.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::core {
namespace {

using testing::expect_error;
using testing::TempFolder;

constexpr auto kNoWait = std::chrono::milliseconds(0);

TEST(FolderLock, IsHeldByOneAndGoesWithIt) {
  const TempFolder folder;
  {
    const FolderLock lock(folder / "a/b", kNoWait);
    expect_error(ErrorKind::kUsage, "another dyt works in this folder\n  where:    ", [&] {
      FolderLock(folder / "a/b", kNoWait);
    });
    EXPECT_NO_THROW(FolderLock(folder / "a", kNoWait));
  }
  EXPECT_NO_THROW(FolderLock(folder / "a/b", kNoWait));
  EXPECT_EQ(read_file(folder / "a/b/.lock"), "");
}

TEST(FolderLock, WaitsForAHolderThatGoes) {
  const TempFolder folder;
  std::optional<FolderLock> first;
  first.emplace(folder.path());
  std::thread releasing([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    first.reset();
  });
  EXPECT_NO_THROW(FolderLock(folder.path(), std::chrono::minutes(10)));
  releasing.join();
}

TEST(FolderLock, ARemovedFolderIsLockedAnew) {
  const TempFolder folder;
  const FolderLock old(folder / "a", kNoWait);
  remove_tree(folder / "a");
  const FolderLock present(folder / "a", kNoWait);
  expect_error(ErrorKind::kUsage, "another dyt", [&] { FolderLock(folder / "a", kNoWait); });
}

TEST(FolderLock, ChildrenDoNotHoldIt) {
  const TempFolder folder;
  std::optional<FolderLock> lock;
  lock.emplace(folder.path());
  const Process child({.arguments = {"sleep", "1000"}});
  lock.reset();
  EXPECT_NO_THROW(FolderLock(folder.path(), kNoWait));
}

TEST(FolderLock, AFolderThatCannotBeIsADataError) {
  const TempFolder folder;
  write_file_atomic(folder / "file", "");
  expect_error(ErrorKind::kData, "cannot make the folder", [&] { FolderLock(folder / "file/a"); });
}

}  // namespace
}  // namespace dyt::core
