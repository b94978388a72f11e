// SPDX-License-Identifier: Apache-2.0
// Reading what must be a file on a disk: an image, an array, weights. A FIFO, a socket or a device
// of that name would be waited for for ever.
#pragma once

#include <filesystem>
#include <string>

namespace dyt::core {

// "a FIFO", "a socket", "a device", "a folder"; "" for a regular file, links followed, and for what
// cannot be looked at.
std::string special_kind(const std::filesystem::path& path);

// As read_file. Error(kData) before anything is opened where the path, links followed, is something
// else than a regular file; it says what.
std::string read_regular_file(const std::filesystem::path& path);

}  // namespace dyt::core
