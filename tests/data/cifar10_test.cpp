// SPDX-License-Identifier: Apache-2.0
#include <torch/types.h>

#include "dyt/data/remote.h"
#include "tests/data/data_test_util.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;

constexpr size_t kRecord = 3073;

// Records with the labels 0, 1, ...; the pixels of a plane are 10 * label + plane.
std::string records(int count) {
  std::string bytes;
  for (int label = 0; label < count; ++label) {
    bytes += static_cast<char>(label);
    for (int plane = 0; plane < 3; ++plane) {
      bytes += std::string(1024, static_cast<char>(10 * label + plane));
    }
  }
  return bytes;
}

struct SmallCifar {
  explicit SmallCifar(const std::string& under = "cifar10/cifar-10-batches-bin")
      : root(folder / under) {
    fs::create_directories(root);
    for (const std::string_view name : find_remote("cifar10")->members) {
      core::write_file_atomic(root / name, records(name.starts_with("test") ? 4 : 10));
    }
  }
  DataConfig config() const { return {.name = "cifar10", .dir = folder.path().string()}; }
  std::string error() const { return open_error(config(), ErrorKind::kData); }

  dyt::testing::TempFolder folder;
  fs::path root;
};

TEST(Cifar10, IsFoundInEachOfItsFolders) {
  for (const char* under : {"cifar10/cifar-10-batches-bin", "cifar10", "vision/cifar10",
                            "vision/cifar10/cifar-10-batches-bin", "cifar-10-batches-bin"}) {
    const SmallCifar files(under);
    const ImageData data = open_data(files.config());
    EXPECT_EQ(data.train.images.sizes(), (std::vector<int64_t>{50, 3, 32, 32})) << under;
    EXPECT_EQ(data.test.images.sizes(), (std::vector<int64_t>{4, 3, 32, 32}));
    EXPECT_EQ(data.train.labels[17].item<int64_t>(), 7);
    EXPECT_EQ(data.train.images[17][2][31][31].item<int>(), 72);
    EXPECT_EQ(data.num_classes, 10);
    EXPECT_EQ(data.class_names[7], "horse");
    EXPECT_EQ(data.scale, 255);
  }
}

TEST(Cifar10, MissingDataSaysWhereAndHow) {
  const SmallCifar files("elsewhere");
  const std::string message = files.error();
  EXPECT_TRUE(mentions(message, "cifar10 is not there"));
  EXPECT_TRUE(mentions(message, "dyt data fetch cifar10"));
  EXPECT_TRUE(mentions(message, "cifar10/cifar-10-batches-bin"));
}

TEST(Cifar10, AMissingFileIsNamed) {
  const SmallCifar files;
  fs::remove(files.root / "data_batch_3.bin");
  EXPECT_TRUE(mentions(files.error(), "data_batch_3.bin"));
}

TEST(Cifar10, ATruncatedFileIsNamed) {
  const SmallCifar files;
  for (const size_t size : {size_t{0}, kRecord - 1, 2 * kRecord + 1}) {
    core::write_file_atomic(files.root / "test_batch.bin", records(3).substr(0, size));
    const std::string message = files.error();
    EXPECT_TRUE(mentions(message, "test_batch.bin"));
    EXPECT_TRUE(mentions(message, "multiple of 3073"));
  }
}

TEST(Cifar10, AWrongLabelIsNamedWithItsByte) {
  const SmallCifar files;
  core::write_file_atomic(files.root / "data_batch_5.bin", records(11));
  EXPECT_TRUE(mentions(files.error(), "data_batch_5.bin, byte 30730"));
}

}  // namespace
}  // namespace dyt::data
