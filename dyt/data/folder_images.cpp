// SPDX-License-Identifier: Apache-2.0
// Data sets that are folders of JPEG and PNG files, one folder a class.
#include <ATen/Parallel.h>
#include <torch/types.h>

#include <algorithm>

#include "dyt/core/error.h"
#include "dyt/core/text.h"
#include "dyt/data/internal/image_files.h"
#include "dyt/data/internal/readers.h"
#include "dyt/data/resize.h"
#include "dyt/formats/image.h"

namespace dyt::data {
namespace {

using core::Error;
using core::ErrorKind;

constexpr double kMaxFilePixel = 255;
constexpr int64_t kMaxBytes = int64_t{8} << 30;  // all images are held in memory

// What every image is brought to.
struct Shape {
  int64_t size = 0;
  int64_t channels = 0;
  std::string warning;  // "": nothing is to be said about the images

  int64_t bytes() const { return size * size * channels; }
};

std::string size_text(const formats::ImageInfo& info) {
  return std::to_string(info.width) + "x" + std::to_string(info.height);
}

std::vector<formats::ImageInfo> infos_of(const std::vector<LabelledFile>& files) {
  std::vector<formats::ImageInfo> infos(files.size());
  at::parallel_for(0, static_cast<int64_t>(files.size()), 64, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      infos[static_cast<size_t>(i)] = formats::read_image_info(files[static_cast<size_t>(i)].path);
    }
  });
  return infos;
}

// Without data.image_size all images must be squares of one size.
int64_t common_size(const std::vector<LabelledFile>& files,
                    const std::vector<formats::ImageInfo>& infos) {
  const formats::ImageInfo& first = infos.front();
  for (size_t i = 0; i < infos.size(); ++i) {
    if (infos[i].height != first.height || infos[i].width != infos[i].height) {
      throw Error(ErrorKind::kData,
                  {.what = "the images are not all squares of one size",
                   .where = files[i].path.string(),
                   .expected = first.height == first.width
                                   ? size_text(first) + " pixels, as in " + files[0].path.string()
                                   : "as many rows as columns",
                   .found = size_text(infos[i]),
                   .todo = "say to what size all are to be brought: data.image_size=32 for "
                           "instance"});
    }
  }
  return first.height;
}

std::string orientation_warning(const std::vector<LabelledFile>& files,
                                const std::vector<formats::ImageInfo>& infos) {
  const auto turned = [](const formats::ImageInfo& info) { return info.orientation != 1; };
  const auto first = std::find_if(infos.begin(), infos.end(), turned);
  if (first == infos.end()) {
    return "";
  }
  return std::to_string(std::count_if(first, infos.end(), turned)) + " of " +
         std::to_string(infos.size()) +
         " images say in EXIF that the camera was turned (orientation other than 1), which is not "
         "applied: they are used as they are stored; the first is " +
         files[static_cast<size_t>(first - infos.begin())].path.string();
}

Shape shape_of(const std::vector<LabelledFile>& files, int64_t image_size) {
  const std::vector<formats::ImageInfo> infos = infos_of(files);
  Shape shape{.size = image_size > 0 ? image_size : common_size(files, infos),
              .warning = orientation_warning(files, infos)};
  for (const formats::ImageInfo& info : infos) {
    shape.channels = std::max(shape.channels, info.channels);
  }
  const auto count = static_cast<int64_t>(files.size());
  if (count > kMaxBytes / shape.bytes()) {
    throw Error(
        ErrorKind::kResources,
        {.what = "the images do not fit into memory",
         .where = "data.folder",
         .expected = "at most " + std::to_string(kMaxBytes >> 30) + " GiB",
         .found = std::to_string(count) + " images of " + std::to_string(shape.bytes()) + " bytes",
         .todo = "set data.stream=true, and they stay in their files; or a smaller "
                 "data.image_size"});
  }
  return shape;
}

// One plane a channel; a grey image among coloured ones fills all three.
void write_planes(const formats::Image& image, const Shape& shape, uint8_t* output) {
  const int64_t plane = shape.size * shape.size;
  for (int64_t channel = 0; channel < shape.channels; ++channel) {
    const uint8_t* value = image.pixels.data() + (image.channels == 1 ? 0 : channel);
    for (int64_t pixel = 0; pixel < plane; ++pixel) {
      *output++ = *value;
      value += image.channels;
    }
  }
}

ImageSplit read_files(const std::vector<LabelledFile>& files, const Shape& shape,
                      const std::filesystem::path& folder) {
  const auto count = static_cast<int64_t>(files.size());
  ImageSplit split{.images = at::empty({count, shape.channels, shape.size, shape.size}, at::kByte),
                   .labels = at::empty({count}, at::kLong)};
  for (const LabelledFile& file : files) {
    split.names.push_back(file.path.lexically_relative(folder).string());
  }
  auto* pixels = split.images.mutable_data_ptr<uint8_t>();
  auto* labels = split.labels.mutable_data_ptr<int64_t>();
  at::parallel_for(0, count, 16, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const LabelledFile& file = files[static_cast<size_t>(i)];
      const formats::Image image = resize_crop(formats::read_image(file.path), shape.size);
      write_planes(image, shape, pixels + i * shape.bytes());
      labels[i] = file.label;
    }
  });
  return split;
}

void check_keys(const DataConfig& config) {
  const bool other_name = config.name != "folder" && config.name != DataConfig().name;
  const bool files = !config.images.empty() || !config.labels.empty() ||
                     !config.test_images.empty() || !config.test_labels.empty();
  if (config.folder.empty() || other_name || files) {
    throw Error(
        ErrorKind::kUsage,
        {.what = config.folder.empty()
                     ? "the data set 'folder' needs data.folder"
                     : "data.folder does not go with " +
                           (files ? std::string("data.images") : "data.name=" + config.name),
         .where = "configuration",
         .todo = config.folder.empty() ? "name it: data.folder=FOLDER" : "give one of the two"});
  }
}

}  // namespace

ImageData read_folder(const DataConfig& config) {
  check_keys(config);
  if (config.stream) {
    return read_streamed_folder(config);
  }
  const ImageFiles files = find_image_files(config.folder, config.test_folder);
  const auto num_classes = static_cast<int64_t>(files.class_names.size());
  std::vector<LabelledFile> all = files.train;
  all.insert(all.end(), files.test.begin(), files.test.end());
  const Shape shape = shape_of(all, config.image_size);
  ImageData data;
  if (files.test.empty()) {
    data = hold_out_fifth(read_files(files.train, shape, config.folder), num_classes);
  } else {
    data.train = read_files(files.train, shape, config.folder);
    data.test = read_files(files.test, shape, config.folder);
  }
  data.warnings = files.warnings;
  if (!shape.warning.empty()) {
    data.warnings.push_back(shape.warning);
  }
  data.passed_over = files.passed;
  data.num_classes = num_classes;
  data.class_names = files.class_names;
  data.scale = kMaxFilePixel;
  return data;
}

}  // namespace dyt::data
