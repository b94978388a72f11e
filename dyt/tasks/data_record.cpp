// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/data_record.h"

#include <ATen/Parallel.h>
#include <torch/types.h>

#include <algorithm>

#include "dyt/core/hash.h"
#include "dyt/core/text.h"
#include "dyt/data/dataset.h"
#include "dyt/data/image_index.h"
#include "dyt/tasks/input_paths.h"

namespace dyt::tasks {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMarkDigits = 16;

// Names of files have any bytes; JSON has UTF-8, and what is read back is to be the same text.
std::string as_utf8(std::string_view name) {
  std::string text;
  while (!name.empty()) {
    const size_t valid = core::valid_utf8_bytes(name);
    text += name.substr(0, valid);
    name.remove_prefix(valid);
    if (!name.empty()) {
      constexpr const char* kDigits = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(name.front());
      text += {'\\', 'x', kDigits[byte / 16], kDigits[byte % 16]};
      name.remove_prefix(1);
    }
  }
  return text;
}

std::vector<std::string> as_utf8(const std::vector<std::string>& names) {
  std::vector<std::string> texts;
  for (const std::string& name : names) {
    texts.push_back(as_utf8(std::string_view(name)));
  }
  return texts;
}

std::string_view bytes_of(const at::Tensor& tensor) {
  return {static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()};
}

// One mark an image, in the order of the split.
std::vector<FileMark> marks_in_memory(const data::ImageSplit& split) {
  std::vector<FileMark> files(split.names.size());
  const size_t bytes = split.images.nbytes() / std::max<size_t>(files.size(), 1);
  const std::string_view all = bytes_of(split.images);
  at::parallel_for(0, static_cast<int64_t>(files.size()), 64, [&](int64_t begin, int64_t end) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
      files[i] = {as_utf8(split.names[i]),
                  core::sha256_hex(all.substr(i * bytes, bytes)).substr(0, kMarkDigits)};
    }
  });
  return files;
}

// A file that is gone by now is an error where its image is asked for, not here.
std::string size_mark(const fs::path& path) {
  std::error_code none;
  const uintmax_t size = fs::file_size(path, none);
  return none ? "size-unknown" : "size-" + std::to_string(size);
}

std::vector<FileMark> marks_in_files(const data::ImageSplit& split, const fs::path& folder) {
  const int64_t count = split.files.numbers.numel();
  const int64_t* number = split.files.numbers.const_data_ptr<int64_t>();
  std::vector<FileMark> files(static_cast<size_t>(count));
  at::parallel_for(0, count, 256, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const fs::path path = split.files.index->path(number[i]);
      files[static_cast<size_t>(i)] = {as_utf8(path.lexically_relative(folder).string()),
                                       size_mark(path)};
    }
  });
  return files;
}

// A line a folder in place of its files: "class/ (1300 files)".
std::vector<FileMark> folders_of(const std::vector<FileMark>& files) {
  std::vector<FileMark> folders;
  for (size_t begin = 0, end = 0; begin < files.size(); begin = end) {
    const fs::path folder = fs::path(files[begin].name).parent_path();
    std::string text;
    while (end < files.size() && fs::path(files[end].name).parent_path() == folder) {
      text += files[end].mark + " " + files[end].name + "\n";
      ++end;
    }
    folders.push_back({folder.string() + "/", std::to_string(end - begin) + "-files-" +
                                                  core::sha256_hex(text).substr(0, kMarkDigits)});
  }
  return folders;
}

SplitRecord split_record(const data::ImageSplit& split, const data::DataConfig& config,
                         int64_t limit) {
  SplitRecord record{.count = split.labels.numel(), .limit = limit};
  if (split.streamed()) {
    record.files = marks_in_files(split, config.folder);
  } else {
    record.files = marks_in_memory(split);
  }
  std::string text(bytes_of(split.labels.contiguous()));
  for (const FileMark& file : record.files) {
    text += file.mark + " " + file.name + "\n";
  }
  if (record.files.empty()) {
    text += core::sha256_hex(bytes_of(split.images));
  }
  record.checksum = core::sha256_hex(text);
  std::sort(record.files.begin(), record.files.end(),
            [](const FileMark& a, const FileMark& b) { return a.name < b.name; });
  if (record.files.size() > kListedFiles) {
    record.files = folders_of(record.files);
  }
  return record;
}

std::map<std::string, std::string> places_of(data::DataConfig config) {
  std::map<std::string, std::string> places;
  core::Fields fields;
  fields.group("data", config);
  for (const core::Field* field : input_paths(fields)) {
    const std::string& path = *std::get<std::string*>(field->target);
    if (names_a_file(field->key, path)) {
      places[field->key] = absolute_path(path);
    }
  }
  return places;
}

}  // namespace

DataRecord record_of(const data::ImageData& images, const data::DataConfig& config) {
  return {.name = images.name,
          .streamed = images.train.streamed(),
          .places = places_of(config),
          .checksum = images.checksum,
          .num_classes = images.num_classes,
          .image_size = images.image_size,
          .channels = images.channels,
          .class_names = as_utf8(images.class_names),
          .train = split_record(images.train, config, config.train_limit),
          .test = split_record(images.test, config, config.test_limit)};
}

std::string data_identity(const DataRecord& record) {
  std::string text = record.checksum + "\n" + record.train.checksum + "\n" + record.test.checksum +
                     "\n" + std::to_string(record.num_classes) + "\n";
  for (const std::string& name : record.class_names) {
    text += name + "\n";
  }
  return core::sha256_hex(text);
}

}  // namespace dyt::tasks
