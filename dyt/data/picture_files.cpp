#include "dyt/data/picture_files.h"

#include <algorithm>

#include "dyt/core/error.h"
#include "dyt/data/internal/image_files.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_pictures(const std::string& what, const fs::path& folder) {
  throw core::Error(core::ErrorKind::kData,
                    {.what = what,
                     .where = folder.string(),
                     .expected = "files that end in .jpg, .jpeg or .png, in it or in folders below",
                     .todo = "check the path"});
}

std::vector<fs::path> all_in(const fs::path& folder) {
  std::vector<fs::path> files;
  auto entry =
      fs::recursive_directory_iterator(folder, fs::directory_options::follow_directory_symlink);
  for (; entry != fs::recursive_directory_iterator(); ++entry) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with('.')) {
      entry.disable_recursion_pending();
    } else if (is_image_name(name) && !entry->is_directory()) {
      files.push_back(entry->path());
    }
  }
  return files;
}

}  // namespace

std::vector<fs::path> picture_files(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    refuse_pictures("the folder of pictures is not there, or is no folder", folder);
  }
  std::vector<fs::path> files;
  try {
    files = all_in(folder);
  } catch (const fs::filesystem_error& error) {
    refuse_pictures("cannot read the folder: " + error.code().message(), folder);
  }
  if (files.empty()) {
    refuse_pictures("the folder holds no pictures", folder);
  }
  std::sort(files.begin(), files.end(),
            [](const fs::path& a, const fs::path& b) { return a.native() < b.native(); });
  return files;
}

}  // namespace dyt::data
