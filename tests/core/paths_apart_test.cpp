// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/paths_apart.h"

#include <gtest/gtest.h>

#include "dyt/core/files.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::core {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;
using testing::TempFolder;

TEST(PathsApart, OneFolderInsideAndAroundAreRefused) {
  const TempFolder folder;
  make_folder(folder / "data/cats");
  fs::create_directory_symlink(folder / "data", folder / "link");
  for (const char* out : {"data", "data/", "./data", "data/runs/a", "data/cats", "link", "link/new",
                          "data/../data/new", ""}) {
    SCOPED_TRACE(out);
    expect_error(ErrorKind::kUsage, "data.folder=", [&] {
      check_apart({"out", folder / out}, {{"data.folder", folder / "data"}});
    });
    expect_error(ErrorKind::kUsage, "out and data.folder", [&] {
      check_apart({"out", folder / out}, {{"data.folder", folder / "link"}});
    });
  }
  for (const char* out : {"dat", "data2", "data2/data", "runs/data"}) {
    SCOPED_TRACE(out);
    EXPECT_NO_THROW(check_apart({"out", folder / out}, {{"data.folder", folder / "data"}}));
  }
}

TEST(PathsApart, AFileMayHaveNeighbours) {
  const TempFolder folder;
  write_file_atomic(folder / "images.idx", "");
  EXPECT_NO_THROW(check_apart({"out", folder / "run"}, {{"data.images", folder / "images.idx"}}));
  for (const char* out : {"", "images.idx", "run/.."}) {
    expect_error(ErrorKind::kUsage, "out and data.images", [&] {
      check_apart({"out", folder / out}, {{"data.images", folder / "images.idx"}});
    });
  }
}

TEST(PathsApart, RelativePathsAndEmptyOnes) {
  expect_error(ErrorKind::kUsage, "one folder", [&] {
    check_apart({"out", "pets"}, {{"data.folder", fs::current_path() / "pets"}});
  });
  expect_error(ErrorKind::kUsage, "lies in the folder that is to be written", [&] {
    check_apart({"out", "."}, {{"data.folder", "pets"}});
  });
  EXPECT_NO_THROW(check_apart({"out", ""}, {{"data.folder", "pets"}}));
  EXPECT_NO_THROW(check_apart({"out", "."}, {{"data.folder", ""}}));
}

}  // namespace
}  // namespace dyt::core
