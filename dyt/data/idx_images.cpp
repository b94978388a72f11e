// SPDX-License-Identifier: Apache-2.0
// Data sets that are IDX files: MNIST, Fashion-MNIST, the user's own.
#include <torch/types.h>

#include <algorithm>

#include "dyt/core/error.h"
#include "dyt/data/internal/readers.h"
#include "dyt/data/remote.h"
#include "dyt/formats/idx.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;
using core::Error;
using core::ErrorKind;

constexpr double kMaxIdxPixel = 255;
constexpr int64_t kMnistClasses = 10;
constexpr std::string_view kMnistFiles[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                            "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text = "(";
  for (const int64_t length : shape) {
    text += (text.size() > 1 ? ", " : "") + std::to_string(length);
  }
  return text + ")";
}

at::Tensor read_image_file(const fs::path& path) {
  const formats::IdxArray array = formats::read_idx(path);
  const std::vector<int64_t>& shape = array.shape;
  if (shape.size() != 3) {
    throw Error(ErrorKind::kData, {.what = "the IDX file does not hold grey images",
                                   .where = path.string(),
                                   .expected = "3 dimensions: (images, height, width)",
                                   .found = "the shape " + shape_text(shape)});
  }
  if (shape[1] != shape[2] || array.bytes.empty()) {
    throw Error(ErrorKind::kData, {.what = "the images must be square, and there must be some",
                                   .where = path.string(),
                                   .expected = "(images, height, width) with height = width",
                                   .found = shape_text(shape),
                                   .todo = "crop or pad the images to squares"});
  }
  at::Tensor images = at::empty({shape[0], 1, shape[1], shape[2]}, at::kByte);
  std::copy(array.bytes.begin(), array.bytes.end(), images.mutable_data_ptr<uint8_t>());
  return images;
}

at::Tensor read_label_file(const fs::path& path, int64_t images, const fs::path& images_path) {
  const formats::IdxArray array = formats::read_idx(path);
  if (array.shape.size() != 1) {
    throw Error(ErrorKind::kData, {.what = "the IDX file does not hold labels",
                                   .where = path.string(),
                                   .expected = "1 dimension: (labels)",
                                   .found = "the shape " + shape_text(array.shape)});
  }
  if (array.shape[0] != images) {
    throw Error(ErrorKind::kData,
                {.what = "images and labels differ in number",
                 .where = path.string(),
                 .expected = std::to_string(images) + ", as in " + images_path.string(),
                 .found = std::to_string(array.shape[0]),
                 .todo = "name the two files that belong together"});
  }
  at::Tensor labels = at::empty({images}, at::kLong);
  std::copy(array.bytes.begin(), array.bytes.end(), labels.mutable_data_ptr<int64_t>());
  return labels;
}

ImageSplit read_split(const fs::path& images_path, const fs::path& labels_path) {
  ImageSplit split{.images = read_image_file(images_path)};
  split.labels = read_label_file(labels_path, split.images.size(0), images_path);
  return split;
}

void check_labels(const at::Tensor& labels, int64_t num_classes, const fs::path& path) {
  const int64_t* first = labels.const_data_ptr<int64_t>();
  const int64_t* last = first + labels.numel();
  const int64_t* bad =
      std::find_if(first, last, [&](int64_t label) { return label >= num_classes; });
  if (bad != last) {
    const uint64_t byte = formats::idx_data_start(1) + static_cast<uint64_t>(bad - first);
    throw Error(ErrorKind::kData,
                {.what = "a label is out of range",
                 .where = path.string() + ", byte " + std::to_string(byte) + " (unpacked)",
                 .expected = "0 to " + std::to_string(num_classes - 1),
                 .found = std::to_string(*bad)});
  }
}

fs::path packed_file(const fs::path& folder, std::string_view stem) {
  fs::path path = folder / stem;
  path += ".gz";
  return path;
}

// The file plain or packed; an empty path where there is neither.
fs::path existing_file(const fs::path& folder, std::string_view stem) {
  const fs::path plain = folder / stem;
  const fs::path packed = packed_file(folder, stem);
  std::error_code ignored;  // a folder that may not be read counts as one without the file
  if (fs::is_regular_file(packed, ignored)) {
    return packed;
  }
  return fs::is_regular_file(plain, ignored) ? plain : fs::path();
}

fs::path mnist_folder(const DataConfig& config) {
  const std::vector<fs::path> folders = dataset_folders(data_folder(config), config.name);
  std::vector<fs::path> looked_for;
  for (const fs::path& folder : folders) {
    looked_for.push_back(packed_file(folder, kMnistFiles[0]));
    for (const std::string_view stem : kMnistFiles) {
      if (!existing_file(folder, stem).empty()) {
        return folder;
      }
    }
  }
  throw_missing(config, "the data set " + config.name + " is not there", looked_for);
}

void check_user_keys(const DataConfig& config) {
  const auto refuse = [](const std::string& what, const std::string& todo) {
    throw Error(ErrorKind::kUsage, {.what = what, .where = "configuration", .todo = todo});
  };
  if (config.images.empty() || config.labels.empty()) {
    refuse("your own images need both data.images and data.labels",
           "name two IDX files: data.images=FILE data.labels=FILE");
  }
  if (config.name != "images" && config.name != DataConfig().name) {
    refuse("data.images does not go with data.name=" + config.name, "give one of the two");
  }
  if (config.test_images.empty() != config.test_labels.empty()) {
    refuse("data.test_images and data.test_labels go together",
           "name both, or neither: then a fifth of data.images is held out");
  }
}

void check_different_labels(const at::Tensor& labels, const fs::path& path) {
  const int64_t count = labels.numel();
  const int64_t first = labels[0].item<int64_t>();
  const bool alike = labels.eq(first).all().item<bool>();
  if (alike || count < 2) {
    throw Error(ErrorKind::kData,
                {.what = "there is nothing to tell apart",
                 .where = path.string(),
                 .expected = "at least 2 images and 2 classes",
                 .found = std::to_string(count) + " images, " +
                          (alike ? "1 classes: every label is " + std::to_string(first)
                                 : "several classes")});
  }
}

}  // namespace

ImageData read_mnist(const DataConfig& config) {
  const fs::path folder = mnist_folder(config);
  std::vector<fs::path> files;
  for (const std::string_view stem : kMnistFiles) {
    files.push_back(existing_file(folder, stem));
    if (files.back().empty()) {
      throw_missing(config, "a file of the data set " + config.name + " is missing",
                    {packed_file(folder, stem), folder / stem});
    }
  }
  ImageData data{.train = read_split(files[0], files[1]),
                 .test = read_split(files[2], files[3]),
                 .num_classes = kMnistClasses,
                 .scale = kMaxIdxPixel};
  check_labels(data.train.labels, kMnistClasses, files[1]);
  check_labels(data.test.labels, kMnistClasses, files[3]);
  return data;
}

ImageData read_user_images(const DataConfig& config) {
  check_user_keys(config);
  const ImageSplit given = read_split(config.images, config.labels);
  const int64_t num_classes = given.labels.max().item<int64_t>() + 1;
  check_different_labels(given.labels, config.labels);
  ImageData data;
  if (config.test_images.empty()) {
    data = hold_out_fifth(given, num_classes);
  } else {
    data.train = given;
    data.test = read_split(config.test_images, config.test_labels);
    check_labels(data.test.labels, num_classes, config.test_labels);
    check_tested_are_trained(data.train.labels, data.test.labels, num_classes, config.test_labels);
  }
  if (data.test.images.size(2) != data.train.images.size(2)) {
    throw Error(ErrorKind::kData,
                {.what = "the test images have another size than the training images",
                 .where = config.test_images,
                 .expected = std::to_string(data.train.images.size(2)) + " pixels a side",
                 .found = std::to_string(data.test.images.size(2))});
  }
  data.num_classes = num_classes;
  data.scale = kMaxIdxPixel;
  return data;
}

}  // namespace dyt::data
