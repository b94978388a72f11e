// SPDX-License-Identifier: Apache-2.0
// Unpacking .tar, .tar.gz and .zip files with libarchive, so that nothing leaves the folder.
//
//   unpack_archive("cifar-10-binary.tar.gz", "cifar10.tmp");
//
// Only plain files and folders are made. An entry with an absolute path, a '..' in its path, a
// symbolic or hard link, a device, or a name that was there before is refused: Error(kData) names
// archive and entry. Owners, permissions and times of the archive are not taken over.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

namespace dyt::formats {

struct UnpackOptions {
  uint64_t max_bytes = uint64_t{16} << 30;  // of all files together, unpacked
  uint64_t max_entries = 4'000'000;
  std::function<bool()> stop;  // asked now and then; true: Error(kInterrupted)
};

// `folder` must not exist or be empty, so no link in it can lead elsewhere. Error(kData) for a
// damaged or truncated archive, Error(kResources) for a full disk. After an error what was unpacked
// so far is still there: unpack into a folder that can be removed. Nothing is flushed to the disk.
void unpack_archive(const std::filesystem::path& archive, const std::filesystem::path& folder,
                    const UnpackOptions& options = {});

}  // namespace dyt::formats
