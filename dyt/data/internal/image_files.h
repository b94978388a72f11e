// The files of a data set that is a folder of images, before any of them is opened.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dyt::data {

struct LabelledFile {
  std::filesystem::path path;
  int64_t label = 0;
};

struct ImageFiles {
  std::vector<std::string> class_names;  // sorted bytewise; the label is the place here
  std::vector<LabelledFile> train;       // by class, then by name, sorted bytewise
  std::vector<LabelledFile> test;        // empty: there is no folder of test images
};

// FOLDER/train/<class>/* with FOLDER/test/<class>/* or FOLDER/val/<class>/* (test is taken where
// both are there), or FOLDER/<class>/*. Images are files that end in .jpg, .jpeg or .png in any
// case; hidden files and folders, and files that end otherwise, do not count. Error(kData) for a
// folder that is missing or has no classes, one class or one image, for a class without images, and
// for a class of the test part that the training part does not have.
ImageFiles find_image_files(const std::filesystem::path& folder);

// Where the classes' folders are.
struct FolderLayout {
  std::filesystem::path train;
  std::filesystem::path test;  // "": there are no test images of their own
};

// Error(kData) where the folder is not there.
FolderLayout layout_of(const std::filesystem::path& folder);

// Error(kData) below 2 images or 2 classes.
void check_something_to_tell_apart(const std::filesystem::path& folder, int64_t images,
                                   int64_t classes);

// Whether a file's name ends in .jpg, .jpeg or .png, in any case.
bool is_image_name(const std::string& name);

// The names of the images in a class's folder, sorted bytewise. Error(kData) without any.
std::vector<std::string> image_names_in(const std::filesystem::path& folder);

// The names of the folders of classes, sorted bytewise. Error(kData) where the folder is not there
// or has none.
std::vector<std::string> class_folders_in(const std::filesystem::path& folder);

}  // namespace dyt::data
