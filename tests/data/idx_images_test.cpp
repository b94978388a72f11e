// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <torch/types.h>

#include <cstdlib>

#include "tests/data/data_test_util.h"

namespace dyt::data {
namespace {

using core::ErrorKind;

constexpr const char* kFiles[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                  "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

void write_small_mnist(const TemporaryFolder& folder, const std::string& under) {
  folder.idx(under + kFiles[0], {20, 4, 4}, 256);
  folder.idx(under + kFiles[1], {20}, 10);
  folder.idx(under + kFiles[2], {5, 4, 4}, 256);
  folder.idx(under + kFiles[3], {5}, 10);
}

TEST(Mnist, IsFoundInEachOfItsFolders) {
  for (const char* under :
       {"fashion_mnist/", "vision/fashion_mnist/", "fashion-mnist/", "vision/fashion-mnist/"}) {
    const TemporaryFolder folder;
    write_small_mnist(folder, under);
    const ImageData data = open_data({.name = "fashion_mnist", .dir = folder.path().string()});
    EXPECT_EQ(data.train.images.sizes(), (std::vector<int64_t>{20, 1, 4, 4})) << under;
    EXPECT_EQ(data.test.labels.numel(), 5);
    EXPECT_EQ(data.train.labels[13].item<int64_t>(), 3);
    EXPECT_EQ(data.train.images[15][0][3][3].item<int>(), 255);
    EXPECT_EQ(data.num_classes, 10);
    EXPECT_EQ(data.scale, 255);
  }
}

TEST(Mnist, MissingDataSaysWhereAndHow) {
  const TemporaryFolder folder;
  const DataConfig config{.name = "mnist", .dir = folder.path().string()};
  const std::string message = open_error(config, ErrorKind::kData);
  EXPECT_TRUE(mentions(message, "mnist is not there"));
  EXPECT_TRUE(mentions(message, (folder.path() / "mnist" / kFiles[0]).string() + ".gz"));
  EXPECT_TRUE(mentions(message, (folder.path() / "vision/mnist").string()));
  EXPECT_TRUE(mentions(message, "dyt data fetch mnist --dir '" + config.dir + "'"));
  EXPECT_TRUE(mentions(message, "data.dir=FOLDER"));
}

TEST(Mnist, OneMissingFileIsNamed) {
  const TemporaryFolder folder;
  write_small_mnist(folder, "mnist/");
  std::filesystem::remove(folder.path() / "mnist" / kFiles[3]);
  const DataConfig config{.name = "mnist", .dir = folder.path().string()};
  EXPECT_TRUE(mentions(open_error(config, ErrorKind::kData), kFiles[3]));
}

TEST(Mnist, LabelsMustFitTheImages) {
  const TemporaryFolder folder;
  const DataConfig config{.name = "mnist", .dir = folder.path().string()};
  write_small_mnist(folder, "mnist/");
  folder.idx(std::string("mnist/") + kFiles[3], {6}, 10);
  std::string message = open_error(config, ErrorKind::kData);
  EXPECT_TRUE(mentions(message, "differ in number"));
  EXPECT_TRUE(mentions(message, kFiles[3]));
  EXPECT_TRUE(mentions(message, "expected: 5"));
  folder.idx(std::string("mnist/") + kFiles[3], {5}, 10);
  folder.idx(std::string("mnist/") + kFiles[1], {20}, 12);
  message = open_error(config, ErrorKind::kData);
  EXPECT_TRUE(mentions(message, "out of range"));
  EXPECT_TRUE(mentions(message, std::string(kFiles[1]) + ", byte 18"));  // 8 bytes, then 0 to 9
  EXPECT_TRUE(mentions(message, "expected: 0 to 9"));
}

TEST(Mnist, OtherKindsOfArraysAreRefused) {
  const TemporaryFolder folder;
  const DataConfig config{.name = "mnist", .dir = folder.path().string()};
  write_small_mnist(folder, "mnist/");
  folder.idx(std::string("mnist/") + kFiles[0], {20}, 10);
  EXPECT_TRUE(mentions(open_error(config, ErrorKind::kData), "does not hold grey images"));
  folder.idx(std::string("mnist/") + kFiles[0], {20, 4, 5}, 10);
  EXPECT_TRUE(mentions(open_error(config, ErrorKind::kData), "(20, 4, 5)"));
  folder.idx(std::string("mnist/") + kFiles[0], {0, 4, 4}, 10);
  EXPECT_TRUE(mentions(open_error(config, ErrorKind::kData), "there must be some"));
  write_small_mnist(folder, "mnist/");
  folder.idx(std::string("mnist/") + kFiles[1], {20, 4, 4}, 10);
  EXPECT_TRUE(mentions(open_error(config, ErrorKind::kData), "does not hold labels"));
}

TEST(Mnist, ATruncatedFileIsNamedWithItsByte) {
  const TemporaryFolder folder;
  write_small_mnist(folder, "mnist/");
  std::filesystem::resize_file(folder.path() / "mnist" / kFiles[2], 50);
  const std::string message =
      open_error({.name = "mnist", .dir = folder.path().string()}, ErrorKind::kData);
  EXPECT_TRUE(mentions(message, std::string(kFiles[2]) + ", byte 50"));
}

TEST(UserImages, HoldOutAFifthByAFixedShuffle) {
  const TemporaryFolder folder;
  const DataConfig config{.images = folder.idx("images", {21, 4, 4}, 251),
                          .labels = folder.idx("labels", {21}, 3)};
  const ImageData data = open_data(config);
  EXPECT_EQ(data.name, "images");
  EXPECT_EQ(data.train.labels.numel(), 16);
  EXPECT_EQ(data.test.labels.numel(), 5);
  EXPECT_EQ(data.num_classes, 3);
  EXPECT_TRUE(open_data(config).test.images.equal(data.test.images));
  const auto pixels = [](const ImageSplit& split) { return split.images.sum().item<int64_t>(); };
  EXPECT_EQ(pixels(data.train) + pixels(data.test), 251 * 250 / 2 + 85 * 84 / 2);
}

TEST(UserImages, TestFilesAreTakenAsGiven) {
  const TemporaryFolder folder;
  DataConfig config{.images = folder.idx("images", {10, 4, 4}, 251),
                    .labels = folder.idx("labels", {10}, 3),
                    .test_images = folder.idx("test_images", {4, 4, 4}, 251),
                    .test_labels = folder.idx("test_labels", {4}, 3)};
  EXPECT_EQ(open_data(config).train.labels.numel(), 10);
  EXPECT_EQ(open_data(config).test.labels.numel(), 4);
  config.test_labels = folder.idx("test_labels", {4}, 4);
  EXPECT_TRUE(mentions(open_error(config, ErrorKind::kData), "out of range"));
  config.test_labels = folder.idx("test_labels", {4}, 3);
  config.test_images = folder.idx("test_images", {4, 5, 5}, 251);
  EXPECT_TRUE(mentions(open_error(config, ErrorKind::kData), "another size"));
}

TEST(UserImages, KeysMustGoTogether) {
  EXPECT_TRUE(mentions(open_error({.images = "a"}, ErrorKind::kUsage), "data.labels"));
  EXPECT_TRUE(mentions(open_error({.labels = "a"}, ErrorKind::kUsage), "data.images"));
  EXPECT_TRUE(mentions(open_error({.name = "images"}, ErrorKind::kUsage), "data.images"));
  EXPECT_TRUE(
      mentions(open_error({.name = "mnist", .images = "a", .labels = "b"}, ErrorKind::kUsage),
               "data.name=mnist"));
  EXPECT_TRUE(
      mentions(open_error({.images = "a", .labels = "b", .test_images = "c"}, ErrorKind::kUsage),
               "go together"));
  EXPECT_TRUE(mentions(open_error({.images = "/nowhere/a", .labels = "b"}, ErrorKind::kData),
                       "/nowhere/a"));
}

TEST(UserImages, OneClassIsNotEnough) {
  const TemporaryFolder folder;
  const DataConfig config{.images = folder.idx("images", {10, 4, 4}, 251),
                          .labels = folder.idx("labels", {10}, 1)};
  EXPECT_TRUE(mentions(open_error(config, ErrorKind::kData), "1 classes"));
}

void write_labels(const std::string& path, const std::vector<uint8_t>& labels) {
  std::string bytes("\0\0\x08\x01\0\0\0", 7);
  bytes += static_cast<char>(labels.size());
  core::write_file_atomic(path, bytes + std::string(labels.begin(), labels.end()));
}

TEST(UserImages, LabelsThatAreAllAlikeTellNothingApart) {
  const TemporaryFolder folder;
  const DataConfig config{.images = folder.idx("images", {10, 4, 4}, 251),
                          .labels = folder.idx("labels", {10}, 3)};
  write_labels(config.labels, std::vector<uint8_t>(10, 3));
  const std::string message = open_error(config, ErrorKind::kData);
  EXPECT_TRUE(mentions(message, "nothing to tell apart"));
  EXPECT_TRUE(mentions(message, "every label is 3"));
}

TEST(UserImages, ClassesWithoutImagesAreNamed) {
  const TemporaryFolder folder;
  DataConfig config{.images = folder.idx("images", {10, 4, 4}, 251),
                    .labels = folder.idx("labels", {10}, 3)};
  write_labels(config.labels, {1, 2, 3, 1, 2, 3, 1, 2, 3, 1});
  const ImageData data = open_data(config);
  EXPECT_EQ(data.num_classes, 4);
  ASSERT_EQ(data.warnings.size(), 1u);
  EXPECT_TRUE(mentions(data.warnings[0], "1 of 4 classes has no image to train on: 0"));
  EXPECT_TRUE(mentions(data.warnings[0], "labels count from 0"));
  config.test_images = folder.idx("test_images", {4, 4, 4}, 251);
  config.test_labels = folder.idx("test_labels", {4}, 4);
  const std::string message = open_error(config, ErrorKind::kData);
  EXPECT_TRUE(mentions(message, "class 0 has no training images"));
  EXPECT_TRUE(mentions(message, "1 images of it to test on"));
}

TEST(UserImages, LabelsThatComeInTurnsAreLimitedByClass) {
  const TemporaryFolder folder;
  DataConfig config{.images = folder.idx("images", {200, 4, 4}, 251),
                    .labels = folder.idx("labels", {200}, 10)};
  config.train_limit = 20;
  config.test_limit = 10;
  const ImageData data = open_data(config);
  EXPECT_EQ(describe_split(data, data.train).class_counts, std::vector<int64_t>(10, 2));
  EXPECT_EQ(describe_split(data, data.test).class_counts, std::vector<int64_t>(10, 1));
}

TEST(UserImages, WhatIsNoFileIsNamedAndNotWaitedFor) {
  const TemporaryFolder folder;
  const DataConfig config{.images = (folder.path() / "images").string(),
                          .labels = folder.idx("labels", {10}, 3)};
  ASSERT_EQ(::mkfifo(config.images.c_str(), 0600), 0);
  const std::string message = open_error(config, ErrorKind::kData);
  EXPECT_TRUE(mentions(message, "a FIFO"));
  EXPECT_TRUE(mentions(message, config.images));
}

TEST(UserImages, OneImageIsNotEnough) {
  const TemporaryFolder folder;
  const DataConfig config{.images = folder.idx("images", {1, 4, 4}, 251),
                          .labels = folder.idx("labels", {1}, 3)};
  EXPECT_TRUE(mentions(open_error(config, ErrorKind::kData), "1 images"));
}

TEST(UserImages, MoreLabelsThanImages) {
  const TemporaryFolder folder;
  const DataConfig config{.images = folder.idx("images", {10, 4, 4}, 251),
                          .labels = folder.idx("labels", {11}, 3)};
  const std::string message = open_error(config, ErrorKind::kData);
  EXPECT_TRUE(mentions(message, "differ in number"));
  EXPECT_TRUE(mentions(message, "found:    11"));
}

TEST(UserImages, PathsMayHaveBlanksAndUmlauts) {
  const TemporaryFolder folder;
  const DataConfig config{.images = folder.idx("Bilder für Übungen/die Bilder", {10, 4, 4}, 251),
                          .labels = folder.idx("Bilder für Übungen/ihre Klassen", {10}, 3)};
  EXPECT_EQ(open_data(config).num_classes, 3);
}

TEST(Mnist, RealFiles) {
  const char* folder = std::getenv("DYT_TEST_DATA");
  if (folder == nullptr) {
    GTEST_SKIP() << "DYT_TEST_DATA is not set: it names the folder with vision/mnist/";
  }
  for (const char* name : {"mnist", "fashion_mnist"}) {
    const ImageData data = open_data({.name = name, .dir = folder});
    EXPECT_EQ(data.train.images.sizes(), (std::vector<int64_t>{60000, 1, 28, 28}));
    const SplitDescription train = describe_split(data, data.train);
    EXPECT_EQ(describe_split(data, data.test).count, 10000);
    // Known mean and deviation of the training pixels, to the digits that people quote.
    const bool is_mnist = std::string(name) == "mnist";
    EXPECT_NEAR(train.mean, is_mnist ? 0.1307 : 0.2860, 5e-5);
    EXPECT_NEAR(train.std, is_mnist ? 0.3081 : 0.3530, 5e-5);
  }
}

}  // namespace
}  // namespace dyt::data
