// SPDX-License-Identifier: Apache-2.0
// Which folders are trained on and which are tested on, by the names that people give them.
#include "dyt/data/internal/folder_layout.h"

#include <fstream>

#include "dyt/data/dataset.h"
#include "dyt/data/internal/image_files.h"
#include "tests/data/data_test_util.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;

class FolderLayoutTest : public ::testing::Test {
 protected:
  void image(const std::string& name) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << "x";
  }
  // Two classes, `name` the folder they are in.
  void classes(const std::string& name) const {
    image(name + "/cat/1.png");
    image(name + "/dog/1.png");
  }
  FolderLayout layout(const std::string& test_folder = "") const {
    return layout_of(folder_.path(), test_folder);
  }
  std::string name_of(const fs::path& part) const {
    return part.empty() ? "" : part.lexically_relative(folder_.path()).string();
  }
  std::string error() const {
    try {
      layout();
    } catch (const core::Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kData);
      return error.what();
    }
    ADD_FAILURE() << "no error was thrown";
    return "";
  }

  dyt::testing::TempFolder folder_;
};

TEST_F(FolderLayoutTest, TestFoldersAreKnownByAllTheirNamesInAnyCase) {
  classes("Train");
  for (const char* name : {"test", "TEST", "Testing", "test_set", "val", "valid", "Validation",
                           "validate", "dev", "eval", "evaluation", "holdout", "hold-out",
                           "held_out", "val_images", "Test Data", "val2017", "01_test"}) {
    classes(name);
    EXPECT_EQ(name_of(layout().train), "Train") << name;
    EXPECT_EQ(name_of(layout().test), name);
    EXPECT_TRUE(layout().warnings.empty()) << name;
    fs::remove_all(folder_ / name);
  }
  EXPECT_EQ(layout().test, "");
}

TEST_F(FolderLayoutTest, TestIsPreferredAndTheOtherIsNamed) {
  classes("train");
  classes("val");
  classes("test");
  EXPECT_EQ(name_of(layout().test), "test");
  ASSERT_EQ(layout().warnings.size(), 1u);
  EXPECT_TRUE(mentions(layout().warnings[0], "'val' has classes, too, and is not used"));
}

TEST_F(FolderLayoutTest, AFlatTestFolderGivesWayToOneWithClasses) {
  classes("train");
  image("test/1.png");
  EXPECT_TRUE(mentions(error(), "test images holds no folders of classes"));
  EXPECT_TRUE(mentions(error(), "a fifth of them is held out: data.folder="));
  classes("val");
  EXPECT_EQ(name_of(layout().test), "val");
  ASSERT_EQ(layout().warnings.size(), 1u);
  EXPECT_TRUE(mentions(layout().warnings[0], "'test' holds images but no folders of classes"));
}

TEST_F(FolderLayoutTest, ClassesBesideTrainAreRefusedByName) {
  classes("train");
  image("bird/1.png");
  EXPECT_TRUE(mentions(error(), "'bird'"));
  EXPECT_TRUE(mentions(error(), "data.test_folder="));
  fs::remove_all(folder_ / "bird");
  classes("extra");
  EXPECT_TRUE(mentions(error(), "'extra'"));
  fs::remove_all(folder_ / "extra");
  image("annotations/notes.txt");
  image("loose.png");
  EXPECT_EQ(layout().passed.text(),
            "1 folder beside the training folder (annotations), "
            "1 image beside the folders of classes (loose.png)");
}

TEST_F(FolderLayoutTest, AClassMayBeCalledTrain) {
  image("bus/1.png");
  image("car/1.png");
  image("train/1.png");
  EXPECT_EQ(name_of(layout().train), ".");
  EXPECT_EQ(class_folders_in(layout().train).names,
            (std::vector<std::string>{"bus", "car", "train"}));
  ASSERT_EQ(layout().warnings.size(), 1u);
  EXPECT_TRUE(mentions(layout().warnings[0], "'train' holds images itself"));
}

TEST_F(FolderLayoutTest, WhatCanBeTwoThingsIsRefused) {
  image("cat/1.png");
  image("dog/1.png");
  classes("test");
  EXPECT_TRUE(mentions(error(), "it is not clear which folders are classes"));
  EXPECT_TRUE(mentions(error(), "data.test_folder="));
  fs::remove_all(folder_ / "cat");
  fs::remove_all(folder_ / "dog");
  classes("train");
  classes("Test");
  EXPECT_TRUE(mentions(error(), "two folders of test images"));
  classes("training");
  EXPECT_TRUE(mentions(error(), "two folders of training images"));
}

TEST_F(FolderLayoutTest, FlatPartsAloneAreNoClasses) {
  image("train/1.png");
  image("test/1.png");
  EXPECT_TRUE(mentions(error(), "no folders of classes"));
  EXPECT_EQ(name_of(layout(kNoTestFolder).train), ".");
}

TEST_F(FolderLayoutTest, TheTestFolderCanBeNamed) {
  image("cat/1.png");
  image("dog/1.png");
  classes("test");
  const FolderLayout named = layout((folder_ / "test").string());
  EXPECT_EQ(name_of(named.train), ".");
  EXPECT_EQ(name_of(named.test), "test");
  EXPECT_EQ(class_folders_in(named.train, named.test).names,
            (std::vector<std::string>{"cat", "dog"}));
  testing::expect_error(ErrorKind::kData, "data.test_folder",
                        [&] { layout((folder_ / "none here").string()); });
}

TEST_F(FolderLayoutTest, WhereARelativePathWasLookedForIsSaid) {
  testing::expect_error(ErrorKind::kData, (fs::current_path() / "no such folder").string(),
                        [] { layout_of("no such folder"); });
}

}  // namespace
}  // namespace dyt::data
