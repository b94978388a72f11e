#include "dyt/data/internal/image_files.h"

#include <algorithm>
#include <cctype>

#include "dyt/core/error.h"
#include "dyt/core/text.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;
using core::Error;
using core::ErrorKind;

constexpr const char* kLayout =
    "FOLDER/train/CLASS/*.jpg and FOLDER/test/CLASS/*.jpg, or FOLDER/CLASS/*.jpg (or .jpeg, .png)";

[[noreturn]] void refuse(const std::string& what, const fs::path& where,
                         const std::string& expected = kLayout, const std::string& found = "") {
  throw Error(ErrorKind::kData,
              {.what = what, .where = where.string(), .expected = expected, .found = found});
}

// A folder that may not be looked into counts as none.
bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

// The names in a folder that do not begin with a dot and that `wanted` takes, sorted bytewise.
template <class Wanted>
std::vector<std::string> names_in(const fs::path& folder, const Wanted& wanted) {
  std::vector<std::string> names;
  try {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with('.') && wanted(entry)) {
        names.push_back(name);
      }
    }
  } catch (const fs::filesystem_error& error) {
    refuse("cannot read the folder: " + error.code().message(), folder);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> folders_in(const fs::path& folder) {
  return names_in(folder, [](const fs::directory_entry& entry) { return entry.is_directory(); });
}

// The images of the classes; `class_names` says which label a folder's name is.
std::vector<LabelledFile> files_of(const fs::path& folder,
                                   const std::vector<std::string>& class_names) {
  std::vector<LabelledFile> files;
  for (const std::string& name : folders_in(folder)) {
    const auto place = std::lower_bound(class_names.begin(), class_names.end(), name);
    if (place == class_names.end() || *place != name) {
      refuse("the class '" + name + "' has no training images", folder / name,
             "the classes of the training part: " + core::join(class_names, ", "));
    }
    for (const std::string& image : image_names_in(folder / name)) {
      files.push_back({.path = folder / name / image, .label = place - class_names.begin()});
    }
  }
  return files;
}

}  // namespace

bool is_image_name(const std::string& name) {
  std::string extension = fs::path(name).extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char letter) { return std::tolower(letter); });
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png";
}

std::vector<std::string> image_names_in(const fs::path& folder) {
  const std::vector<std::string> images = names_in(folder, [](const fs::directory_entry& entry) {
    return is_image_name(entry.path().filename().string()) && !entry.is_directory();
  });
  if (images.empty()) {
    refuse("the folder of the class '" + folder.filename().string() + "' has no images", folder,
           "files that end in .jpg, .jpeg or .png");
  }
  return images;
}

std::vector<std::string> class_folders_in(const fs::path& folder) {
  if (!is_folder(folder)) {
    refuse("the folder of images is not there, or is no folder", folder);
  }
  const std::vector<std::string> names = folders_in(folder);
  if (names.empty()) {
    refuse("the folder holds no folders of classes", folder);
  }
  return names;
}

FolderLayout layout_of(const fs::path& folder) {
  if (!is_folder(folder)) {
    refuse("the folder of images is not there, or is no folder", folder);
  }
  if (!is_folder(folder / "train")) {
    return {.train = folder, .test = {}};
  }
  for (const char* name : {"test", "val"}) {
    if (is_folder(folder / name)) {
      return {.train = folder / "train", .test = folder / name};
    }
  }
  return {.train = folder / "train", .test = {}};
}

void check_something_to_tell_apart(const fs::path& folder, int64_t images, int64_t classes) {
  if (classes < 2 || images < 2) {
    refuse("there is nothing to tell apart", folder, "at least 2 images and 2 classes",
           std::to_string(images) + " images, " + std::to_string(classes) + " classes");
  }
}

ImageFiles find_image_files(const fs::path& folder) {
  const FolderLayout layout = layout_of(folder);
  ImageFiles files;
  files.class_names = class_folders_in(layout.train);
  files.train = files_of(layout.train, files.class_names);
  check_something_to_tell_apart(layout.train, static_cast<int64_t>(files.train.size()),
                                static_cast<int64_t>(files.class_names.size()));
  if (!layout.test.empty()) {
    files.test = files_of(layout.test, files.class_names);
    if (files.test.empty()) {
      refuse("the folder of test images holds no folders of classes", layout.test);
    }
  }
  return files;
}

}  // namespace dyt::data
