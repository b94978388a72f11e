// SPDX-License-Identifier: Apache-2.0
// Sets of pictures, real or generated, one after the other as 8-bit pixels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "dyt/data/dataset.h"
#include "dyt/formats/image.h"

namespace dyt::tasks {

struct PictureSource {
  std::string name;  // for people: "samples", "test images of digits"
  int64_t count = 0;
  std::function<formats::Image(int64_t number)> picture;
  std::function<std::string(int64_t number)> place;  // where it comes from, for errors
  data::PassedOver passed;                           // of a folder: what is in it and was not taken
  std::vector<std::string> data_differences;         // of a run's data, as of OpenRun
};

// All JPEG and PNG files under the folder (data/picture_files.h).
PictureSource folder_pictures(const std::filesystem::path& folder);

// Images of a data set as an evaluation sees them; `split`: "test" or "train".
PictureSource split_pictures(const data::ImageData& data, const std::string& split);

// uint8 (N, C, H, W), on the CPU.
PictureSource tensor_pictures(std::string name, const at::Tensor& pictures);

// "FOLDER", or "run=RUN": the split of the data that this run was trained on. Error(kData) where
// there is neither, and as data_of_run().
PictureSource pictures_of(const std::string& text, const std::string& split,
                          bool other_data = false);

}  // namespace dyt::tasks
