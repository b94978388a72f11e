// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/passed_over.h"

#include "dyt/data/internal/folder_walk.h"

namespace dyt::data {
namespace {

// "1 deeper folder", "2 deeper folders".
std::string counted(int64_t count, const std::string& kind) {
  static const std::map<std::string, std::string> kOne = {
      {kDeeperFolders, "deeper folder"},
      {kDeeperImages, "image in a deeper folder"},
      {kLooseImages, "image beside the folders of classes"},
      {kOtherFolders, "folder beside the training folder"}};
  const auto one = kOne.find(kind);
  return std::to_string(count) + " " + (count == 1 && one != kOne.end() ? one->second : kind);
}

}  // namespace

void PassedOver::add(const std::string& kind, const std::string& path, int64_t count) {
  Kind& place = kinds_[kind];
  if (place.count == 0 || path < place.first) {
    place.first = path;
  }
  place.count += count;
}

void PassedOver::add_below(const std::string& under, const PassedOver& other) {
  for (const auto& [kind, passed] : other.kinds_) {
    add(kind, under + "/" + passed.first, passed.count);
  }
}

std::string PassedOver::text() const {
  std::string text;
  for (const auto& [kind, passed] : kinds_) {
    text += (text.empty() ? "" : ", ") + counted(passed.count, kind) +
            (passed.count > 1 ? " (first: " : " (") + passed.first + ")";
  }
  return text;
}

std::string passed_over_warning(const std::string& what, const PassedOver& passed) {
  return passed.empty() ? ""
                        : "not taken of " + what + ": " + passed.text() +
                              "; images are files that end in " + kImageSuffixes;
}

}  // namespace dyt::data
