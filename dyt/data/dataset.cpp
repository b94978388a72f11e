// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/dataset.h"

#include <torch/types.h>

#include <cmath>
#include <cstdlib>
#include <limits>

#include "dyt/core/error.h"
#include "dyt/core/hash.h"
#include "dyt/core/lookup.h"
#include "dyt/core/user_path.h"
#include "dyt/data/image_index.h"
#include "dyt/data/internal/class_coverage.h"
#include "dyt/data/internal/readers.h"
#include "dyt/data/stratify.h"

namespace dyt::data {
namespace {

constexpr std::string_view kUserImages = "images";
constexpr std::string_view kFolder = "folder";

std::string_view bytes_of(const at::Tensor& tensor) {
  return {static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()};
}

std::string checksum_of(const ImageData& data) {
  std::string text;
  for (const ImageSplit* split : {&data.train, &data.test}) {
    for (const at::Tensor& tensor : {split->images, split->labels}) {
      for (const int64_t length : tensor.sizes()) {
        text += std::to_string(length) + " ";
      }
      text += core::sha256_hex(bytes_of(tensor)) + "\n";
    }
  }
  return core::sha256_hex(text);
}

void limit_splits(ImageData& data, const DataConfig& config) {
  if (config.train_limit > 0) {
    data.train =
        stratified_part(data.train, data.num_classes, config.train_limit, "images/train_limit");
  }
  if (config.test_limit > 0) {
    data.test =
        stratified_part(data.test, data.num_classes, config.test_limit, "images/test_limit");
  }
}

std::span<const int64_t> label_span(const at::Tensor& labels) {
  return {labels.const_data_ptr<int64_t>(), static_cast<size_t>(labels.numel())};
}

void check_folder_keys(const DataConfig& config, std::string_view name) {
  if (name == kFolder || (config.image_size == 0 && !config.stream && config.test_folder.empty())) {
    return;
  }
  const std::string key = config.stream            ? "data.stream"
                          : config.image_size == 0 ? "data.test_folder"
                                                   : "data.image_size";
  throw core::Error(core::ErrorKind::kUsage, {.what = key + " goes with data.folder only",
                                              .where = "configuration",
                                              .found = "the data set " + std::string(name),
                                              .todo = "leave " + key + " out"});
}

// What the table's reader leaves open of a set that is held in memory.
void complete_from_images(ImageData& data) {
  data.channels = data.train.images.size(1);
  data.image_size = data.train.images.size(2);
  data.checksum = checksum_of(data);
}

}  // namespace

ImageSplit select_images(const ImageSplit& split, const at::Tensor& numbers) {
  ImageSplit part{.labels = split.labels.index_select(0, numbers)};
  if (split.streamed()) {
    part.files = {.index = split.files.index,
                  .numbers = split.files.numbers.index_select(0, numbers)};
  } else {
    part.images = split.images.index_select(0, numbers);
  }
  const at::Tensor chosen = split.names.empty() ? at::empty({0}, at::kLong) : numbers.contiguous();
  for (const int64_t number : at::ArrayRef<int64_t>(chosen.const_data_ptr<int64_t>(),
                                                    static_cast<size_t>(chosen.numel()))) {
    part.names.push_back(split.names.at(static_cast<size_t>(number)));
  }
  return part;
}

ImageSplit stratified_part(const ImageSplit& split, int64_t num_classes, int64_t count,
                           std::string_view stream) {
  if (count >= split.labels.numel()) {
    return split;
  }
  return select_images(
      split, at::tensor(stratified_numbers(label_span(split.labels), num_classes, count, stream)));
}

void DataConfig::visit_fields(core::Fields& fields) {
  // Paths are no part of a run's identity: the checksum of what they hold is.
  fields.add("name", name, {.help = "data set; `dyt data list` shows them"});
  fields.add("images", images,
             {.help = "your own images: IDX file, .gz or not", .identity = false});
  fields.add("labels", labels, {.help = "their labels: IDX file", .identity = false});
  fields.add("test_images", test_images,
             {.help = "images to test on; empty: a fifth of every class of data.images, drawn once "
                      "for all runs",
              .identity = false});
  fields.add("test_labels", test_labels, {.help = "their labels", .identity = false});
  fields.add("folder", folder,
             {.help = "your own images: a folder with one folder of JPEG or PNG files a class",
              .identity = false});
  fields.add("test_folder", test_folder,
             {.help = "images to test on, where data.folder holds the folders of classes itself; "
                      "empty: found by its name (test, val, ...) in data.folder; none: a fifth is "
                      "held out, whatever folders are called",
              .identity = false});
  fields.add("image_size", image_size,
             {.help = "images of data.folder are brought to squares of this side; 0: they are",
              .min = 0,
              .max = 4096});
  fields.add("stream", stream,
             {.help = "images of data.folder stay in their files and are decoded, by data.workers "
                      "threads, when a batch asks for them: for sets that memory does not hold"});
  fields.add("crop_ratio", crop_ratio,
             {.help = "of a streamed test image: share of the shorter side that is seen; 1 keeps "
                      "the sides' ratio at any size, below 1 images of 384 pixels and more are "
                      "squeezed to a square instead, as the supervised recipes do",
              .min = 0.1,
              .max = 1});
  fields.add("normalization", normalization,
             {.help = "half: from 0 .. 1 to -1 .. 1; imagenet: by mean and standard deviation of "
                      "ImageNet's channels",
              .choices = {"half", "imagenet"}});
  fields.add("interpolation", interpolation,
             {.help = "filter of random crops and of streamed test images",
              .choices = {"bicubic", "bilinear"}});
  fields.add("workers", workers,
             {.help = "threads that decode and augment training images ahead (not those of "
                      "augment.policy=affine); 0: the training thread does it",
              .min = 0,
              .max = 1024,
              .identity = false});
  fields.add("train_limit", train_limit,
             {.help = "train on so many images only, some of every class, drawn once for all runs; "
                      "0: all",
              .min = 0});
  fields.add("test_limit", test_limit,
             {.help = "test on so many images only, some of every class, drawn once for all runs; "
                      "0: all",
              .min = 0});
  fields.add(
      "dir", dir,
      {.help = "folder of the data sets; empty: $DYT_DATA, else ~/.cache/dyt", .identity = false});
}

std::string dataset_name(const DataConfig& config) {
  const bool has_files = !config.images.empty() || !config.labels.empty() ||
                         !config.test_images.empty() || !config.test_labels.empty();
  if (!config.folder.empty()) {
    return std::string(kFolder);
  }
  return has_files ? std::string(kUserImages) : config.name;
}

std::filesystem::path data_folder(const DataConfig& config) {
  if (!config.dir.empty()) {
    return config.dir;
  }
  const char* from_environment = std::getenv("DYT_DATA");
  if (from_environment != nullptr && *from_environment != '\0') {
    return from_environment;
  }
  const std::filesystem::path home = core::home_folder();
  if (home.empty()) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "there is no folder for data sets: HOME is not set to a whole path",
                       .where = "environment",
                       .todo = "name one: data.dir=FOLDER (of `dyt data`: --dir FOLDER), or "
                               "DYT_DATA=FOLDER"});
  }
  return home / ".cache/dyt";
}

void throw_missing(const DataConfig& config, const std::string& what,
                   const std::vector<std::filesystem::path>& looked_for) {
  std::string places;
  for (const std::filesystem::path& path : looked_for) {
    places += "\n    " + path.string();
  }
  const std::string dir = config.dir.empty() ? "" : " --dir '" + config.dir + "'";
  throw core::Error(core::ErrorKind::kData,
                    {.what = what,
                     .where = "looked for:" + places,
                     .todo = "fetch it: dyt data fetch " + config.name + dir +
                             "; or name the folder that holds " + config.name +
                             "/ with data.dir=FOLDER or DYT_DATA=FOLDER"});
}

ImageData hold_out_fifth(const ImageSplit& all, int64_t num_classes) {
  const HeldOutFifth parts = hold_out_fifth_of(label_span(all.labels), num_classes);
  if (parts.test.empty()) {
    throw core::Error(core::ErrorKind::kData,
                      {.what = "nothing can be held out to test on: every class has one image",
                       .where = "training images",
                       .expected = "a class with two images or more, or test images of their own"});
  }
  return {.train = select_images(all, at::tensor(parts.train)),
          .test = select_images(all, at::tensor(parts.test))};
}

ImageData open_data(const DataConfig& config) {
  const DatasetRow& row = core::find_row(dataset_table(), dataset_name(config), "data set");
  check_folder_keys(config, row.name);
  ImageData data = row.read(config);
  data.name = row.name;
  data.summary = row.summary;
  data.licence = row.licence;
  data.source = row.source;
  if (!data.train.streamed()) {
    complete_from_images(data);
  }
  if (config.normalization == "imagenet") {
    data.normalization = pixels::Normalization();
  }
  data.filter = pixels::filter_of_name(config.interpolation);
  data.workers = config.workers;
  limit_splits(data, config);
  if (std::string text = passed_over_warning("data.folder", data.passed_over); !text.empty()) {
    data.warnings.insert(data.warnings.begin(), std::move(text));
  }
  add_class_warnings(data, config);
  return data;
}

SplitDescription describe_split(const ImageData& data, const ImageSplit& split) {
  const at::Tensor counts = at::bincount(split.labels, {}, data.num_classes);
  const int64_t* first = counts.const_data_ptr<int64_t>();
  if (split.streamed()) {
    const double unknown = std::numeric_limits<double>::quiet_NaN();
    return {.count = split.labels.numel(),
            .class_counts = {first, first + counts.numel()},
            .mean = unknown,
            .std = unknown};
  }
  // A histogram of the 256 raw values instead of a copy of all pixels in fp64.
  const at::Tensor histogram = at::bincount(split.images.flatten(), {}, 256).to(at::kDouble);
  const at::Tensor values = at::arange(256, at::kDouble) / data.scale;
  const double pixels = static_cast<double>(split.images.numel());
  const double mean = (histogram * values).sum().item<double>() / pixels;
  const double variance = (histogram * (values - mean).square()).sum().item<double>() / pixels;
  return {.count = split.labels.numel(),
          .class_counts = {first, first + counts.numel()},
          .mean = mean,
          .std = std::sqrt(variance)};
}

}  // namespace dyt::data
