// SPDX-License-Identifier: Apache-2.0
// The one way in which folders of images are looked through. What is not taken is counted by kind;
// links to folders are followed, each real folder once; nothing is opened.
//
// Images are files that end in .jpg, .jpeg, .jpe, .jfif or .png, in any case. Hidden names (that
// begin with a dot) and what systems leave in folders (__MACOSX, Thumbs.db, ...) are passed over.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dyt/data/passed_over.h"

namespace dyt::data {

inline constexpr char kImageSuffixes[] = ".jpg, .jpeg, .jpe, .jfif or .png";

bool is_image_name(const std::string& name);

// Of one folder, not of those in it.
struct FolderEntries {
  std::vector<std::string> images;   // sorted bytewise
  std::vector<std::string> folders;  // sorted bytewise
  std::vector<std::string> links;    // those of `folders` that are links
  PassedOver passed;
};

// Error(kData): the folder cannot be read; an image or a folder whose name is not UTF-8 (it could
// be shown nowhere and be written into no file of ours); something of an image's name that is no
// regular file, a link to nothing included. It names the place.
FolderEntries entries_of(const std::filesystem::path& folder);

// Real folders that a walk has seen, by device and number.
class SeenFolders {
 public:
  // The folder and all that it is in: a link to one of those is a cycle.
  explicit SeenFolders(const std::filesystem::path& folder);
  // Whether it was not seen before; from then on it was.
  bool add(const std::filesystem::path& folder);

 private:
  std::set<std::pair<uint64_t, uint64_t>> seen_;
};

// The folders in it that are to be looked into: real ones first, then links, those left out that
// lead to a seen one, which is said. Sorted bytewise.
std::vector<std::string> new_folders(const std::filesystem::path& folder,
                                     const FolderEntries& entries, SeenFolders& seen,
                                     PassedOver& passed);

struct WalkedFolder {
  std::vector<std::filesystem::path> images;  // sorted bytewise by path
  PassedOver passed;
};

// All images at any depth. A folder below that cannot be read is passed over and counted.
WalkedFolder walk_images(const std::filesystem::path& folder);

// What a folder of a class has: its images, and all that is not taken, of deeper folders too.
struct ClassFolder {
  std::vector<std::string> images;
  PassedOver passed;
  bool has_folders = false;
};

ClassFolder look_into_class(const std::filesystem::path& folder);

}  // namespace dyt::data
