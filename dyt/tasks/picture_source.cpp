// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/picture_source.h"

#include <torch/types.h>

#include "dyt/core/user_path.h"
#include "dyt/data/picture_files.h"
#include "dyt/data/split_image.h"
#include "dyt/tasks/open_run.h"

namespace dyt::tasks {
namespace {

constexpr std::string_view kRun = "run=";

}  // namespace

PictureSource folder_pictures(const std::filesystem::path& folder) {
  const data::PictureFiles found = data::picture_files(folder);
  const std::vector<std::filesystem::path>& files = found.images;
  const auto file = [files](int64_t number) { return files[static_cast<size_t>(number)]; };
  return {.name = folder.string(),
          .count = static_cast<int64_t>(files.size()),
          .picture = [file](int64_t number) { return formats::read_image(file(number)); },
          .place = [file](int64_t number) { return file(number).string(); },
          .passed = found.passed};
}

PictureSource split_pictures(const data::ImageData& data, const std::string& split) {
  const std::string name = split + " images of " + data.name;
  const data::ImageSplit& part = split == "train" ? data.train : data.test;
  return {.name = name,
          .count = part.labels.numel(),
          .picture = [data,
                      part](int64_t number) { return data::evaluation_image(data, part, number); },
          .place =
              [name](int64_t number) {
                return "number " + std::to_string(number) + " of the " + name;
              }};
}

PictureSource tensor_pictures(std::string name, const at::Tensor& pictures) {
  const auto picture = [pictures](int64_t number) {
    const at::Tensor interleaved = pictures[number].permute({1, 2, 0}).contiguous();
    const uint8_t* first = interleaved.const_data_ptr<uint8_t>();
    return formats::Image{.height = interleaved.size(0),
                          .width = interleaved.size(1),
                          .channels = interleaved.size(2),
                          .pixels = {first, first + interleaved.numel()}};
  };
  return {.name = name, .count = pictures.size(0), .picture = picture, .place = [name](int64_t n) {
            return "number " + std::to_string(n) + " of the " + name;
          }};
}

PictureSource pictures_of(const std::string& text, const std::string& split, bool other_data) {
  if (!text.starts_with(kRun)) {
    return folder_pictures(text);
  }
  const std::string run = text.substr(kRun.size());
  core::check_tilde("run", run, "command line");
  const RunData data = data_of_run(run, config_of_run(run), other_data);
  PictureSource source = split_pictures(data.images, split);
  source.data_differences = data.differences;
  return source;
}

}  // namespace dyt::tasks
