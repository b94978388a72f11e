// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/internal/checksums.h"

#include <map>
#include <sstream>

#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/formats/gzip.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;
using core::Error;
using core::ErrorKind;
using core::HashKind;

constexpr size_t kMaxContent = size_t{1} << 28;  // MNIST's longest has 47 MB
constexpr const char* kSumsFile = "SHA256SUMS";

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

std::string sum_text(HashKind kind, std::string_view hex) {
  return std::string(core::hash_name(kind)) + " " + std::string(hex);
}

bool has_content_sum(const RemoteFile& file) { return !file.content_md5.empty(); }

// "" for damaged gzip data, and for more than any content that is known.
std::string content_md5_of(const fs::path& path) {
  const std::string bytes = core::read_file(path);
  try {
    return core::hash_hex(HashKind::kMd5, formats::gunzip(bytes, path.string(), kMaxContent));
  } catch (const Error&) {
    return "";
  }
}

FileReport check_unpacked(const fs::path& path, const RemoteFile& file) {
  FileReport report{.path = path, .state = FileState::kOk, .matched = "MD5 of the unpacked file"};
  const std::string found = core::hash_hex_of_file(HashKind::kMd5, path);
  if (found != file.content_md5) {
    report = {.path = path,
              .state = FileState::kWrong,
              .expected = sum_text(HashKind::kMd5, file.content_md5),
              .found = sum_text(HashKind::kMd5, found)};
  }
  return report;
}

std::map<std::string, std::string> read_sums(const fs::path& path) {
  std::map<std::string, std::string> sums;
  if (is_file(path)) {
    std::istringstream text(core::read_file(path));
    for (std::string hex, name; text >> hex >> name;) {
      sums[name] = hex;
    }
  }
  return sums;
}

std::vector<FileReport> verify_members(const RemoteDataset& dataset, const fs::path& folder) {
  const std::map<std::string, std::string> sums = read_sums(folder / kSumsFile);
  std::vector<FileReport> reports;
  for (const std::string_view name : dataset.members) {
    FileReport report{.path = folder / name};
    const auto sum = sums.find(std::string(name));
    if (!is_file(report.path)) {
      report.state = FileState::kMissing;
    } else if (sum == sums.end()) {
      report.state = FileState::kNoChecksum;
    } else if (const std::string found = core::sha256_hex_of_file(report.path);
               found != sum->second) {
      report.state = FileState::kWrong;
      report.expected = sum_text(HashKind::kSha256, sum->second);
      report.found = sum_text(HashKind::kSha256, found);
    } else {
      report.state = FileState::kOk;
      report.matched = "SHA-256 in " + std::string(kSumsFile);
    }
    reports.push_back(report);
  }
  return reports;
}

bool has_any_file(const RemoteDataset& dataset, const fs::path& folder) {
  for (const std::string_view name : dataset.members) {
    if (is_file(folder / name)) {
      return true;
    }
  }
  for (const RemoteFile& file : dataset.files) {
    const bool archive = !dataset.archive_folder.empty();
    const fs::path path = folder / file.name;
    if (!archive && (is_file(path) || is_file(folder / path.stem()))) {
      return true;
    }
  }
  return false;
}

}  // namespace

FileReport check_file(const fs::path& path, const RemoteFile& file) {
  const fs::path unpacked = path.parent_path() / path.stem();
  FileReport report{.path = path};
  if (!is_file(path)) {
    const bool plain = path.extension() == ".gz" && has_content_sum(file) && is_file(unpacked);
    return plain ? check_unpacked(unpacked, file) : report;
  }
  const std::string found = core::hash_hex_of_file(file.hash, path);
  if (found == file.hex) {
    report.state = FileState::kOk;
    report.matched = std::string(core::hash_name(file.hash)) + " of the file";
  } else if (has_content_sum(file) && content_md5_of(path) == file.content_md5) {
    report.state = FileState::kOk;
    report.matched = "MD5 of its content";
  } else {
    report.state = FileState::kWrong;
    report.expected = sum_text(file.hash, file.hex);
    report.found = sum_text(file.hash, found);
  }
  return report;
}

std::vector<fs::path> candidate_folders(const RemoteDataset& dataset, const fs::path& base) {
  std::vector<fs::path> folders;
  for (const fs::path& folder : dataset_folders(base, dataset.name)) {
    if (!dataset.archive_folder.empty()) {
      folders.push_back(folder / dataset.archive_folder);
    }
    folders.push_back(folder);
  }
  if (!dataset.archive_folder.empty()) {
    folders.push_back(base / dataset.archive_folder);
  }
  return folders;
}

fs::path present_folder(const RemoteDataset& dataset, const fs::path& base) {
  for (const fs::path& folder : candidate_folders(dataset, base)) {
    if (has_any_file(dataset, folder)) {
      return folder;
    }
  }
  return {};
}

void write_member_sums(const RemoteDataset& dataset, const fs::path& folder) {
  std::string text;
  for (const std::string_view name : dataset.members) {
    if (!is_file(folder / name)) {
      throw Error(ErrorKind::kData,
                  {.what = "the archive lacks a file of the data set",
                   .where = std::string(dataset.files.front().name),
                   .expected = std::string(dataset.archive_folder) + "/" + std::string(name)});
    }
    core::sync_path(folder / name);
    text += core::sha256_hex_of_file(folder / name) + "  " + std::string(name) + "\n";
  }
  core::write_file_atomic(folder / kSumsFile, text);
}

std::vector<FileReport> verify_dataset(const RemoteDataset& dataset, const fs::path& base) {
  fs::path folder = present_folder(dataset, base);
  if (!dataset.archive_folder.empty()) {
    const fs::path first = dataset_folders(base, dataset.name).front() / dataset.archive_folder;
    return verify_members(dataset, folder.empty() ? first : folder);
  }
  if (folder.empty()) {
    folder = dataset_folders(base, dataset.name).front();
  }
  std::vector<FileReport> reports;
  for (const RemoteFile& file : dataset.files) {
    reports.push_back(check_file(folder / file.name, file));
  }
  return reports;
}

}  // namespace dyt::data
