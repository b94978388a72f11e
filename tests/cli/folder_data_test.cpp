// SPDX-License-Identifier: Apache-2.0
// The user's own images, good and bad, in folders with blanks and umlauts in their names.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "tests/cli/dyt_command.h"
#include "tests/support/image_files.h"
#include "tests/support/temp_folder.h"

namespace dyt::testing {
namespace {

namespace fs = std::filesystem;

// Images of two classes, 20 of each, of 8x8 pixels; the tests add what is wrong.
struct Images {
  Images() {
    for (const char* name : {"Ähren", "Öl"}) {
      fs::create_directories(root / name);
      for (int i = 0; i < 20; ++i) {
        add(std::string(name) + "/" + std::to_string(i) + " a.png",
            png_bytes(stripes(8, 8, 3, i + (name[1] == '\x84' ? 0 : 100))));
      }
    }
  }
  void add(const std::string& name, const std::string& bytes) const {
    core::write_file_atomic(root / name, bytes);
  }
  CommandResult train(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"data.folder=" + root.string(), "out=" + out.string(),
                                          "train.batch_size=8"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_dyt(tiny_run("train", arguments));
  }
  void expect_refused(const std::string& part) const {
    const CommandResult result = train();
    EXPECT_EQ(result.status, 3) << result.errors;
    EXPECT_NE(result.errors.find(part), std::string::npos) << result.errors;
    EXPECT_FALSE(fs::exists(out));
  }

  TempFolder folder;
  fs::path root = folder / "Bilder für Übungen";
  fs::path out = folder / "Lauf für Übungen";
};

TEST(FolderData, TrainsAndIsDescribed) {
  const Images images;
  images.add("Öl/other.jpg", jpeg_bytes(stripes(30, 20, 3)));
  const CommandResult trained = images.train({"data.image_size=8"});
  EXPECT_EQ(trained.status, 0) << trained.errors;
  EXPECT_TRUE(fs::exists(images.out / "result.json"));
  const CommandResult described = run_dyt({"data", "describe", "folder", "--folder",
                                           images.root.string(), "--image-size", "8", "--json"});
  const auto description = nlohmann::json::parse(described.output);
  EXPECT_EQ(description["class_names"], (std::vector<std::string>{"Ähren", "Öl"}));
  EXPECT_EQ(description["train_images"], 32);
  EXPECT_EQ(description["test_images"], 9);
}

TEST(FolderData, AnImageOfAnotherSizeIsNamedWithTheKeyToSet) {
  const Images images;
  images.add("Öl/other.jpg", jpeg_bytes(stripes(30, 20, 3)));
  images.expect_refused("data.image_size=32");
}

TEST(FolderData, ADamagedImageIsNamed) {
  const Images images;
  images.add("Öl/bad.png", "no picture");
  images.expect_refused("Öl/bad.png");
}

TEST(FolderData, ATruncatedJpegIsNamed) {
  for (const bool progressive : {false, true}) {
    const Images images;
    const std::string whole = jpeg_bytes(stripes(8, 8, 3), {.progressive = progressive});
    images.add("Öl/cut.jpg", whole.substr(0, whole.size() * 3 / 4));
    images.expect_refused("Öl/cut.jpg");
  }
}

TEST(FolderData, AJpegOfTwelveBitsIsNamed) {
  const Images images;
  images.add("Öl/deep.jpg", twelve_bit_jpeg());
  images.expect_refused("Öl/deep.jpg");
  images.expect_refused("precision 12");
}

TEST(FolderData, ProgressiveAndCmykAreImagesLikeOthers) {
  const Images images;
  images.add("Öl/progressive.jpg", jpeg_bytes(stripes(8, 8, 3), {.progressive = true}));
  images.add("Öl/print.jpg", jpeg_bytes(stripes(8, 8, 4)));
  const CommandResult trained = images.train();
  EXPECT_EQ(trained.status, 0) << trained.errors;
}

TEST(FolderData, AClassWithoutImagesIsNamed) {
  const Images images;
  fs::create_directory(images.root / "leer");
  images.expect_refused("the class 'leer' has no images");
}

TEST(FolderData, AnImageSmallerThanTheSizeIsScaledUp) {
  const Images images;
  images.add("Öl/dot.png", png_bytes(stripes(1, 1, 3)));
  images.add("Öl/line.png", png_bytes(stripes(1, 50, 3)));
  for (const char* policy : {"affine", "resized_crop", "padded_crop"}) {
    const CommandResult trained =
        images.train({"data.image_size=16", "model.patch_size=4",
                      std::string("augment.policy=") + policy, "--fresh"});
    EXPECT_EQ(trained.status, 0) << policy << ": " << trained.errors;
  }
}

TEST(FolderData, SquaresAreAskedForOrMade) {
  const Images images;
  images.add("Öl/wide.png", png_bytes(stripes(8, 9, 3)));
  images.expect_refused("9x8");
  EXPECT_EQ(images.train({"data.image_size=8"}).status, 0);
}

TEST(FolderData, OneClassOrOneImageIsNotEnough) {
  const Images images;
  fs::remove_all(images.root / "Öl");
  images.expect_refused("20 images, 1 classes");
  fs::remove_all(images.root / "Ähren");
  fs::create_directory(images.root / "one");
  images.add("one/1.png", png_bytes(stripes(8, 8, 1)));
  images.expect_refused("1 images, 1 classes");
}

TEST(IdxData, MayLieInAPathWithBlanksAndUmlauts) {
  const TempFolder folder;
  const fs::path root = folder / "Bilder für Übungen";
  fs::create_directory(root);
  std::string images("\0\0\x08\x03\0\0\0\x28\0\0\0\x08\0\0\0\x08", 16);
  std::string labels("\0\0\x08\x01\0\0\0\x28", 8);
  for (int i = 0; i < 40; ++i) {
    images += std::string(64, static_cast<char>(5 * i));
    labels += static_cast<char>(i % 2);
  }
  core::write_file_atomic(root / "die Bilder.idx", images);
  core::write_file_atomic(root / "ihre Klassen.idx", labels);
  const CommandResult result =
      run_dyt(tiny_run("train", {"data.images=" + (root / "die Bilder.idx").string(),
                                 "data.labels=" + (root / "ihre Klassen.idx").string(),
                                 "train.batch_size=8", "out=" + (folder / "out").string()}));
  EXPECT_EQ(result.status, 0) << result.errors;
}

}  // namespace
}  // namespace dyt::testing
