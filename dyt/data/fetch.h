// SPDX-License-Identifier: Apache-2.0
// Fetching data sets from their publishers or a mirror, with checksums, and checking what is there.
//
//   const RemoteDataset& mnist = *find_remote("mnist");
//   fetch_dataset(mnist, data_folder(config), {.from = "/media/usb/mnist"});
//   for (const FileReport& file : verify_dataset(mnist, data_folder(config))) { show(file); }
//
// A file has its final name only when it is whole and its checksum right; until then it is called
// FILE.part. One fetches into a folder at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "dyt/core/stop.h"
#include "dyt/data/remote.h"

namespace dyt::data {

struct FetchProgress {
  std::string file;
  uint64_t bytes = 0;
  uint64_t total = 0;  // 0: not known
};

struct FetchOptions {
  // Where the files are instead of the publisher's address: http://, https:// or file://, or a
  // folder of this machine.
  std::string from;
  int retries = 3;           // after a try that brought nothing new
  double pause_seconds = 1;  // before the first of them; doubled for each after it
  std::function<void(const FetchProgress&)> on_progress;
  const core::StopFlag* stop = nullptr;
};

enum class FileState { kOk, kMissing, kWrong, kNoChecksum };

struct FileReport {
  std::filesystem::path path;
  FileState state = FileState::kMissing;
  std::string matched;          // what was compared: "MD5 of the file", "MD5 of its content"
  std::string expected, found;  // where it is wrong
  bool fetched = false;         // by fetch_dataset, now
};

// The files of the data set in the first of dataset_folders() that has any of them (of an archive:
// its members, with the checksums that fetching wrote beside them as SHA256SUMS).
std::vector<FileReport> verify_dataset(const RemoteDataset& dataset,
                                       const std::filesystem::path& base);

// Fetches what is missing or wrong and keeps what is right; an archive is unpacked and removed. The
// files go to the folder that has some of them already, else base/NAME.
// - A broken download goes on where it stopped (FILE.part stays), if the server can; it is tried
//   again after a pause. What stays broken is Error(kData), and the next fetch goes on with it.
// - A wrong checksum is Error(kData) with both sums; the file is removed.
// - A full disk is Error(kResources); the file is removed, so that the disk is not left full.
// - A request to stop is Error(kInterrupted); FILE.part stays.
std::vector<FileReport> fetch_dataset(const RemoteDataset& dataset,
                                      const std::filesystem::path& base,
                                      const FetchOptions& options = {});

}  // namespace dyt::data
