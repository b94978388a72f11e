// SPDX-License-Identifier: Apache-2.0
// What a run's folder says of the data that it was made from (data.json), and what of that is
// otherwise where the data are opened again: a number of other images is never taken for the run's.
//
//   const DataRecord now = record_of(images, config);
//   for (const std::string& line : data_differences(read_data_record("runs/a"), now)) {
//     show(line);
//   }
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace dyt::data {
struct DataConfig;
struct ImageData;
}  // namespace dyt::data

namespace dyt::tasks {

// A file, or of a split with more than kListedFiles of them a folder, with what tells a change:
// of images in memory 16 digits of the SHA-256 of their pixels, of streamed ones "size-" and bytes.
struct FileMark {
  std::string name;  // below data.folder
  std::string mark;

  bool operator==(const FileMark&) const = default;
};

inline constexpr size_t kListedFiles = 100'000;

struct SplitRecord {
  int64_t count = 0;
  int64_t limit = 0;            // data.train_limit, data.test_limit
  std::string checksum;         // of the images of the split and their labels, after the limit
  std::vector<FileMark> files;  // sorted by name; of a folder of images only
};

struct DataRecord {
  std::string name;  // of the data set
  bool streamed = false;
  std::map<std::string, std::string> places;  // data.folder and the like: absolute paths
  std::string checksum;                       // of all images, before the limits
  int64_t num_classes = 0, image_size = 0, channels = 0;
  std::vector<std::string> class_names;  // by label; empty where they are just numbers
  SplitRecord train, test;
  std::map<std::string, std::string> weights;  // start.from and the like: SHA-256 of the file
};

// Without `weights`. Looks at the size of every file of a streamed set, reads none.
DataRecord record_of(const data::ImageData& images, const data::DataConfig& config);

// SHA-256 over checksums, classes and splits: what of the data a run's identity holds.
std::string data_identity(const DataRecord& record);

std::string data_record_json(const DataRecord& record);
// data.json of a run's folder. Error(kData) where it is missing, damaged or of another version.
DataRecord read_data_record(const std::filesystem::path& run_folder);

// A line for the person each: files added, gone, changed or in the other split, classes renamed,
// added, gone or in another order, counts, sizes; empty where the data are the same. A split whose
// limit is another one is compared only by what was trained on and is now tested on.
std::vector<std::string> data_differences(const DataRecord& then, const DataRecord& now);

// The same of the weights that a run starts from, sees its images by or measures by.
std::vector<std::string> weight_differences(const DataRecord& then, const DataRecord& now);

}  // namespace dyt::tasks
