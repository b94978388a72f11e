// SPDX-License-Identifier: Apache-2.0
// The listing behind ImageIndex: one class's files, and all classes as the bytes of a cache file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dyt/data/passed_over.h"

namespace dyt::data {

// In the place of a time: it is not known, or not to be relied on.
constexpr int64_t kUnsettled = std::numeric_limits<int64_t>::min();

struct ClassListing {
  std::string name;
  int64_t changed = kUnsettled;  // the folder's time of change
  int64_t count = 0;
  std::string files;  // sorted bytewise, each with a 0 behind it
  PassedOver passed;  // what else is in the folder
};

// The folder's time of change, in ticks of the file clock; kUnsettled where it cannot be had.
int64_t time_of_change(const std::filesystem::path& folder);

// Error(kData) for a folder without images or that cannot be read.
ClassListing list_class(const std::filesystem::path& folder, const std::string& name);

// "dyt image index 2\n", the SHA-256 of the rest in hexadecimal, "\n"; then, each with a 0 behind
// it, the folder, and of every class its name, time of change, count, number of kinds that were
// passed over, kind, count and first path of each of those, and its files.
std::string listing_bytes(const std::filesystem::path& folder,
                          const std::vector<ClassListing>& classes);

// Nothing where the bytes are not a whole listing of this folder by this version.
std::optional<std::vector<ClassListing>> parse_listing(std::string_view bytes,
                                                       const std::filesystem::path& folder);

}  // namespace dyt::data
