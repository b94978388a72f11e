// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/dataset.h"

#include <torch/types.h>

#include <cstdlib>

#include "dyt/core/hash.h"
#include "dyt/data/internal/embedded.h"
#include "tests/data/data_test_util.h"

namespace dyt::data {
namespace {

// Of assets/digits/digits.csv.gz, as its README says.
constexpr char kDigitsFile[] = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22";
// Of the arrays after the split: changes when the split does.
constexpr char kDigitsArrays[] = "dc9d9e7d0d6eac80e2d2b8a5471ebece5201a5331793c9a62acefe6905d5adf7";

TEST(Digits, AreTheFileInAssets) { EXPECT_EQ(core::sha256_hex(digits_csv_gz()), kDigitsFile); }

TEST(Digits, HaveTheirShapesAndClasses) {
  const ImageData data = open_data({});
  EXPECT_EQ(data.name, "digits");
  EXPECT_EQ(data.train.images.sizes(), (std::vector<int64_t>{1437, 1, 8, 8}));
  EXPECT_EQ(data.test.images.sizes(), (std::vector<int64_t>{360, 1, 8, 8}));
  EXPECT_EQ(data.num_classes, 10);
  EXPECT_EQ(data.image_size, 8);
  EXPECT_EQ(data.channels, 1);
  EXPECT_EQ(data.scale, 16);
  EXPECT_EQ(data.train.images.max().item<int>(), 16);
  EXPECT_FALSE(data.licence.empty() || data.source.empty() || data.summary.empty());
  EXPECT_EQ(data.checksum, kDigitsArrays);
  EXPECT_EQ(open_data({}).checksum, data.checksum);
}

TEST(Digits, SplitKeepsEveryImageOnce) {
  const ImageData data = open_data({});
  const SplitDescription train = describe_split(data, data.train);
  const SplitDescription test = describe_split(data, data.test);
  EXPECT_EQ(train.count + test.count, 1797);
  const std::vector<int64_t> of_class = {178, 182, 177, 183, 181, 182, 181, 179, 174, 180};
  for (size_t label = 0; label < of_class.size(); ++label) {
    EXPECT_EQ(train.class_counts[label] + test.class_counts[label], of_class[label]) << label;
    EXPECT_GT(test.class_counts[label], 20) << label;
  }
  // Over all 1,797 images scikit-learn's load_digits has this pixel sum.
  const int64_t sum =
      data.train.images.sum().item<int64_t>() + data.test.images.sum().item<int64_t>();
  EXPECT_EQ(sum, 561718);
}

// Images and labels of a split as one text of bytes, as scripts/golden/digits_split.py hashes them.
std::string bytes_of(const ImageSplit& split) {
  const auto bytes = [](const at::Tensor& tensor) {
    return std::string(static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes());
  };
  return bytes(split.images) + bytes(split.labels);
}

TEST(Digits, SplitIsScikitLearns) {
  const ImageData data = open_data({});
  EXPECT_EQ(core::sha256_hex(bytes_of(data.train)),
            "cf3c35a27d08c8734ced222d27aefb96261040235c5981bff7d57e3a2dc5ca8c");
  EXPECT_EQ(core::sha256_hex(bytes_of(data.test)),
            "925b26fb4c47ec5c58a95a1b9a55bc9a4765c6ebd13c95cec9a549d1046ee2ce");
}

TEST(Digits, LimitsTakeAShareOfEveryClass) {
  const ImageData all = open_data({});
  const ImageData few = open_data({.train_limit = 100, .test_limit = 10});
  const SplitDescription whole = describe_split(all, all.train);
  for (size_t label = 0; label < 10; ++label) {
    const double share = 100.0 * static_cast<double>(whole.class_counts[label]) / 1437;
    EXPECT_NEAR(static_cast<double>(describe_split(few, few.train).class_counts[label]), share, 1);
  }
  EXPECT_EQ(describe_split(few, few.test).class_counts, std::vector<int64_t>(10, 1));
  EXPECT_TRUE(few.warnings.empty());
  EXPECT_TRUE(open_data({.train_limit = 100}).train.images.equal(few.train.images));
  EXPECT_EQ(open_data({.test_limit = 1000}).test.labels.numel(), 360);
  EXPECT_EQ(few.checksum, all.checksum);
}

TEST(Digits, APartHasSomeOfEveryClass) {
  const ImageData data = open_data({});
  ImageData part = data;
  part.test = stratified_part(data.test, 10, 30, "images/test_part");
  for (const int64_t count : describe_split(part, part.test).class_counts) {
    EXPECT_GE(count, 2);
    EXPECT_LE(count, 4);
  }
  part.test = stratified_part(data.test, 10, 1000, "images/test_part");
  EXPECT_TRUE(part.test.images.is_same(data.test.images));
}

TEST(Digits, ALimitBelowTheNumberOfClassesIsSaid) {
  const ImageData few = open_data({.train_limit = 8, .test_limit = 4});
  EXPECT_EQ(few.train.labels.numel(), 8);
  ASSERT_EQ(few.warnings.size(), 2u);
  EXPECT_TRUE(mentions(few.warnings[0], "2 of 10 classes have no image to train on: "));
  EXPECT_TRUE(mentions(few.warnings[0], "data.train_limit is 8"));
  EXPECT_TRUE(mentions(few.warnings[1], "classes have no image to test on: "));
  EXPECT_TRUE(mentions(few.warnings[1], "data.test_limit is 4"));
}

TEST(DescribeSplit, MeanAndDeviationOfPixels) {
  const ImageData data = open_data({});
  const SplitDescription description = describe_split(data, data.train);
  const at::Tensor pixels = data.train.images.to(at::kDouble) / 16;
  EXPECT_NEAR(description.mean, pixels.mean().item<double>(), 1e-12);
  EXPECT_NEAR(description.std, pixels.std(/*unbiased=*/false).item<double>(), 1e-12);
}

TEST(DatasetTable, UnknownNameOffersTheNearest) {
  const std::string message = open_error({.name = "fashion_mnits"}, core::ErrorKind::kUsage);
  EXPECT_TRUE(mentions(message, "unknown data set 'fashion_mnits'"));
  EXPECT_TRUE(mentions(message, "did you mean 'fashion_mnist'?"));
}

TEST(DatasetTable, ListsWhatThereIs) {
  std::vector<std::string> names;
  for (const DatasetRow& row : dataset_table()) {
    names.emplace_back(row.name);
    EXPECT_FALSE(row.summary.empty() || row.licence.empty() || row.source.empty()) << row.name;
  }
  EXPECT_EQ(names, (std::vector<std::string>{"digits", "mnist", "fashion_mnist", "cifar10",
                                             "images", "folder"}));
}

TEST(DataConfig, FieldsAndFolder) {
  DataConfig config;
  const core::Fields fields = core::fields_of(config);
  core::apply_override(fields, "dir=/some/where");
  EXPECT_EQ(data_folder(config), "/some/where");
  EXPECT_EQ(core::identity_text(fields),
            "crop_ratio=0.875\nimage_size=0\ninterpolation=\"bicubic\"\nname=\"digits\"\n"
            "normalization=\"half\"\nstream=false\ntest_limit=0\ntrain_limit=0");  // no paths in it
  EXPECT_EQ(dataset_name({.name = "mnist"}), "mnist");
  EXPECT_EQ(dataset_name({.images = "a", .labels = "b"}), "images");
  EXPECT_EQ(dataset_name({.folder = "a"}), "folder");
}

TEST(DataFolder, EnvironmentThenCache) {
  const char* before = std::getenv("DYT_DATA");
  const std::string saved = before == nullptr ? "" : before;
  ::setenv("DYT_DATA", "/from/environment", 1);
  EXPECT_EQ(data_folder({}), "/from/environment");
  EXPECT_EQ(data_folder({.dir = "x"}), "x");
  ::unsetenv("DYT_DATA");
  EXPECT_TRUE(data_folder({}).string().ends_with(".cache/dyt"));
  const std::string home = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");
  for (const char* none : {"", "relative"}) {
    ::setenv("HOME", none, 1);
    testing::expect_error(core::ErrorKind::kUsage, "data.dir=FOLDER", [] { data_folder({}); });
  }
  ::unsetenv("HOME");
  testing::expect_error(core::ErrorKind::kUsage, "HOME is not set", [] { data_folder({}); });
  ::setenv("HOME", home.c_str(), 1);
  if (before != nullptr) {
    ::setenv("DYT_DATA", saved.c_str(), 1);
  }
}

}  // namespace
}  // namespace dyt::data
