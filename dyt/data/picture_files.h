// SPDX-License-Identifier: Apache-2.0
// The images under a folder, whatever the folders in it are: generated ones, or real ones to set
// beside them.
//
//   for (const std::filesystem::path& file : picture_files("samples").images) { read_image(file); }
#pragma once

#include <filesystem>
#include <vector>

#include "dyt/data/passed_over.h"

namespace dyt::data {

struct PictureFiles {
  std::vector<std::filesystem::path> images;  // sorted bytewise by their path
  PassedOver passed;
};

// All images at any depth (internal/folder_walk.h says what counts); links to folders are followed,
// every real folder once. Error(kData): the folder is not there or holds none, and those of
// entries_of().
PictureFiles picture_files(const std::filesystem::path& folder);

}  // namespace dyt::data
