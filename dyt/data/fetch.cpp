// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/fetch.h"

#include <algorithm>

#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/core/folder_lock.h"
#include "dyt/data/internal/checksums.h"
#include "dyt/data/internal/download.h"
#include "dyt/formats/archive.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;
using core::Error;
using core::ErrorKind;

fs::path part_of(const fs::path& path) { return path.string() + ".part"; }

// Fetches one file and gives it its name when its checksum is right.
FileReport fetch_file(const RemoteDataset& dataset, const RemoteFile& file, const fs::path& target,
                      const FetchOptions& options) {
  const std::string from = options.from.empty() ? std::string(dataset.address) : options.from;
  const std::string address = address_of(from, file.name);
  const fs::path part = part_of(target);
  std::error_code ignored;
  const auto size = fs::file_size(part, ignored);
  bool resumed = !ignored && size > 0;
  while (true) {
    if (!resumed || size < file.bytes) {  // else it may be whole: its sum tells
      download(address, part, file.bytes, options);
    }
    FileReport report = check_file(part, file);
    if (report.state == FileState::kOk) {
      core::sync_path(part);
      core::put_in_place(part, target);
      report.path = target;
      report.fetched = true;
      return report;
    }
    fs::remove(part);
    if (!resumed) {  // what an earlier fetch had left may have been of something else
      throw Error(ErrorKind::kData, {.what = "the checksum is wrong; the file was removed",
                                     .where = address,
                                     .expected = report.expected,
                                     .found = report.found,
                                     .todo = "try again, or name a mirror with --from ADDRESS"});
    }
    resumed = false;
  }
}

std::vector<FileReport> fetch_files(const RemoteDataset& dataset, const fs::path& folder,
                                    std::vector<FileReport> reports, const FetchOptions& options) {
  for (size_t i = 0; i < reports.size(); ++i) {
    if (reports[i].state != FileState::kOk) {
      const RemoteFile& file = dataset.files[i];
      reports[i] = fetch_file(dataset, file, folder / file.name, options);
    }
  }
  return reports;
}

// Unpacks beside the place and moves the archive's folder there when all its members are sound.
void unpack(const RemoteDataset& dataset, const fs::path& archive, const FetchOptions& options) {
  const fs::path target = archive.parent_path() / dataset.archive_folder;
  const fs::path part = part_of(target);
  const auto stop = [&] { return options.stop != nullptr && options.stop->requested(); };
  fs::remove_all(part);
  try {
    formats::unpack_archive(archive, part, {.stop = stop});
    write_member_sums(dataset, part / dataset.archive_folder);
    fs::remove_all(target);
    core::put_in_place(part / dataset.archive_folder, target);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(part, ignored);
    throw;
  }
  fs::remove_all(part);
}

std::vector<FileReport> fetch_archive(const RemoteDataset& dataset, const fs::path& folder,
                                      const fs::path& base, const FetchOptions& options) {
  const RemoteFile& file = dataset.files.front();
  const fs::path archive = folder / file.name;
  if (check_file(archive, file).state != FileState::kOk) {
    fetch_file(dataset, file, archive, options);
  }
  unpack(dataset, archive, options);
  fs::remove(archive);
  std::vector<FileReport> reports = verify_dataset(dataset, base);
  for (FileReport& report : reports) {
    report.fetched = true;
  }
  return reports;
}

}  // namespace

std::vector<FileReport> fetch_dataset(const RemoteDataset& dataset, const fs::path& base,
                                      const FetchOptions& options) {
  const fs::path first = dataset_folders(base, dataset.name).front();
  fs::path folder = present_folder(dataset, base);
  if (folder.empty() || !dataset.archive_folder.empty()) {
    folder = first;  // an archive's folder is made anew, where it is found first
  }
  std::vector<FileReport> reports = verify_dataset(dataset, base);
  const auto is_ok = [](const FileReport& report) { return report.state == FileState::kOk; };
  if (std::all_of(reports.begin(), reports.end(), is_ok)) {
    return reports;
  }
  core::make_folder(folder);
  const core::FolderLock lock(folder);
  return dataset.archive_folder.empty() ? fetch_files(dataset, folder, std::move(reports), options)
                                        : fetch_archive(dataset, folder, base, options);
}

}  // namespace dyt::data
