// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/image_index.h"

#include <algorithm>
#include <map>

#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/core/hash.h"
#include "dyt/data/internal/class_listing.h"
#include "dyt/data/internal/image_files.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;

std::vector<ClassListing> read_cache(const fs::path& cache, const fs::path& folder) {
  std::error_code ignored;
  if (cache.empty() || !fs::is_regular_file(cache, ignored)) {
    return {};
  }
  try {
    return parse_listing(core::read_file(cache), folder).value_or(std::vector<ClassListing>());
  } catch (const core::Error&) {
    return {};
  }
}

// Makes the next opening quicker; a disk that is full or may not be written takes nothing else.
void write_cache(const fs::path& cache, const std::string& bytes) {
  try {
    core::make_folder(cache.has_parent_path() ? cache.parent_path() : ".");
    core::write_file_atomic(cache, bytes);
  } catch (const core::Error&) {
    return;
  }
}

}  // namespace

ImageIndex ImageIndex::open(const fs::path& folder, const fs::path& cache,
                            const fs::path& leave_out) {
  ImageIndex index;
  index.folder_ = folder;
  ClassFolders found = class_folders_in(folder, leave_out);
  index.class_names_ = std::move(found.names);
  index.passed_ = std::move(found.passed);
  const fs::path known_as = fs::weakly_canonical(folder);

  std::vector<ClassListing> cached = read_cache(cache, known_as);
  std::map<std::string_view, ClassListing*> by_name;
  for (ClassListing& listing : cached) {
    by_name[listing.name] = &listing;
  }
  std::vector<ClassListing> classes;
  for (const std::string& name : index.class_names_) {
    const auto place = by_name.find(name);
    const bool known = place != by_name.end() && place->second->changed != kUnsettled;
    if (known && place->second->changed == time_of_change(folder / name)) {
      classes.push_back(std::move(*place->second));
    } else {
      classes.push_back(list_class(folder / name, name));
      ++index.listed_;
    }
  }
  if (!cache.empty() && (index.listed_ > 0 || classes.size() != cached.size())) {
    write_cache(cache, listing_bytes(known_as, classes));
  }

  int64_t count = 0;
  for (const ClassListing& listing : classes) {
    count += listing.count;
    index.ends_.push_back(count);
    index.names_ += listing.files;
    index.passed_.add_below(listing.name, listing.passed);
  }
  index.begins_.reserve(static_cast<size_t>(count));
  for (size_t begin = 0; begin < index.names_.size(); begin = index.names_.find('\0', begin) + 1) {
    index.begins_.push_back(begin);
  }
  return index;
}

int64_t ImageIndex::size() const { return static_cast<int64_t>(begins_.size()); }

std::vector<int64_t> ImageIndex::class_counts() const {
  std::vector<int64_t> counts;
  int64_t begin = 0;
  for (const int64_t end : ends_) {
    counts.push_back(end - begin);
    begin = end;
  }
  return counts;
}

int64_t ImageIndex::label(int64_t number) const {
  if (number < 0 || number >= size()) {
    throw core::Error(core::ErrorKind::kInternal, {.what = "there is no image of this number",
                                                   .where = folder_.string(),
                                                   .expected = "0 to " + std::to_string(size() - 1),
                                                   .found = std::to_string(number)});
  }
  return std::upper_bound(ends_.begin(), ends_.end(), number) - ends_.begin();
}

fs::path ImageIndex::path(int64_t number) const {
  const std::string& name = class_names_[static_cast<size_t>(label(number))];
  return folder_ / name / (names_.c_str() + begins_[static_cast<size_t>(number)]);
}

std::string ImageIndex::checksum() const {
  std::string text;
  int64_t begin = 0;
  for (size_t n = 0; n < class_names_.size(); ++n) {
    text += class_names_[n] + '\0' + std::to_string(ends_[n] - begin) + '\0';
    begin = ends_[n];
  }
  return core::sha256_hex(text + names_);
}

}  // namespace dyt::data
