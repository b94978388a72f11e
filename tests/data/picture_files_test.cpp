#include "dyt/data/picture_files.h"

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
  for (const fs::path& file : picture_files(folder.path())) {
    names.push_back(file.lexically_relative(folder.path()).string());
  }
  EXPECT_EQ(names, (std::vector<std::string>{"0.png", "a/deep/er/3.jpeg", "b/1.JPG", "b/2.png",
                                             "c/1.JPG", "c/2.png"}));
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
