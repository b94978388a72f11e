// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/internal/image_files.h"

#include <algorithm>

#include "dyt/core/error.h"
#include "dyt/core/text.h"
#include "dyt/core/user_path.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;
using core::Error;
using core::ErrorKind;

constexpr const char* kLayout =
    "FOLDER/train/CLASS/*.jpg and FOLDER/test/CLASS/*.jpg, or FOLDER/CLASS/*.jpg (or .jpeg, .jpe, "
    ".jfif, .png)";

[[noreturn]] void refuse(const std::string& what, const fs::path& where,
                         const std::string& expected = kLayout, const std::string& found = "") {
  throw Error(
      ErrorKind::kData,
      {.what = what, .where = core::path_text(where), .expected = expected, .found = found});
}

// The images of the classes; `class_names` says which label a folder's name is.
std::vector<LabelledFile> files_of(const fs::path& root, const fs::path& folder,
                                   const ClassFolders& classes,
                                   const std::vector<std::string>& class_names,
                                   PassedOver& passed) {
  add_part(root, folder, classes.passed, passed);
  std::vector<LabelledFile> files;
  for (const std::string& name : classes.names) {
    const auto place = std::lower_bound(class_names.begin(), class_names.end(), name);
    if (place == class_names.end() || *place != name) {
      throw_untrained_class(folder, name, class_names);
    }
    const ClassFolder found = class_images_in(folder / name);
    add_part(root, folder / name, found.passed, passed);
    for (const std::string& image : found.images) {
      files.push_back({.path = folder / name / image, .label = place - class_names.begin()});
    }
  }
  return files;
}

}  // namespace

ClassFolder class_images_in(const fs::path& folder) {
  ClassFolder found = look_into_class(folder);
  if (found.images.empty()) {
    refuse("the folder of the class '" + folder.filename().string() + "' has no images", folder,
           std::string("files that end in ") + kImageSuffixes, found.passed.text());
  }
  return found;
}

ClassFolders class_folders_in(const fs::path& folder, const fs::path& leave_out) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    refuse("the folder of images is not there, or is no folder", folder);
  }
  const FolderEntries entries = entries_of(folder);
  SeenFolders seen(folder);
  ClassFolders classes{.passed = entries.passed};
  if (!leave_out.empty()) {
    seen.add(leave_out);
  }
  classes.names = new_folders(folder, entries, seen, classes.passed);
  if (!entries.images.empty()) {
    classes.passed.add(kLooseImages, entries.images.front(),
                       static_cast<int64_t>(entries.images.size()));
  }
  if (classes.names.empty()) {
    refuse("the folder holds no folders of classes", folder, kLayout, classes.passed.text());
  }
  return classes;
}

void add_part(const fs::path& folder, const fs::path& part, const PassedOver& passed,
              PassedOver& all) {
  const fs::path below = part.lexically_relative(folder);
  if (below.empty() || below == ".") {
    for (const auto& [kind, counted] : passed.kinds()) {
      all.add(kind, counted.first, counted.count);
    }
  } else {
    all.add_below(core::escaped_text(below.native()), passed);
  }
}

std::string shared_folders_warning(const FolderLayout& layout,
                                   const std::vector<std::string>& train,
                                   const std::vector<std::string>& test) {
  SeenFolders trained(layout.train);
  for (const std::string& name : train) {
    trained.add(layout.train / name);
  }
  std::vector<std::string> shared;
  for (const std::string& name : test) {
    if (!trained.add(layout.test / name)) {
      shared.push_back(name);
    }
  }
  return shared.empty()
             ? ""
             : "images are trained on and tested on: in " +
                   core::escaped_text(layout.test.native()) + " " + std::to_string(shared.size()) +
                   " of " + std::to_string(test.size()) + " folders (first: " + shared.front() +
                   ") are folders of training images";
}

void check_something_to_tell_apart(const fs::path& folder, int64_t images, int64_t classes) {
  if (classes < 2 || images < 2) {
    refuse("there is nothing to tell apart", folder, "at least 2 images and 2 classes",
           std::to_string(images) + " images, " + std::to_string(classes) + " classes");
  }
}

void throw_untrained_class(const fs::path& folder, const std::string& name,
                           const std::vector<std::string>& trained) {
  refuse("the class '" + name + "' has no training images", folder / name,
         "the classes of the training part: " + core::join(trained, ", "));
}

ImageFiles find_image_files(const fs::path& folder, const std::string& test_folder) {
  const FolderLayout layout = layout_of(folder, test_folder);
  const ClassFolders classes = class_folders_in(layout.train, layout.test);
  ImageFiles files{
      .class_names = classes.names, .warnings = layout.warnings, .passed = layout.passed};
  files.train = files_of(folder, layout.train, classes, files.class_names, files.passed);
  check_something_to_tell_apart(layout.train, static_cast<int64_t>(files.train.size()),
                                static_cast<int64_t>(files.class_names.size()));
  if (!layout.test.empty()) {
    const ClassFolders tested = class_folders_in(layout.test);
    files.test = files_of(folder, layout.test, tested, files.class_names, files.passed);
    const std::string warning = shared_folders_warning(layout, classes.names, tested.names);
    if (!warning.empty()) {
      files.warnings.push_back(warning);
    }
  }
  return files;
}

}  // namespace dyt::data
