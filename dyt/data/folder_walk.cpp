// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/internal/folder_walk.h"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>

#include "dyt/core/error.h"
#include "dyt/core/regular_file.h"
#include "dyt/core/text.h"
#include "dyt/core/user_path.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;
using core::Error;
using core::ErrorKind;

// What operating systems, archivers and file servers leave in folders.
constexpr std::string_view kSystemNames[] = {
    "__MACOSX",    ".DS_Store",          "Thumbs.db",    "desktop.ini",
    "@eaDir",      "lost+found",         "$RECYCLE.BIN", "System Volume Information",
    "__pycache__", ".ipynb_checkpoints", ".directory",   ".Trashes"};

constexpr std::string_view kImageEnds[] = {".jpg", ".jpeg", ".jpe", ".jfif", ".png"};

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return std::tolower(letter); });
  return text;
}

bool is_system_name(const std::string& name) {
  const std::string lower = lower_case(name);
  return name.starts_with("._") ||  // macOS's second half of a file on a foreign disk
         std::any_of(std::begin(kSystemNames), std::end(kSystemNames), [&](std::string_view known) {
           return lower_case(std::string(known)) == lower;
         });
}

std::string kind_of_name(const std::string& name) {
  const std::string suffix = lower_case(fs::path(name).extension().string());
  return suffix.size() < 2 ? kNoSuffix : core::escaped_text(suffix);
}

void check_utf8(const fs::path& folder, const std::string& name, const char* what) {
  if (core::valid_utf8_bytes(name) == name.size()) {
    return;
  }
  throw Error(ErrorKind::kData,
              {.what = std::string("the name of ") + what + " is not UTF-8",
               .where = core::path_text(folder / name),
               .expected = "a name in UTF-8; \\x.. above are the bytes that are not",
               .todo = "rename it; `convmv -f latin1 -t utf8` renames many"});
}

[[noreturn]] void throw_not_regular(const fs::path& path) {
  const std::string kind = core::special_kind(path);
  throw Error(ErrorKind::kData, {.what = kind.empty() ? "a link of an image's name leads nowhere"
                                                      : "this has an image's name and is " + kind,
                                 .where = core::path_text(path),
                                 .expected = "a regular file",
                                 .todo = "remove it, or put an image in its place"});
}

// One name into the entries of its folder.
void sort_in(const fs::path& folder, const fs::directory_entry& entry, FolderEntries& entries) {
  const std::string name = entry.path().filename().string();
  const std::string shown = core::escaped_text(name);
  std::error_code unknown;
  if (is_system_name(name)) {
    entries.passed.add(kSystem, shown);
  } else if (name.starts_with('.')) {
    entries.passed.add(kHidden, shown);
  } else if (entry.is_directory(unknown)) {
    check_utf8(folder, name, "a folder");
    entries.folders.push_back(name);
    if (entry.is_symlink(unknown)) {
      entries.links.push_back(name);
    }
  } else if (is_image_name(name)) {
    check_utf8(folder, name, "an image");
    if (!entry.is_regular_file(unknown)) {
      throw_not_regular(entry.path());
    }
    entries.images.push_back(name);
  } else {
    entries.passed.add(entry.is_regular_file(unknown) ? kind_of_name(name) : kSpecial, shown);
  }
}

bool can_be_read(const fs::path& folder) {
  std::error_code error;
  fs::directory_iterator(folder, error);
  return !error;
}

void walk_into(const fs::path& folder, const std::string& below, SeenFolders& seen,
               std::vector<std::pair<fs::path, std::string>>& links, WalkedFolder& walked) {
  FolderEntries entries = entries_of(folder);
  const auto path_below = [&](const std::string& name) {
    return below.empty() ? name : below + "/" + name;
  };
  if (below.empty()) {
    walked.passed = entries.passed;
  } else {
    walked.passed.add_below(below, entries.passed);
  }
  for (const std::string& name : entries.images) {
    walked.images.push_back(folder / name);
  }
  for (const std::string& name : entries.folders) {
    if (std::binary_search(entries.links.begin(), entries.links.end(), name)) {
      links.emplace_back(folder / name, path_below(name));
      continue;
    }
    if (!can_be_read(folder / name)) {
      walked.passed.add(kUnreadable, path_below(name));
    } else if (seen.add(folder / name)) {
      walk_into(folder / name, path_below(name), seen, links, walked);
    }
  }
}

}  // namespace

bool is_image_name(const std::string& name) {
  const std::string suffix = lower_case(fs::path(name).extension().string());
  return std::find(std::begin(kImageEnds), std::end(kImageEnds), suffix) != std::end(kImageEnds);
}

FolderEntries entries_of(const fs::path& folder) {
  FolderEntries entries;
  try {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      sort_in(folder, entry, entries);
    }
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorKind::kData, {.what = "cannot read the folder: " + error.code().message(),
                                   .where = core::path_text(folder),
                                   .todo = "check its permissions, or take it out"});
  }
  std::sort(entries.images.begin(), entries.images.end());
  std::sort(entries.folders.begin(), entries.folders.end());
  std::sort(entries.links.begin(), entries.links.end());
  return entries;
}

SeenFolders::SeenFolders(const fs::path& folder) {
  std::error_code error;
  fs::path place = fs::canonical(folder, error);
  while (!error && add(place) && place.has_relative_path()) {
    place = place.parent_path();
  }
}

bool SeenFolders::add(const fs::path& folder) {
  struct stat info {};
  return ::stat(folder.c_str(), &info) != 0 || seen_.emplace(info.st_dev, info.st_ino).second;
}

std::vector<std::string> new_folders(const fs::path& folder, const FolderEntries& entries,
                                     SeenFolders& seen, PassedOver& passed) {
  const auto is_link = [&](const std::string& name) {
    return std::binary_search(entries.links.begin(), entries.links.end(), name);
  };
  std::vector<std::string> found;
  for (const bool links : {false, true}) {
    for (const std::string& name : entries.folders) {
      if (is_link(name) == links) {
        if (seen.add(folder / name)) {
          found.push_back(name);
        } else if (links) {
          passed.add(kReachedAgain, name);
        }
      }
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

WalkedFolder walk_images(const fs::path& folder) {
  WalkedFolder walked;
  SeenFolders seen(folder);
  // Links come last, so that a folder is read at its own place where the walk reaches that.
  std::vector<std::pair<fs::path, std::string>> links;
  walk_into(folder, "", seen, links, walked);
  for (size_t n = 0; n < links.size(); ++n) {
    const auto [path, below] = links[n];
    if (!can_be_read(path)) {
      walked.passed.add(kUnreadable, below);
    } else if (seen.add(path)) {
      walk_into(path, below, seen, links, walked);
    } else {
      walked.passed.add(kReachedAgain, below);
    }
  }
  std::sort(walked.images.begin(), walked.images.end(),
            [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
  return walked;
}

ClassFolder look_into_class(const fs::path& folder) {
  FolderEntries entries = entries_of(folder);
  ClassFolder found{.images = std::move(entries.images), .passed = std::move(entries.passed)};
  SeenFolders seen(folder);
  for (const std::string& name : entries.folders) {
    found.has_folders = true;
    if (!can_be_read(folder / name)) {
      found.passed.add(kUnreadable, name);
    } else if (!seen.add(folder / name)) {
      found.passed.add(kReachedAgain, name);
    } else {
      found.passed.add(kDeeperFolders, name);
      const WalkedFolder deeper = walk_images(folder / name);
      found.passed.add_below(name, deeper.passed);
      if (!deeper.images.empty()) {
        found.passed.add(kDeeperImages, deeper.images.front().lexically_relative(folder).string(),
                         static_cast<int64_t>(deeper.images.size()));
      }
    }
  }
  return found;
}

}  // namespace dyt::data
