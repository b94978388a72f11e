// SPDX-License-Identifier: Apache-2.0
// The files of a data set that is a folder of images, before any of them is opened.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dyt/data/internal/folder_layout.h"
#include "dyt/data/internal/folder_walk.h"

namespace dyt::data {

struct LabelledFile {
  std::filesystem::path path;
  int64_t label = 0;
};

struct ImageFiles {
  std::vector<std::string> class_names;  // sorted bytewise; the label is the place here
  std::vector<LabelledFile> train;       // by class, then by name, sorted bytewise
  std::vector<LabelledFile> test;        // empty: there is no folder of test images
  std::vector<std::string> warnings;     // of the layout
  PassedOver passed;
};

// The layouts of folder_layout.h. Error(kData) for a folder that is missing or has no classes, one
// class or one image, for a class without images, and for a class of the test part that the
// training part does not have.
ImageFiles find_image_files(const std::filesystem::path& folder, const std::string& test_folder);

// Error(kData) below 2 images or 2 classes.
void check_something_to_tell_apart(const std::filesystem::path& folder, int64_t images,
                                   int64_t classes);

// Error(kData): a class of the test images, in this folder, is not among those of training.
[[noreturn]] void throw_untrained_class(const std::filesystem::path& folder,
                                        const std::string& name,
                                        const std::vector<std::string>& trained);

// The images of a class's folder, and what else is in it. Error(kData) without images.
ClassFolder class_images_in(const std::filesystem::path& folder);

struct ClassFolders {
  std::vector<std::string> names;  // sorted bytewise
  PassedOver passed;               // beside them
};

// The folders of classes, but for the folder `leave_out`. Error(kData) where the folder is not
// there or has none.
ClassFolders class_folders_in(const std::filesystem::path& folder,
                              const std::filesystem::path& leave_out = {});

// The classes to test on that are real folders of training images, too: a warning, or "".
std::string shared_folders_warning(const FolderLayout& layout,
                                   const std::vector<std::string>& train,
                                   const std::vector<std::string>& test);

// `passed` of a part of the folder, for a report on the folder: its paths begin there.
void add_part(const std::filesystem::path& folder, const std::filesystem::path& part,
              const PassedOver& passed, PassedOver& all);

}  // namespace dyt::data
