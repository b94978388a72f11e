// Folders of images that stay in their files: listed here, decoded by who asks for an image.
#include <torch/types.h>

#include "dyt/core/error.h"
#include "dyt/core/hash.h"
#include "dyt/data/internal/image_files.h"
#include "dyt/data/internal/readers.h"
#include "dyt/data/streamed_split.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kStreamedChannels = 3;
constexpr double kMaxStreamedPixel = 255;
constexpr size_t kNameDigits = 16;

std::shared_ptr<const ImageIndex> listed(const DataConfig& config, const fs::path& folder) {
  const std::string name = core::sha256_hex(fs::weakly_canonical(folder).string());
  const fs::path listings = data_folder(config) / "listings";
  fs::create_directories(listings);
  return std::make_shared<const ImageIndex>(
      ImageIndex::open(folder, listings / name.substr(0, kNameDigits)));
}

}  // namespace

ImageSplit streamed_split(const std::shared_ptr<const ImageIndex>& index) {
  ImageSplit split{.labels = at::empty({index->size()}, at::kLong),
                   .files = {.index = index, .numbers = at::arange(index->size(), at::kLong)}};
  auto* label = split.labels.mutable_data_ptr<int64_t>();
  const std::vector<int64_t> counts = index->class_counts();
  for (size_t n = 0; n < counts.size(); ++n) {
    label = std::fill_n(label, counts[n], static_cast<int64_t>(n));
  }
  return split;
}

ImageData read_streamed_folder(const DataConfig& config) {
  if (config.image_size == 0) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "data.stream needs data.image_size",
                       .where = "configuration",
                       .expected = "the side of the squares that the network sees",
                       .todo = "data.image_size=224 for instance"});
  }
  const FolderLayout layout = layout_of(config.folder);
  const auto train = listed(config, layout.train);
  check_something_to_tell_apart(layout.train, train->size(),
                                static_cast<int64_t>(train->class_names().size()));
  ImageData data;
  std::string names = train->checksum();
  if (layout.test.empty()) {
    data = hold_out_fifth(streamed_split(train));
  } else {
    const auto test = listed(config, layout.test);
    check_same_classes(*train, *test);
    names += test->checksum();
    data.train = streamed_split(train);
    data.test = streamed_split(test);
  }
  data.num_classes = static_cast<int64_t>(train->class_names().size());
  data.class_names = train->class_names();
  data.scale = kMaxStreamedPixel;
  data.channels = kStreamedChannels;
  data.image_size = config.image_size;
  data.crop_ratio = config.crop_ratio;
  data.checksum = core::sha256_hex(names);
  return data;
}

}  // namespace dyt::data
