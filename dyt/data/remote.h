// SPDX-License-Identifier: Apache-2.0
// What `dyt data fetch` knows: for each data set that can be fetched, its files, where its
// publisher has them, and their checksums.
//
//   const RemoteDataset* mnist = find_remote("mnist");   // nullptr: nothing to fetch
//
// A new data set that can be fetched is one more row of the table.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "dyt/core/hash.h"

namespace dyt::data {

struct RemoteFile {
  std::string_view name;
  uint64_t bytes = 0;
  core::HashKind hash = core::HashKind::kMd5;
  std::string_view hex;  // of the file as it is published
  // MD5 of what is in a .gz file, "": not known. The same content packed by another program is as
  // good, and so is the file unpacked (without the .gz in its name).
  std::string_view content_md5;
};

struct RemoteDataset {
  std::string_view name;     // as in the table of data sets
  std::string_view address;  // the file's names are appended
  std::span<const RemoteFile> files;
  // Where the one file is an archive: the folder in it, and the files in that folder that matter.
  std::string_view archive_folder;
  std::span<const std::string_view> members;
};

std::span<const RemoteDataset> remote_table();
const RemoteDataset* find_remote(std::string_view name);

// Where the files of a data set are looked for below the folder `base`, in this order: NAME,
// vision/NAME and, where the name has a '_', the same two with '-' instead.
std::vector<std::filesystem::path> dataset_folders(const std::filesystem::path& base,
                                                   std::string_view name);

}  // namespace dyt::data
