// SPDX-License-Identifier: Apache-2.0
// What a walk over a folder of images did not take, counted by kind, so that it can be said.
//
//   passed.add(".webp", "disc/w0.webp");
//   passed.text();   // "50 .webp (first: disc/w0.webp), 1 hidden (first: disc/.a.png)"
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace dyt::data {

// The kinds beside suffixes (".webp"); words that follow a number.
inline constexpr char kNoSuffix[] = "without a suffix";
inline constexpr char kHidden[] = "hidden";
inline constexpr char kSystem[] = "of the system";  // .DS_Store, Thumbs.db, __MACOSX and the like
inline constexpr char kUnreadable[] = "unreadable";
inline constexpr char kSpecial[] = "no regular file";
inline constexpr char kReachedAgain[] = "reached again by a link";
inline constexpr char kDeeperFolders[] = "deeper folders";
inline constexpr char kDeeperImages[] = "images in deeper folders";
inline constexpr char kLooseImages[] = "images beside the folders of classes";
inline constexpr char kOtherFolders[] = "folders beside the training folder";

class PassedOver {
 public:
  struct Kind {
    int64_t count = 0;
    std::string first;  // the first one's path, below the folder that was walked

    bool operator==(const Kind&) const = default;
  };

  void add(const std::string& kind, const std::string& path, int64_t count = 1);
  // What was passed over in the folder `under` of the one that this is of.
  void add_below(const std::string& under, const PassedOver& other);

  bool empty() const { return kinds_.empty(); }
  const std::map<std::string, Kind>& kinds() const { return kinds_; }
  std::string text() const;  // "" where nothing was

  bool operator==(const PassedOver&) const = default;

 private:
  std::map<std::string, Kind> kinds_;
};

// One sentence for a person; "" where nothing was passed over. `what`: of which folder.
std::string passed_over_warning(const std::string& what, const PassedOver& passed);

}  // namespace dyt::data
