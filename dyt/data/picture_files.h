// The pictures under a folder, whatever the folders in it are: generated ones, or real ones to set
// beside them.
//
//   for (const std::filesystem::path& file : picture_files("samples")) { read_image(file); }
#pragma once

#include <filesystem>
#include <vector>

namespace dyt::data {

// All files that end in .jpg, .jpeg or .png, at any depth, sorted bytewise by their path; links are
// followed, hidden files and folders do not count. Error(kData): the folder is not there or holds
// none.
std::vector<std::filesystem::path> picture_files(const std::filesystem::path& folder);

}  // namespace dyt::data
