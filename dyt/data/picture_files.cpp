// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/picture_files.h"

#include "dyt/core/error.h"
#include "dyt/core/user_path.h"
#include "dyt/data/internal/folder_walk.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_pictures(const std::string& what, const fs::path& folder,
                                  const std::string& found = "") {
  throw core::Error(core::ErrorKind::kData,
                    {.what = what,
                     .where = core::path_text(folder),
                     .expected = std::string("files that end in ") + kImageSuffixes +
                                 ", in it or in folders below",
                     .found = found,
                     .todo = "check the path"});
}

}  // namespace

PictureFiles picture_files(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    refuse_pictures("the folder of pictures is not there, or is no folder", folder);
  }
  WalkedFolder walked = walk_images(folder);
  if (walked.images.empty()) {
    refuse_pictures("the folder holds no pictures", folder, walked.passed.text());
  }
  return {.images = std::move(walked.images), .passed = std::move(walked.passed)};
}

}  // namespace dyt::data
