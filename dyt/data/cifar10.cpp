// SPDX-License-Identifier: Apache-2.0
// CIFAR-10 in its binary version: files of records of 3,073 bytes, a label and the red, green and
// blue planes of 32 rows of 32 pixels.
#include <torch/types.h>

#include <algorithm>

#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/data/internal/checksums.h"
#include "dyt/data/internal/readers.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;
using core::Error;
using core::ErrorKind;

constexpr int64_t kCifarSide = 32;
constexpr int64_t kChannels = 3;
constexpr size_t kRecord = 1 + kChannels * kCifarSide * kCifarSide;
constexpr int64_t kCifarClasses = 10;
constexpr double kMaxCifarPixel = 255;

// Appends the records of a file to `records` after checking them.
void append_records(const fs::path& path, std::string& records) {
  const std::string bytes = core::read_file(path);
  if (bytes.empty() || bytes.size() % kRecord != 0) {
    throw Error(ErrorKind::kData,
                {.what = "not a file of CIFAR-10, or a truncated one",
                 .where = path.string(),
                 .expected = "a multiple of " + std::to_string(kRecord) + " bytes",
                 .found = std::to_string(bytes.size()),
                 .todo = "`dyt data verify cifar10` checks the files"});
  }
  for (size_t byte = 0; byte < bytes.size(); byte += kRecord) {
    const auto label = static_cast<unsigned char>(bytes[byte]);
    if (label >= kCifarClasses) {
      throw Error(ErrorKind::kData, {.what = "a label is out of range",
                                     .where = path.string() + ", byte " + std::to_string(byte),
                                     .expected = "0 to " + std::to_string(kCifarClasses - 1),
                                     .found = std::to_string(label)});
    }
  }
  records += bytes;
}

ImageSplit split_of(const std::string& records) {
  const auto count = static_cast<int64_t>(records.size() / kRecord);
  ImageSplit split{.images = at::empty({count, kChannels, kCifarSide, kCifarSide}, at::kByte),
                   .labels = at::empty({count}, at::kLong)};
  auto* pixel = split.images.mutable_data_ptr<uint8_t>();
  auto* label = split.labels.mutable_data_ptr<int64_t>();
  for (size_t byte = 0; byte < records.size(); byte += kRecord) {
    *label++ = static_cast<unsigned char>(records[byte]);
    pixel = std::copy_n(records.data() + byte + 1, kRecord - 1, pixel);
  }
  return split;
}

}  // namespace

ImageData read_cifar10(const DataConfig& config) {
  const RemoteDataset& remote = *find_remote("cifar10");
  const fs::path folder = present_folder(remote, data_folder(config));
  if (folder.empty()) {
    throw_missing(config, "the data set cifar10 is not there",
                  candidate_folders(remote, data_folder(config)));
  }
  std::string train;
  std::string test;
  for (const std::string_view name : remote.members) {
    if (!fs::is_regular_file(folder / name)) {
      throw_missing(config, "a file of the data set cifar10 is missing", {folder / name});
    }
    append_records(folder / name, name.starts_with("test") ? test : train);
  }
  return {.train = split_of(train),
          .test = split_of(test),
          .num_classes = kCifarClasses,
          .class_names = {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse",
                          "ship", "truck"},
          .scale = kMaxCifarPixel};
}

}  // namespace dyt::data
