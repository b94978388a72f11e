// SPDX-License-Identifier: Apache-2.0
// The images of a folder of classes, by number, without opening any: for data sets of millions of
// files.
//
//   const ImageIndex index = ImageIndex::open("imagenet/train", "imagenet/train.index");
//   const formats::Image image = formats::read_image(index.path(17));
//   index.label(17);
//
// FOLDER/<class>/<image>: classes are numbered in the order of their names, images come class by
// class in the order of theirs, both by bytes. What counts as an image and what is passed over is
// said in internal/folder_walk.h.
//
// The cache file holds the listing. A class is listed anew where its folder's time of change is not
// the stored one (a file was added, removed or renamed), where it was changed so shortly before it
// was listed that a later change could bear the same time, and where the cache is of another
// folder, damaged or of another version. What is in the files does not matter: they are read when
// they are asked for. It only saves time: one that can be neither read nor written is done without.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "dyt/data/passed_over.h"

namespace dyt::data {

class ImageIndex {
 public:
  // Lists the folder, or reads the listing from the cache and lists what has changed; then writes
  // the cache anew. cache "": none. leave_out: a folder in it that is no class. Error(kData): the
  // folder is missing or has no classes, a class has no images.
  static ImageIndex open(const std::filesystem::path& folder,
                         const std::filesystem::path& cache = {},
                         const std::filesystem::path& leave_out = {});

  int64_t size() const;
  const std::vector<std::string>& class_names() const { return class_names_; }
  std::vector<int64_t> class_counts() const;

  // number: 0 .. size() - 1; Error(kInternal) otherwise.
  int64_t label(int64_t number) const;
  std::filesystem::path path(int64_t number) const;

  // SHA-256 over the names of classes and images, in their order.
  std::string checksum() const;

  // How many classes' folders had to be listed; 0: all came from the cache.
  int64_t listed() const { return listed_; }

  const PassedOver& passed() const { return passed_; }

 private:
  ImageIndex() = default;

  std::filesystem::path folder_;
  std::vector<std::string> class_names_;
  std::vector<int64_t> ends_;     // of each class, in numbers of images
  std::string names_;             // of all images, each with a 0 behind it
  std::vector<uint64_t> begins_;  // where each name begins there
  int64_t listed_ = 0;
  PassedOver passed_;
};

}  // namespace dyt::data
