// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/internal/class_listing.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "dyt/core/error.h"
#include "dyt/core/hash.h"
#include "dyt/data/internal/image_files.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kVersion = "dyt image index 2\n";
constexpr size_t kSumLength = 64;

// File systems stamp changes with a clock that ticks a few times a second at worst; a change within
// the same tick as the listing would not show.
constexpr std::chrono::seconds kSettling{2};

void append(std::string& bytes, std::string_view part) {
  bytes += part;
  bytes += '\0';
}

// Takes one part off the bytes; nothing where there is no 0.
std::optional<std::string_view> next_part(std::string_view& bytes) {
  const size_t end = bytes.find('\0');
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view part = bytes.substr(0, end);
  bytes.remove_prefix(end + 1);
  return part;
}

std::optional<int64_t> next_number(std::string_view& bytes) {
  const auto part = next_part(bytes);
  int64_t number = 0;
  if (!part ||
      std::from_chars(part->data(), part->data() + part->size(), number).ec != std::errc()) {
    return std::nullopt;
  }
  return number;
}

bool next_passed(std::string_view& bytes, PassedOver& passed) {
  const auto kinds = next_number(bytes);
  for (int64_t i = 0; kinds && i < *kinds; ++i) {
    const auto kind = next_part(bytes);
    const auto count = next_number(bytes);
    const auto first = next_part(bytes);
    if (!kind || !count || !first) {
      return false;
    }
    passed.add(std::string(*kind), std::string(*first), *count);
  }
  return kinds.has_value();
}

std::optional<ClassListing> next_class(std::string_view& bytes) {
  const auto name = next_part(bytes);
  const auto changed = next_number(bytes);
  const auto count = next_number(bytes);
  if (!name || !changed || !count || *count < 1) {
    return std::nullopt;
  }
  ClassListing listing{.name = std::string(*name), .changed = *changed, .count = *count};
  if (!next_passed(bytes, listing.passed)) {
    return std::nullopt;
  }
  const std::string_view rest = bytes;
  for (int64_t i = 0; i < *count; ++i) {
    if (!next_part(bytes)) {
      return std::nullopt;
    }
  }
  listing.files = rest.substr(0, rest.size() - bytes.size());
  return listing;
}

}  // namespace

int64_t time_of_change(const fs::path& folder) {
  std::error_code error;
  const fs::file_time_type time = fs::last_write_time(folder, error);
  return error ? kUnsettled : time.time_since_epoch().count();
}

ClassListing list_class(const fs::path& folder, const std::string& name) {
  // The time from before the listing: a change in between makes the next opening list again.
  ClassListing listing{.name = name, .changed = time_of_change(folder)};
  const auto border = (fs::file_time_type::clock::now() - kSettling).time_since_epoch().count();
  const ClassFolder found = class_images_in(folder);
  // What is in deeper folders changes without this folder's time.
  if (listing.changed >= border || found.has_folders) {
    listing.changed = kUnsettled;
  }
  listing.passed = found.passed;
  for (const std::string& file : found.images) {
    append(listing.files, file);
    ++listing.count;
  }
  return listing;
}

std::string listing_bytes(const fs::path& folder, const std::vector<ClassListing>& classes) {
  std::string body;
  append(body, folder.string());
  for (const ClassListing& listing : classes) {
    append(body, listing.name);
    append(body, std::to_string(listing.changed));
    append(body, std::to_string(listing.count));
    append(body, std::to_string(listing.passed.kinds().size()));
    for (const auto& [kind, passed] : listing.passed.kinds()) {
      append(body, kind);
      append(body, std::to_string(passed.count));
      append(body, passed.first);
    }
    body += listing.files;
  }
  return std::string(kVersion) + core::sha256_hex(body) + "\n" + body;
}

std::optional<std::vector<ClassListing>> parse_listing(std::string_view bytes,
                                                       const fs::path& folder) {
  if (!bytes.starts_with(kVersion) || bytes.size() < kVersion.size() + kSumLength + 1) {
    return std::nullopt;
  }
  const std::string_view sum = bytes.substr(kVersion.size(), kSumLength);
  bytes.remove_prefix(kVersion.size() + kSumLength + 1);
  if (sum != core::sha256_hex(bytes) || next_part(bytes) != folder.string()) {
    return std::nullopt;
  }
  std::vector<ClassListing> classes;
  while (!bytes.empty()) {
    auto listing = next_class(bytes);
    if (!listing) {
      return std::nullopt;
    }
    classes.push_back(std::move(*listing));
  }
  return classes;
}

}  // namespace dyt::data
