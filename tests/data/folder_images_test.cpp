// SPDX-License-Identifier: Apache-2.0
// Data sets that are folders of JPEG and PNG files.
#include <torch/types.h>

#include <cstdlib>

#include "dyt/formats/archive.h"
#include "tests/data/data_test_util.h"
#include "tests/support/image_files.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;
using testing::jpeg_bytes;
using testing::png_bytes;
using testing::stripes;

// A folder of small pictures that a test adds to.
class Pictures {
 public:
  void add(const std::string& name, const std::string& bytes) const {
    fs::create_directories((root / name).parent_path());
    core::write_file_atomic(root / name, bytes);
  }
  // So many PNG files 0.png, 1.png, ... of one grey value each, 10 apart.
  void add_class(const std::string& name, int count, int first_value, int side = 4) const {
    for (int i = 0; i < count; ++i) {
      const auto value = static_cast<uint8_t>(first_value + 10 * i);
      add(name + "/" + std::to_string(i) + ".png",
          png_bytes({.height = side,
                     .width = side,
                     .channels = 1,
                     .pixels = std::vector<uint8_t>(static_cast<size_t>(side * side), value)}));
    }
  }
  DataConfig config() const { return {.folder = root.string()}; }
  ImageData open() const { return open_data(config()); }
  std::string error(ErrorKind kind = ErrorKind::kData) const { return open_error(config(), kind); }

  dyt::testing::TempFolder folder;
  fs::path root = folder / "Bilder für Übungen";
};

std::vector<int64_t> labels_of(const ImageSplit& split) {
  const int64_t* first = split.labels.const_data_ptr<int64_t>();
  return {first, first + split.labels.numel()};
}

std::vector<int> first_pixels(const ImageSplit& split) {
  std::vector<int> values;
  for (int64_t i = 0; i < split.labels.numel(); ++i) {
    values.push_back(split.images[i].flatten()[0].item<int>());
  }
  return values;
}

TEST(FolderImages, TrainAndTestByClassAndName) {
  for (const char* test : {"test", "val"}) {
    const Pictures pictures;
    pictures.add_class("train/zebra", 2, 100);
    pictures.add_class("train/Äpfel & Birnen", 3, 200);
    pictures.add_class("train/ant", 2, 0);
    pictures.add_class(std::string(test) + "/zebra", 1, 50);
    pictures.add("train/zebra/notes.txt", "no image");
    pictures.add("train/zebra/.hidden.png", "no image");
    pictures.add("train/.hidden/a.png", "no image");
    pictures.add("train/README.md", "no class");
    const ImageData data = pictures.open();
    EXPECT_EQ(data.name, "folder");
    EXPECT_EQ(data.class_names, (std::vector<std::string>{"ant", "zebra", "Äpfel & Birnen"}));
    EXPECT_EQ(data.num_classes, 3);
    EXPECT_EQ(data.train.images.sizes(), (std::vector<int64_t>{7, 1, 4, 4}));
    EXPECT_EQ(labels_of(data.train), (std::vector<int64_t>{0, 0, 1, 1, 2, 2, 2}));
    EXPECT_EQ(first_pixels(data.train), (std::vector<int>{0, 10, 100, 110, 200, 210, 220}));
    EXPECT_EQ(labels_of(data.test), std::vector<int64_t>{1}) << test;
    EXPECT_EQ(first_pixels(data.test), std::vector<int>{50});
    EXPECT_EQ(data.scale, 255);
    EXPECT_EQ(data.checksum, pictures.open().checksum);
  }
}

TEST(FolderImages, AFifthOfEveryClassIsHeldOutWithoutATestFolder) {
  for (const char* under : {"", "train/"}) {
    const Pictures pictures;
    pictures.add_class(std::string(under) + "a", 11, 0);
    pictures.add_class(std::string(under) + "b", 10, 130);
    const ImageData data = pictures.open();
    EXPECT_EQ(data.train.labels.numel(), 16);
    EXPECT_EQ(data.test.labels.numel(), 5);
    EXPECT_GE(data.test.labels.sum().item<int64_t>(), 2);
    EXPECT_LE(data.test.labels.sum().item<int64_t>(), 3);
    std::vector<int> values = first_pixels(data.train);
    for (const int value : first_pixels(data.test)) {
      values.push_back(value);
    }
    std::sort(values.begin(), values.end());
    EXPECT_EQ(std::unique(values.begin(), values.end()) - values.begin(), 21);
    EXPECT_TRUE(pictures.open().test.images.equal(data.test.images));
  }
}

TEST(FolderImages, KindsAndExtensionsMix) {
  const Pictures pictures;
  pictures.add("a/1.JPG", jpeg_bytes(stripes(8, 8, 3)));
  pictures.add("a/2.Jpeg", jpeg_bytes(stripes(8, 8, 1)));
  pictures.add("b/1.png", png_bytes(stripes(8, 8, 4)));
  pictures.add("b/2.jpg", png_bytes(stripes(8, 8, 1)));  // the first bytes count
  pictures.add("b/3.jpe", jpeg_bytes(stripes(8, 8, 1)));
  pictures.add("b/4.JFIF", jpeg_bytes(stripes(8, 8, 1)));
  const ImageData data = pictures.open();
  EXPECT_EQ(data.channels, 3);
  EXPECT_EQ(data.train.labels.numel() + data.test.labels.numel(), 6);
  EXPECT_TRUE(data.warnings.empty());
}

TEST(FolderImages, GreyAmongColoursFillsAllThree) {
  const Pictures pictures;
  pictures.add("train/a/grey.png", png_bytes(stripes(8, 8, 1)));
  pictures.add("train/b/colour.png", png_bytes(stripes(8, 8, 3)));
  pictures.add_class("test/a", 1, 9, 8);
  const at::Tensor images = pictures.open().train.images;
  EXPECT_TRUE(images[0][0].equal(images[0][2]));
  const testing::Picture colour = stripes(8, 8, 3);
  EXPECT_EQ(images[1][2][3][5].item<int>(), colour.pixels[(3 * 8 + 5) * 3 + 2]);
}

TEST(FolderImages, SizesMustBeTheSameOrAsked) {
  const Pictures pictures;
  pictures.add("a/1.png", png_bytes(stripes(8, 8, 3)));
  pictures.add("a/2.png", png_bytes(stripes(20, 30, 3)));
  pictures.add("b/1.png", png_bytes(stripes(6, 6, 3)));
  const std::string message = pictures.error();
  EXPECT_TRUE(mentions(message, "a/2.png"));
  EXPECT_TRUE(mentions(message, "30x20"));
  EXPECT_TRUE(mentions(message, "data.image_size=32"));
  DataConfig config = pictures.config();
  config.image_size = 12;
  const ImageData data = open_data(config);
  EXPECT_EQ(data.image_size, 12);
  EXPECT_EQ(data.train.images.sizes(), (std::vector<int64_t>{2, 3, 12, 12}));
}

TEST(FolderImages, OblongsMustBeAsked) {
  const Pictures pictures;
  pictures.add("a/1.png", png_bytes(stripes(8, 9, 1)));
  pictures.add("b/1.png", png_bytes(stripes(8, 9, 1)));
  EXPECT_TRUE(mentions(pictures.error(), "as many rows as columns"));
}

TEST(FolderImages, SmallerOnesAreScaledUp) {
  const Pictures pictures;
  pictures.add_class("a", 2, 50, 1);
  pictures.add_class("b", 2, 100, 3);
  DataConfig config = pictures.config();
  config.image_size = 8;
  const ImageData data = open_data(config);
  EXPECT_EQ(data.train.images.size(2), 8);
  EXPECT_EQ(data.train.images[0].min().item<int>(), data.train.images[0].max().item<int>())
      << "of one value, as the small picture";
}

TEST(FolderImages, TooManyForMemoryIsSaidBeforehand) {
  const Pictures pictures;
  for (const char* name : {"a", "b"}) {
    pictures.add_class(name, 2, 0);
  }
  pictures.add("a/colour.png", png_bytes(stripes(8, 8, 3)));
  // 4096 x 4096 x 3 bytes: 171 of them are above 8 GiB. Links keep the test small.
  for (int i = 0; i < 170; ++i) {
    fs::create_symlink(pictures.root / "b/0.png",
                       pictures.root / "b" / ("link" + std::to_string(i) + ".png"));
  }
  DataConfig config = pictures.config();
  config.image_size = 4096;
  EXPECT_TRUE(mentions(open_error(config, ErrorKind::kResources), "do not fit into memory"));
}

TEST(FolderImages, WhatIsMissingIsNamed) {
  const Pictures pictures;
  EXPECT_TRUE(mentions(pictures.error(), pictures.root.string()));
  pictures.add("readme.txt", "");
  EXPECT_TRUE(mentions(pictures.error(), "no folders of classes"));
  pictures.add_class("one", 3, 0);
  EXPECT_TRUE(mentions(pictures.error(), "3 images, 1 classes"));
  fs::create_directory(pictures.root / "empty");
  EXPECT_TRUE(mentions(pictures.error(), "class 'empty' has no images"));
  pictures.add_class("empty", 1, 0);
  EXPECT_EQ(pictures.open().num_classes, 2);
}

TEST(FolderImages, OneImageIsNotEnough) {
  const Pictures pictures;
  pictures.add_class("one", 1, 0);
  EXPECT_TRUE(mentions(pictures.error(), "1 images, 1 classes"));
}

TEST(FolderImages, TestClassesMustBeTrained) {
  const Pictures pictures;
  pictures.add_class("train/a", 2, 0);
  pictures.add_class("train/b", 2, 0);
  pictures.add_class("test/c", 2, 0);
  const std::string message = pictures.error();
  EXPECT_TRUE(mentions(message, "class 'c' has no training images"));
  EXPECT_TRUE(mentions(message, "a, b"));
  fs::remove_all(pictures.root / "test/c");
  EXPECT_TRUE(mentions(pictures.error(), "test images holds no folders"));
}

TEST(FolderImages, AClassWithoutTestImagesIsTakenAndSaid) {
  for (const bool stream : {false, true}) {
    const Pictures pictures;
    pictures.add_class("train/ant", 2, 0);
    pictures.add_class("train/bee", 2, 50);
    pictures.add_class("train/cow", 2, 100);
    pictures.add_class("test/ant", 1, 0);
    pictures.add_class("test/cow", 2, 0);
    DataConfig config = pictures.config();
    config.stream = stream;
    config.image_size = 4;
    const ImageData data = open_data(config);
    EXPECT_EQ(labels_of(data.test), (std::vector<int64_t>{0, 2, 2}));
    ASSERT_EQ(data.warnings.size(), 1u);
    EXPECT_TRUE(mentions(data.warnings[0], "1 of 3 classes has no image to test on: 'bee'"));
    pictures.add_class("test/dog", 1, 0);
    EXPECT_TRUE(mentions(open_error(config, ErrorKind::kData), "class 'dog' has no training"));
  }
}

TEST(FolderImages, TestingOnTrainingImagesIsSaid) {
  for (const bool stream : {false, true}) {
    const Pictures pictures;
    pictures.add_class("train/ant", 2, 0);
    pictures.add_class("train/bee", 2, 50);
    fs::create_directory_symlink(pictures.root / "train", pictures.root / "test");
    DataConfig config = pictures.config();
    config.stream = stream;
    config.image_size = 4;
    EXPECT_TRUE(mentions(open_data(config).warnings.at(0), "2 of 2 folders (first: ant)"));
    fs::remove(pictures.root / "test");
    pictures.add_class("test/ant", 1, 0);
    fs::create_directory_symlink(pictures.root / "train/bee", pictures.root / "test/bee");
    EXPECT_TRUE(mentions(open_data(config).warnings.at(0), "1 of 2 folders (first: bee)"));
  }
}

TEST(FolderImages, AClassOfOneImageIsTrainedOnAndNamed) {
  const Pictures pictures;
  pictures.add_class("ant", 1, 0);
  pictures.add_class("bee", 2, 50);
  pictures.add_class("cow", 9, 100);
  const ImageData data = pictures.open();
  EXPECT_EQ(describe_split(data, data.train).class_counts, (std::vector<int64_t>{1, 1, 7}));
  EXPECT_EQ(describe_split(data, data.test).class_counts, (std::vector<int64_t>{0, 1, 2}));
  ASSERT_EQ(data.warnings.size(), 1u);
  EXPECT_TRUE(mentions(data.warnings[0], "'ant'"));
  const Pictures single;
  single.add_class("ant", 1, 0);
  single.add_class("bee", 1, 50);
  EXPECT_TRUE(mentions(single.error(), "every class has one image"));
}

TEST(FolderImages, WhatIsNotTakenIsCountedInAWarning) {
  const Pictures pictures;
  pictures.add_class("a", 3, 0);
  pictures.add_class("b", 3, 50);
  for (const char* name : {"a/1.webp", "a/2.WEBP", "a/3.bmp", "b/noext", "b/.hidden.png",
                           "__MACOSX/._a.png", "a/more/9.png", "loose.png", "labels.csv"}) {
    pictures.add(name, "x");
  }
  for (const bool stream : {false, true}) {
    DataConfig config = pictures.config();
    config.stream = stream;
    config.image_size = 4;
    const ImageData data = open_data(config);
    EXPECT_EQ(data.train.labels.numel() + data.test.labels.numel(), 6);
    ASSERT_EQ(data.warnings.size(), 1u);
    for (const char* part :
         {"2 .webp (first: a/1.webp)", "1 .bmp (a/3.bmp)", "1 without a suffix (b/noext)",
          "1 hidden (b/.hidden.png)", "1 of the system (__MACOSX)", "1 deeper folder (a/more)",
          "1 image in a deeper folder (a/more/9.png)", "1 .csv (labels.csv)",
          "1 image beside the folders of classes (loose.png)"}) {
      EXPECT_TRUE(mentions(data.warnings[0], part));
    }
    EXPECT_EQ(data.passed_over.kinds().at(".webp").count, 2);
  }
}

TEST(FolderImages, TurnedCamerasAreCounted) {
  const Pictures pictures;
  pictures.add_class("a", 3, 0, 8);
  pictures.add_class("b", 3, 50, 8);
  std::string turned = jpeg_bytes(stripes(8, 8, 1));
  turned.insert(
      2, std::string("\xff\xe1\0\x22"
                     "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
                     36));
  pictures.add("b/turned.jpg", turned);
  const ImageData data = pictures.open();
  ASSERT_EQ(data.warnings.size(), 1u);
  EXPECT_TRUE(mentions(data.warnings[0], "1 of 7 images say in EXIF"));
  EXPECT_TRUE(mentions(data.warnings[0], "b/turned.jpg"));
}

TEST(FolderImages, DamagedFilesAreNamed) {
  const std::string png = png_bytes(stripes(4, 4, 1));
  const std::string jpeg = jpeg_bytes(stripes(4, 4, 1));
  for (const std::string& bytes :
       {std::string(), std::string("text"), png.substr(0, 40), png.substr(0, png.size() - 20),
        jpeg.substr(0, 60), jpeg.substr(0, jpeg.size() - 10)}) {
    const Pictures pictures;
    pictures.add_class("a", 3, 0);
    pictures.add_class("b", 3, 0);
    pictures.add("b/bad.png", bytes);
    EXPECT_TRUE(mentions(pictures.error(), "b/bad.png"));
  }
  const Pictures pictures;
  pictures.add_class("a", 3, 0);
  pictures.add_class("b", 3, 0);
  fs::create_symlink("/nowhere/c.png", pictures.root / "b/link.png");
  EXPECT_TRUE(mentions(pictures.error(), "b/link.png"));
}

TEST(FolderImages, KeysMustGoTogether) {
  EXPECT_TRUE(mentions(open_error({.name = "folder"}, ErrorKind::kUsage), "data.folder=FOLDER"));
  EXPECT_TRUE(
      mentions(open_error({.name = "mnist", .folder = "a"}, ErrorKind::kUsage), "data.name=mnist"));
  EXPECT_TRUE(
      mentions(open_error({.images = "a", .folder = "b"}, ErrorKind::kUsage), "data.images"));
  EXPECT_TRUE(mentions(open_error({.image_size = 9}, ErrorKind::kUsage), "data.folder only"));
}

TEST(FolderImagesSlow, CifarSubset) {
  const char* data_folder = std::getenv("DYT_TEST_DATA");
  if (data_folder == nullptr) {
    GTEST_SKIP() << "DYT_TEST_DATA is not set: it names the folder with vision/cifar10-jpeg/";
  }
  const dyt::testing::TempFolder folder;
  formats::unpack_archive(fs::path(data_folder) / "vision/cifar10-jpeg/cifar10-jpeg-subset.tar",
                          folder / "unpacked");
  const ImageData data = open_data({.folder = (folder / "unpacked/cifar10-jpeg").string()});
  EXPECT_EQ(data.train.images.sizes(), (std::vector<int64_t>{25'000, 3, 32, 32}));
  EXPECT_EQ(data.test.images.sizes(), (std::vector<int64_t>{5'000, 3, 32, 32}));
  EXPECT_EQ(data.class_names.front(), "airplane");
  EXPECT_EQ(data.class_names.back(), "truck");
  for (const int64_t count : describe_split(data, data.train).class_counts) {
    EXPECT_EQ(count, 2'500);
  }
  // Known mean of all CIFAR-10 training pixels, over the three channels: 0.4734.
  EXPECT_NEAR(describe_split(data, data.train).mean, 0.4734, 0.005);
  // decoded_reference.tsv has the means of test/airplane/0002.jpg, the first of its class.
  for (int64_t channel = 0; channel < 3; ++channel) {
    const double expected[] = {217.9980, 219.9453, 215.1201};
    EXPECT_NEAR(data.test.images[0][channel].to(at::kDouble).mean().item<double>(),
                expected[channel], 0.5);
  }
}

}  // namespace
}  // namespace dyt::data
