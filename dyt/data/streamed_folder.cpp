// SPDX-License-Identifier: Apache-2.0
// Folders of images that stay in their files: listed here, decoded by who asks for an image.
#include <torch/types.h>

#include <algorithm>

#include "dyt/core/error.h"
#include "dyt/core/hash.h"
#include "dyt/core/user_path.h"
#include "dyt/data/internal/image_files.h"
#include "dyt/data/internal/readers.h"
#include "dyt/data/streamed_split.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kStreamedChannels = 3;
constexpr double kMaxStreamedPixel = 255;
constexpr size_t kNameDigits = 16;

// Listings are kept in the user's cache folder, where there is one, and never beside data.
std::shared_ptr<const ImageIndex> listed(const fs::path& folder, const fs::path& leave_out) {
  std::error_code ignored;
  const std::string name = core::sha256_hex(fs::weakly_canonical(folder, ignored).string());
  const fs::path cache = core::cache_folder();
  return std::make_shared<const ImageIndex>(ImageIndex::open(
      folder, cache.empty() ? cache : cache / "listings" / name.substr(0, kNameDigits), leave_out));
}

void check_streamed_keys(const DataConfig& config) {
  if (config.image_size == 0) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "data.stream needs data.image_size",
                       .where = "configuration",
                       .expected = "the side of the squares that the network sees",
                       .todo = "data.image_size=224 for instance"});
  }
}

void check_trained(const FolderLayout& layout, const ImageIndex& train, const ImageIndex& test) {
  for (const std::string& name : test.class_names()) {
    const std::vector<std::string>& known = train.class_names();
    if (!std::binary_search(known.begin(), known.end(), name)) {
      throw_untrained_class(layout.test, name, known);
    }
  }
}

}  // namespace

ImageSplit streamed_split(const std::shared_ptr<const ImageIndex>& index,
                          const std::vector<std::string>& class_names) {
  ImageSplit split{.labels = at::empty({index->size()}, at::kLong),
                   .files = {.index = index, .numbers = at::arange(index->size(), at::kLong)}};
  auto* label = split.labels.mutable_data_ptr<int64_t>();
  const std::vector<int64_t> counts = index->class_counts();
  for (size_t n = 0; n < counts.size(); ++n) {
    const auto place =
        std::lower_bound(class_names.begin(), class_names.end(), index->class_names()[n]);
    label = std::fill_n(label, counts[n], static_cast<int64_t>(place - class_names.begin()));
  }
  return split;
}

ImageData read_streamed_folder(const DataConfig& config) {
  check_streamed_keys(config);
  const FolderLayout layout = layout_of(config.folder, config.test_folder);
  const auto train = listed(layout.train, layout.test);
  const auto classes = static_cast<int64_t>(train->class_names().size());
  check_something_to_tell_apart(layout.train, train->size(), classes);
  ImageData data;
  std::string names = train->checksum();
  PassedOver passed = layout.passed;
  data.warnings = layout.warnings;
  add_part(config.folder, layout.train, train->passed(), passed);
  if (layout.test.empty()) {
    data = hold_out_fifth(streamed_split(train, train->class_names()), classes);
  } else {
    const auto test = listed(layout.test, {});
    check_trained(layout, *train, *test);
    add_part(config.folder, layout.test, test->passed(), passed);
    names += test->checksum();
    const std::string warning =
        shared_folders_warning(layout, train->class_names(), test->class_names());
    if (!warning.empty()) {
      data.warnings.push_back(warning);
    }
    data.train = streamed_split(train, train->class_names());
    data.test = streamed_split(test, train->class_names());
  }
  data.passed_over = passed;
  data.num_classes = classes;
  data.class_names = train->class_names();
  data.scale = kMaxStreamedPixel;
  data.channels = kStreamedChannels;
  data.image_size = config.image_size;
  data.crop_ratio = config.crop_ratio;
  data.checksum = core::sha256_hex(names);
  return data;
}

}  // namespace dyt::data
