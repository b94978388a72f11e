// SPDX-License-Identifier: Apache-2.0
// Folders of images that stay in their files: data.stream.
#include <torch/types.h>

#include "dyt/data/image_index.h"
#include "dyt/data/sample_makers.h"
#include "dyt/data/split_image.h"
#include "tests/data/batches.h"
#include "tests/data/data_test_util.h"
#include "tests/support/image_files.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;
using dyt::testing::jpeg_bytes;
using dyt::testing::stripes;

class StreamedFolder : public ::testing::Test {
 protected:
  // Images of several sizes, neither square.
  void add(const std::string& part, int count) const {
    for (int i = 0; i < count; ++i) {
      const fs::path place = root() / part / (i % 3 == 0 ? "cat" : "dog");
      fs::create_directories(place);
      core::write_file_atomic(place / (std::to_string(i) + ".jpg"),
                              jpeg_bytes(stripes(20 + i, 31 - i, i % 4 == 0 ? 1 : 3, i)));
    }
  }
  void SetUp() override { ::setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1); }
  void TearDown() override { ::unsetenv("XDG_CACHE_HOME"); }
  fs::path root() const { return folder_ / "pets"; }
  DataConfig config() const {
    return {.folder = root().string(), .image_size = 16, .stream = true};
  }

  dyt::testing::TempFolder folder_;
};

TEST_F(StreamedFolder, HasNumbersLabelsAndNoPixels) {
  add("train", 9);
  add("val", 5);
  const ImageData data = open_data(config());
  EXPECT_TRUE(data.train.streamed());
  EXPECT_FALSE(data.train.images.defined());
  EXPECT_EQ(data.train.labels.sizes(), (std::vector<int64_t>{9}));
  EXPECT_EQ(data.test.labels.sizes(), (std::vector<int64_t>{5}));
  EXPECT_EQ(data.class_names, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(data.train.labels.sum().item<int64_t>(), 6);
  EXPECT_EQ(data.channels, 3);
  EXPECT_EQ(data.image_size, 16);
  const SplitDescription described = describe_split(data, data.train);
  EXPECT_EQ(described.class_counts, (std::vector<int64_t>{3, 6}));
  EXPECT_TRUE(std::isnan(described.mean));
}

TEST_F(StreamedFolder, AnImageIsThatOfItsFileWhereverASplitHasIt) {
  add("", 10);
  DataConfig limited = config();
  limited.train_limit = 4;
  for (const DataConfig& wanted : {config(), limited}) {
    const ImageData data = open_data(wanted);
    EXPECT_EQ(data.test.labels.numel(), 2) << "a fifth is held out";
    for (const ImageSplit* split : {&data.train, &data.test}) {
      for (int64_t n = 0; n < split->labels.numel(); ++n) {
        const int64_t number = split->files.numbers[n].item<int64_t>();
        const ImageIndex& index = *split->files.index;
        EXPECT_EQ(split->labels[n].item<int64_t>(), index.label(number));
        EXPECT_EQ(split_image(data, *split, n).pixels,
                  formats::read_image(index.path(number)).pixels);
      }
    }
  }
}

int files_below(const fs::path& folder) {
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    files += entry.is_regular_file() ? 1 : 0;
  }
  return files;
}

TEST_F(StreamedFolder, TheListingIsKeptInTheCacheAndNeverBesideData) {
  add("train", 6);
  add("test", 6);
  fs::create_directories(folder_ / "data");
  DataConfig wanted = config();
  wanted.dir = (folder_ / "data").string();
  open_data(wanted);
  EXPECT_EQ(files_below(folder_ / "cache/dyt/listings"), 2);
  EXPECT_EQ(files_below(folder_ / "data"), 0);
  EXPECT_EQ(files_below(root()), 12);
}

TEST_F(StreamedFolder, ACacheThatCannotBeIsDoneWithout) {
  add("", 10);
  const std::string checksum = open_data(config()).checksum;
  core::write_file_atomic(folder_ / "file", "x");
  const std::string home = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");
  for (const char* place : {"file/no folder", "relative"}) {
    const std::string cache =
        place[0] == 'f' ? (folder_ / place).string() : std::string("relative-cache");
    ::setenv("XDG_CACHE_HOME", cache.c_str(), 1);
    ::unsetenv("HOME");
    EXPECT_EQ(open_data(config()).checksum, checksum);
    EXPECT_FALSE(fs::exists("relative-cache") || fs::exists(".cache"));
  }
  ::setenv("HOME", home.c_str(), 1);
}

TEST_F(StreamedFolder, TheChecksumGoesByNames) {
  add("", 10);
  const std::string before = open_data(config()).checksum;
  EXPECT_EQ(open_data(config()).checksum, before);
  fs::rename(root() / "cat/0.jpg", root() / "cat/00.jpg");
  EXPECT_NE(open_data(config()).checksum, before);
  EXPECT_NE(open_data({.folder = root().string(), .image_size = 16}).checksum, before);
}

TEST_F(StreamedFolder, BatchesAreTheTransformsOfTheFiles) {
  add("", 12);
  DataConfig wanted = config();
  wanted.normalization = "imagenet";
  const ImageData data = open_data(wanted);
  const std::vector<int64_t> samples = {5, 0};
  const at::Tensor batch = train_batch(
      data, samples, {.augment = {.policy = "supervised", .min_area = 0.3}, .seed = 4, .epoch = 2});
  pixels::TrainTransform transform = pixels::supervised_train(16);
  transform.range.min_area = 0.3;
  at::Tensor view = at::empty({3, 16, 16});
  for (size_t n = 0; n < samples.size(); ++n) {
    pixels::apply(transform, split_image(data, data.train, samples[n]),
                  {.seed = 4, .epoch = 2, .sample = static_cast<uint64_t>(samples[n])},
                  view.mutable_data_ptr<float>());
    EXPECT_TRUE(batch[static_cast<int64_t>(n)].equal(view));
  }
  const SampleMaker maker = streamed_maker(data, data.test);
  ASSERT_EQ(maker.views.size(), 1u);
  at::Tensor found = at::empty({3, 16, 16});
  float* const place = found.mutable_data_ptr<float>();
  EXPECT_EQ(maker.make({.sample = 1}, std::span(&place, 1)), data.test.labels[1].item<int64_t>());
  pixels::apply(pixels::supervised_eval(16, 0.875), split_image(data, data.test, 1),
                view.mutable_data_ptr<float>());
  EXPECT_TRUE(found.equal(view));
}

TEST_F(StreamedFolder, BadInput) {
  add("train", 6);
  add("val", 6);
  const auto error = [&](const auto& change, ErrorKind kind) {
    DataConfig wanted = config();
    change(wanted);
    return open_error(wanted, kind);
  };
  EXPECT_TRUE(mentions(error([](DataConfig& c) { c.image_size = 0; }, ErrorKind::kUsage),
                       "data.image_size"));
  EXPECT_TRUE(mentions(open_error({.name = "digits", .stream = true}, ErrorKind::kUsage),
                       "data.stream goes with data.folder"));
  fs::create_directories(root() / "val/bird");
  EXPECT_TRUE(mentions(error([](DataConfig&) {}, ErrorKind::kData), "bird"));
  core::write_file_atomic(root() / "val/bird/1.jpg", jpeg_bytes(stripes(9, 9, 3)));
  EXPECT_TRUE(mentions(error([](DataConfig&) {}, ErrorKind::kData), "bird"));
  fs::remove_all(root() / "val/bird");
  core::write_file_atomic(root() / "train/cat/0.jpg", "no picture");
  const ImageData data = open_data(config());
  try {
    split_image(data, data.train, 0);
    ADD_FAILURE() << "no error was thrown";
  } catch (const core::Error& failure) {
    EXPECT_TRUE(mentions(failure.what(), "0.jpg"));
  }
}

}  // namespace
}  // namespace dyt::data
