// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/picture_files.h"

#include <sys/stat.h>

#include "tests/data/data_test_util.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;
using testing::expect_error;

TEST(PictureFiles, AreThoseOfAllFoldersByTheirPaths) {
  const testing::TempFolder folder;
  for (const char* name : {"b/2.png", "b/1.JPG", "a/deep/er/3.jpeg", "0.png", "b/notes.txt",
                           "b/.hidden.png", ".hidden/4.png", "samples.json"}) {
    fs::create_directories((folder / name).parent_path());
    core::write_file_atomic(folder / name, "x");
  }
  fs::create_directory(folder / "a/folder.png");
  fs::create_directory_symlink(folder / "b", folder / "c");
  std::vector<std::string> names;
  const PictureFiles found = picture_files(folder.path());
  for (const fs::path& file : found.images) {
    names.push_back(file.lexically_relative(folder.path()).string());
  }
  EXPECT_EQ(names, (std::vector<std::string>{"0.png", "a/deep/er/3.jpeg", "b/1.JPG", "b/2.png"}));
  EXPECT_EQ(found.passed.text(),
            "1 .json (samples.json), 1 .txt (b/notes.txt), 2 hidden (first: .hidden), "
            "1 reached again by a link (c)");
}

TEST(PictureFiles, ALinkInACircleIsFollowedOnce) {
  const testing::TempFolder folder, elsewhere;
  for (const char* name : {"a/1.png", "a/2.png"}) {
    fs::create_directories((folder / name).parent_path());
    core::write_file_atomic(folder / name, "x");
  }
  core::write_file_atomic(elsewhere / "3.png", "x");
  fs::create_directory_symlink(folder.path(), folder / "a/self");
  fs::create_directory_symlink(folder.path().parent_path(), folder / "up");
  fs::create_directory_symlink(elsewhere.path(), folder / "other");
  fs::create_directory_symlink(elsewhere.path(), folder / "other again");
  fs::create_directory_symlink(folder / "a", elsewhere / "back");
  const PictureFiles found = picture_files(folder.path());
  EXPECT_EQ(found.images.size(), 3u);
  EXPECT_EQ(found.passed.kinds().at(kReachedAgain).count, 4);
}

TEST(PictureFiles, WhatIsNoFileIsNamedAndNotOpened) {
  const testing::TempFolder folder;
  core::write_file_atomic(folder / "1.png", "x");
  ASSERT_EQ(::mkfifo((folder / "2.png").c_str(), 0600), 0);
  expect_error(ErrorKind::kData, "a FIFO", [&] { picture_files(folder.path()); });
  expect_error(ErrorKind::kData, "2.png", [&] { picture_files(folder.path()); });
  fs::remove(folder / "2.png");
  ASSERT_EQ(::mkfifo((folder / "2.txt").c_str(), 0600), 0);
  EXPECT_EQ(picture_files(folder.path()).passed.text(), "1 no regular file (2.txt)");
  fs::create_symlink("/dev/zero", folder / "3.png");
  expect_error(ErrorKind::kData, "a device", [&] { picture_files(folder.path()); });
  fs::remove(folder / "3.png");
  fs::create_symlink("/nowhere", folder / "4.png");
  expect_error(ErrorKind::kData, "leads nowhere", [&] { picture_files(folder.path()); });
}

TEST(PictureFiles, NamesThatAreNotUtf8AreRefusedByName) {
  const testing::TempFolder folder;
  core::write_file_atomic(folder / "M\xfcnchen.txt", "x");
  core::write_file_atomic(folder / "1.png", "x");
  EXPECT_EQ(picture_files(folder.path()).passed.text(), "1 .txt (M\\xFCnchen.txt)");
  core::write_file_atomic(folder / "M\xfcnchen.png", "x");
  expect_error(ErrorKind::kData, "M\\xFCnchen.png", [&] { picture_files(folder.path()); });
  expect_error(ErrorKind::kData, "not UTF-8", [&] { picture_files(folder.path()); });
}

TEST(PictureFiles, WhereThereAreNoneTheFolderIsNamed) {
  const testing::TempFolder folder;
  fs::create_directories(folder / "a/b");
  expect_error(ErrorKind::kData, "holds no pictures", [&] { picture_files(folder.path()); });
  expect_error(ErrorKind::kData, folder.path().string(), [&] { picture_files(folder.path()); });
  expect_error(ErrorKind::kData, "is not there", [&] { picture_files(folder / "none"); });
  core::write_file_atomic(folder / "file.png", "x");
  expect_error(ErrorKind::kData, "is no folder", [&] { picture_files(folder / "file.png"); });
}

}  // namespace
}  // namespace dyt::data
