// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/image_index.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>

#include "dyt/data/internal/class_listing.h"
#include "tests/data/data_test_util.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;
using dyt::testing::expect_error;

void make_file(const fs::path& path) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << "x";
}

// A listing is kept only of folders that were changed a while before.
void settle(const fs::path& folder) {
  fs::last_write_time(folder, fs::file_time_type::clock::now() - std::chrono::hours(1));
}

class ImageIndexTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"dog/b.jpg", "dog/A.PNG", "dog/.hidden.jpg", "dog/notes.txt",
                             "cat/z.jpeg", "cat/1.JPEG", ".git/x.jpg", "ant/x.png"}) {
      make_file(images() / name);
    }
    make_file(images() / "loose.jpg");
    for (const char* name : {"dog", "cat", "ant"}) {
      settle(images() / name);
    }
  }

  fs::path images() const { return folder_ / "images"; }
  fs::path cache() const { return folder_ / "images.index"; }

  dyt::testing::TempFolder folder_;
};

void expect_same(const ImageIndex& found, const ImageIndex& expected) {
  ASSERT_EQ(found.size(), expected.size());
  EXPECT_EQ(found.class_names(), expected.class_names());
  EXPECT_EQ(found.class_counts(), expected.class_counts());
  for (int64_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found.path(i), expected.path(i));
    EXPECT_EQ(found.label(i), expected.label(i));
  }
}

TEST_F(ImageIndexTest, NumbersClassesAndImagesByTheirNames) {
  const ImageIndex index = ImageIndex::open(images());
  EXPECT_EQ(index.class_names(), (std::vector<std::string>{"ant", "cat", "dog"}));
  EXPECT_EQ(index.class_counts(), (std::vector<int64_t>{1, 2, 2}));
  std::vector<fs::path> paths;
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < index.size(); ++i) {
    paths.push_back(index.path(i).lexically_relative(images()));
    labels.push_back(index.label(i));
  }
  EXPECT_EQ(paths, (std::vector<fs::path>{"ant/x.png", "cat/1.JPEG", "cat/z.jpeg", "dog/A.PNG",
                                          "dog/b.jpg"}));
  EXPECT_EQ(labels, (std::vector<int64_t>{0, 1, 1, 2, 2}));
  for (const int64_t number : {-1, 5}) {
    expect_error(ErrorKind::kInternal, "0 to 4", [&] { index.path(number); });
  }
}

TEST_F(ImageIndexTest, TheSecondOpeningListsNothing) {
  const ImageIndex first = ImageIndex::open(images(), cache());
  EXPECT_EQ(first.listed(), 3);
  const ImageIndex second = ImageIndex::open(images(), cache());
  EXPECT_EQ(second.listed(), 0);
  expect_same(second, first);
  expect_same(second, ImageIndex::open(images()));
}

TEST_F(ImageIndexTest, OnlyChangedClassesAreListedAgain) {
  ImageIndex::open(images(), cache());
  make_file(images() / "dog/new.jpg");
  fs::remove(images() / "cat/z.jpeg");
  const ImageIndex changed = ImageIndex::open(images(), cache());
  EXPECT_EQ(changed.listed(), 2);
  expect_same(changed, ImageIndex::open(images()));
  EXPECT_EQ(changed.class_counts(), (std::vector<int64_t>{1, 1, 3}));
}

TEST_F(ImageIndexTest, AFolderThatWasJustChangedIsNotReliedOn) {
  make_file(images() / "dog/new.jpg");
  EXPECT_EQ(ImageIndex::open(images(), cache()).listed(), 3);
  EXPECT_EQ(ImageIndex::open(images(), cache()).listed(), 1);
  settle(images() / "dog");
  EXPECT_EQ(ImageIndex::open(images(), cache()).listed(), 1);
  EXPECT_EQ(ImageIndex::open(images(), cache()).listed(), 0);
}

TEST_F(ImageIndexTest, ClassesMayComeAndGo) {
  ImageIndex::open(images(), cache());
  make_file(images() / "bee/1.jpg");
  settle(images() / "bee");
  EXPECT_EQ(ImageIndex::open(images(), cache()).listed(), 1);
  fs::remove_all(images() / "ant");
  const ImageIndex without = ImageIndex::open(images(), cache());
  EXPECT_EQ(without.listed(), 0);
  EXPECT_EQ(without.class_names(), (std::vector<std::string>{"bee", "cat", "dog"}));
  expect_same(ImageIndex::open(images(), cache()), without);
}

TEST_F(ImageIndexTest, ADamagedOrForeignCacheIsMadeAnew) {
  const ImageIndex expected = ImageIndex::open(images(), cache());
  const std::string whole = core::read_file(cache());
  std::vector<std::string> others = {"", "dyt image index 3\n" + whole.substr(18), "noise"};
  for (size_t length = 0; length < whole.size(); length += 13) {
    others.push_back(whole.substr(0, length));
    others.push_back(whole);
    others.back()[length] ^= 1;
  }
  for (const std::string& bytes : others) {
    core::write_file_atomic(cache(), bytes);
    const ImageIndex index = ImageIndex::open(images(), cache());
    EXPECT_EQ(index.listed(), 3);
    expect_same(index, expected);
    EXPECT_EQ(core::read_file(cache()), whole);
  }
  fs::rename(images(), folder_ / "moved");
  EXPECT_EQ(ImageIndex::open(folder_ / "moved", cache()).listed(), 3);
}

TEST_F(ImageIndexTest, WhatIsMissingIsAnErrorThatNamesTheFolder) {
  expect_error(ErrorKind::kData, "nowhere", [&] { ImageIndex::open(folder_ / "nowhere"); });
  fs::create_directories(folder_ / "empty");
  expect_error(ErrorKind::kData, "no folders of classes",
               [&] { ImageIndex::open(folder_ / "empty"); });
  fs::create_directories(images() / "cow");
  expect_error(ErrorKind::kData, "the class 'cow' has no images",
               [&] { ImageIndex::open(images(), cache()); });
}

TEST_F(ImageIndexTest, WhatIsPassedOverIsSaidFromTheCacheToo) {
  const std::string expected =
      "1 .txt (dog/notes.txt), 2 hidden (first: .git), "
      "1 image beside the folders of classes (loose.jpg)";
  EXPECT_EQ(ImageIndex::open(images(), cache()).passed().text(), expected);
  const ImageIndex second = ImageIndex::open(images(), cache());
  EXPECT_EQ(second.listed(), 0);
  EXPECT_EQ(second.passed().text(), expected);
}

TEST_F(ImageIndexTest, DeeperFoldersAreLookedIntoEachTime) {
  make_file(images() / "dog/deeper/c.jpg");
  settle(images() / "dog");
  ImageIndex::open(images(), cache());
  make_file(images() / "dog/deeper/d.jpg");
  const ImageIndex second = ImageIndex::open(images(), cache());
  EXPECT_EQ(second.passed().kinds().at(kDeeperImages).count, 2);
  EXPECT_EQ(second.size(), 5);
}

TEST_F(ImageIndexTest, ALinkToAFolderThatIsThereIsNoClass) {
  fs::create_directory_symlink(images() / "dog", images() / "also a dog");
  fs::create_directory_symlink(images(), images() / "self");
  const ImageIndex index = ImageIndex::open(images());
  EXPECT_EQ(index.class_names(), (std::vector<std::string>{"ant", "cat", "dog"}));
  EXPECT_EQ(index.passed().kinds().at(kReachedAgain).count, 2);
}

// 20,000 files in 100 classes; the cache opens without touching them.
TEST(ImageIndexSlow, ManyFilesOpenFromTheCacheAtOnce) {
  const dyt::testing::TempFolder folder;
  for (int label = 0; label < 100; ++label) {
    const fs::path place = folder / "images" / ("n" + std::to_string(10000000 + label));
    fs::create_directories(place);
    for (int image = 0; image < 200; ++image) {
      std::ofstream(place / ("n" + std::to_string(label) + "_" + std::to_string(image) + ".JPEG"))
          << "x";
    }
    settle(place);
  }
  const ImageIndex first = ImageIndex::open(folder / "images", folder / "cache");
  EXPECT_EQ(first.size(), 20'000);
  EXPECT_EQ(first.listed(), 100);
  const auto begin = std::chrono::steady_clock::now();
  const ImageIndex second = ImageIndex::open(folder / "images", folder / "cache");
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(second.listed(), 0);
  EXPECT_LT(seconds.count(), 2);
  RecordProperty("seconds", std::to_string(seconds.count()));
  EXPECT_EQ(second.path(12'345), first.path(12'345));
  EXPECT_EQ(second.label(19'999), 99);
}

// As many names as ImageNet has, without the files.
TEST(ImageIndexSlow, AMillionNamesComeOutOfACacheInSeconds) {
  std::vector<ClassListing> classes(1000);
  for (size_t label = 0; label < classes.size(); ++label) {
    classes[label] = {.name = "n" + std::to_string(1000000 + label), .changed = 5, .count = 1281};
    for (int image = 0; image < 1281; ++image) {
      classes[label].files += classes[label].name + "_" + std::to_string(10000 + image) + ".JPEG";
      classes[label].files += '\0';
    }
  }
  const std::string bytes = listing_bytes("imagenet", classes);
  const auto begin = std::chrono::steady_clock::now();
  const auto parsed = parse_listing(bytes, "imagenet");
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  ASSERT_TRUE(parsed.has_value());
  ASSERT_EQ(parsed->size(), 1000u);
  EXPECT_EQ(parsed->back().files, classes.back().files);
  EXPECT_EQ(parsed->back().count, 1281);
  EXPECT_LT(seconds.count(), 5);
  RecordProperty("seconds", std::to_string(seconds.count()));
}

}  // namespace
}  // namespace dyt::data
