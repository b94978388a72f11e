// SPDX-License-Identifier: Apache-2.0
// Labelled images for training and testing: what there is (a table) and reading it.
//
//   DataConfig config{.name = "mnist"};
//   const ImageData data = open_data(config);
//   data.train.images;   // uint8 (60000, 1, 28, 28)
//
// A new data set is one row in table.cpp and one reader (internal/readers.h).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dyt/core/config.h"
#include "dyt/data/passed_over.h"
#include "dyt/pixels/planes.h"
#include "dyt/pixels/resample.h"

namespace dyt::data {

// The value of data.test_folder that says: there is none, all folders are classes.
inline constexpr char kNoTestFolder[] = "none";

struct DataConfig {
  std::string name = "digits";
  std::string images;  // the user's own data, IDX; with these the name is "images"
  std::string labels;
  std::string test_images;  // without them a fifth is held out for testing
  std::string test_labels;
  std::string folder;       // the user's own data, images in folders; then the name is "folder"
  std::string test_folder;  // of `folder`: its test images; "": by its names; "none": none
  int64_t image_size = 0;   // of `folder`: the side that images are brought to; 0: they have one
  // Of `folder`: images stay in their files and are decoded when a batch asks for them.
  bool stream = false;
  double crop_ratio = 0.875;           // of a streamed test image: image_size / shorter side
  std::string normalization = "half";  // half, imagenet
  // bicubic, bilinear: of random crops and of streamed test images
  std::string interpolation = "bicubic";
  int64_t workers = 2;      // threads that make training batches; 0: the trainer's own
  int64_t train_limit = 0;  // 0: all
  int64_t test_limit = 0;
  std::string dir;  // "": $DYT_DATA, else ~/.cache/dyt

  void visit_fields(core::Fields& fields);
};

class ImageIndex;

// Images that stay in their files: which ones of an index.
struct SplitFiles {
  std::shared_ptr<const ImageIndex> index;
  at::Tensor numbers;  // int64 (N)
};

struct ImageSplit {
  at::Tensor images;               // uint8 (N, C, H, W), contiguous; of a streamed set undefined
  at::Tensor labels;               // int64 (N), 0 .. num_classes - 1
  SplitFiles files;                // of a streamed set
  std::vector<std::string> names;  // of a folder in memory: each image's file below data.folder

  bool streamed() const { return files.index != nullptr; }
};

// The images of these numbers (int64), in their order.
ImageSplit select_images(const ImageSplit& split, const at::Tensor& numbers);

struct ImageData {
  std::string name;
  std::string summary;
  std::string licence;
  std::string source;
  ImageSplit train;
  ImageSplit test;
  int64_t num_classes = 0;
  std::vector<std::string> class_names;  // by label; empty where they are just numbers
  int64_t image_size = 0;                // height and width
  int64_t channels = 0;
  double scale = 0;  // raw value that counts as 1.0: 16 or 255
  // SHA-256 over images and labels of both splits, of a streamed set over the names of its files
  // and classes; before the limits.
  std::string checksum;
  pixels::Normalization normalization = pixels::kHalfNormalization;
  double crop_ratio = 1;                             // of streamed test images
  pixels::Filter filter = pixels::Filter::kBicubic;  // of crops and streamed test images
  int64_t workers = 0;
  // What a person should be told about the set before it is used; whole sentences.
  std::vector<std::string> warnings;
  PassedOver passed_over;  // of a folder: what is in it and was not taken, said in a warning too
};

struct DatasetRow {
  std::string_view name;
  std::string_view summary;
  std::string_view licence;
  std::string_view source;
  ImageData (*read)(const DataConfig&);
};

// digits, mnist, fashion_mnist, cifar10, images, folder.
std::span<const DatasetRow> dataset_table();

// The row that the configuration means: "images" or "folder" where the user's files or folder are
// named, else its name.
std::string dataset_name(const DataConfig& config);

// Where files are looked for: data.dir, else $DYT_DATA, else ~/.cache/dyt. Error(kUsage) where there
// is no home folder either.
std::filesystem::path data_folder(const DataConfig& config);

// Reads and checks a data set. Error(kUsage): unknown name (the nearest one is offered), keys that
// do not go together. Error(kData): a missing or damaged file, images that are not square, labels
// that do not go with the images; it names the file and, where there is one, the byte.
//
// mnist and fashion_mnist are four IDX files, plain or .gz, under their customary names
// (train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-..., t10k-labels-...), in the
// first of these folders under data_folder() that has any of them: NAME, vision/NAME, and the same
// with '-' for '_'. `folder` is JPEG and PNG files, one folder a class (docs/data.md has the
// layouts), brought to one size by resize_crop (resize.h); Error(kResources) above 8 GiB. With
// data.stream they stay in their files, whose listing is kept in core::cache_folder() / "listings";
// images are RGB. Limits and held-out parts are drawn by stratify.h.
ImageData open_data(const DataConfig& config);

// `count` of the split's images, some of every class (stratify.h), in their order; all of them where
// there are no more. `stream` names the draw.
ImageSplit stratified_part(const ImageSplit& split, int64_t num_classes, int64_t count,
                           std::string_view stream);

// What there is to say about a split, for people.
struct SplitDescription {
  int64_t count = 0;
  std::vector<int64_t> class_counts;
  double mean = 0;  // of raw / scale over all pixels, fp64; NaN of a streamed split
  double std = 0;   // population; the same
};

SplitDescription describe_split(const ImageData& data, const ImageSplit& split);

}  // namespace dyt::data
