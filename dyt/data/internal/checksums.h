// SPDX-License-Identifier: Apache-2.0
// Comparing files on disk with the checksums of the table of remote data sets.
#pragma once

#include <filesystem>
#include <vector>

#include "dyt/data/fetch.h"

namespace dyt::data {

// The file, or where it is missing and its content is known, the file of the unpacked name. A .gz
// file may also match by its content.
FileReport check_file(const std::filesystem::path& path, const RemoteFile& file);

// Where the files of the data set may be: dataset_folders() and, of an archive's members, its
// folder in each of them first, and below `base` last.
std::vector<std::filesystem::path> candidate_folders(const RemoteDataset& dataset,
                                                     const std::filesystem::path& base);

// The first of them that has any of the data set's files (members, of an archive); "" without one.
std::filesystem::path present_folder(const RemoteDataset& dataset,
                                     const std::filesystem::path& base);

// Writes SHA256SUMS of the members of an archive that was unpacked into the folder, and flushes
// them to the disk. Error(kData) names a member that is not there.
void write_member_sums(const RemoteDataset& dataset, const std::filesystem::path& folder);

}  // namespace dyt::data
