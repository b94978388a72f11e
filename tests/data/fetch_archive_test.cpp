// SPDX-License-Identifier: Apache-2.0
// Fetching a data set that is published as an archive.
#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/data/fetch.h"
#include "tests/support/expect_error.h"
#include "tests/support/tar_file.h"
#include "tests/support/temp_folder.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;
using core::HashKind;
using testing::expect_error;
using testing::TempFolder;

// A data set that is an archive with two members.
struct PublishedArchive {
  explicit PublishedArchive(const std::vector<testing::TarEntry>& entries)
      : bytes(testing::tar_bytes(entries)) {
    fs::create_directory(source);
    core::write_file_atomic(source / "set.tar", bytes);
  }

  std::vector<FileReport> fetch() const {
    return fetch_dataset(dataset, base, {.from = source.string()});
  }

  std::string bytes;
  std::string sum = core::hash_hex(HashKind::kSha256, bytes);
  RemoteFile files[1] = {
      {.name = "set.tar", .bytes = bytes.size(), .hash = HashKind::kSha256, .hex = sum}};
  std::string_view members[2] = {"one.bin", "two.bin"};
  RemoteDataset dataset = {.name = "packed",
                           .address = "http://127.0.0.1:1/",
                           .files = files,
                           .archive_folder = "set-bin",
                           .members = members};
  TempFolder folder;
  fs::path source = folder / "source";
  fs::path base = folder / "base";
};

const std::vector<testing::TarEntry> kGoodEntries = {
    {"set-bin/one.bin", "1"}, {"set-bin/two.bin", "22"}, {"set-bin/readme.html", "text"}};

TEST(FetchArchive, IsUnpackedCheckedAndRemoved) {
  const PublishedArchive published(kGoodEntries);
  const std::vector<FileReport> reports = published.fetch();
  ASSERT_EQ(reports.size(), 2u);
  for (const FileReport& report : reports) {
    EXPECT_EQ(report.state, FileState::kOk);
  }
  const fs::path set = published.base / "packed/set-bin";
  EXPECT_EQ(core::read_file(set / "two.bin"), "22");
  EXPECT_EQ(std::distance(fs::directory_iterator(published.base / "packed"), {}), 2)
      << "the files' folder and the lock";
  EXPECT_FALSE(published.fetch()[0].fetched);
  core::write_file_atomic(set / "two.bin", "xx");
  EXPECT_EQ(verify_dataset(published.dataset, published.base)[1].state, FileState::kWrong);
  EXPECT_TRUE(published.fetch()[0].fetched);
  EXPECT_EQ(core::read_file(set / "two.bin"), "22");
}

TEST(FetchArchive, OneThatTriesToEscapeLeavesNothing) {
  for (const testing::TarEntry& bad :
       {testing::TarEntry{"../../evil", "x"}, testing::TarEntry{"set-bin/link", "", '2', "/tmp"}}) {
    std::vector<testing::TarEntry> entries = kGoodEntries;
    entries.push_back(bad);
    const PublishedArchive published(entries);
    expect_error(ErrorKind::kData, bad.name, [&] { published.fetch(); });
    EXPECT_FALSE(fs::exists(published.base / "packed/set-bin"));
    EXPECT_FALSE(fs::exists(published.base / "packed/set-bin.part"));
    EXPECT_FALSE(fs::exists(published.base / "evil"));
    EXPECT_FALSE(fs::exists(published.folder / "evil"));
  }
}

TEST(FetchArchive, AMissingMemberIsNamed) {
  const PublishedArchive published(std::vector<testing::TarEntry>{{"set-bin/one.bin", "1"}});
  expect_error(ErrorKind::kData, "set-bin/two.bin", [&] { published.fetch(); });
  EXPECT_FALSE(fs::exists(published.base / "packed/set-bin"));
}

TEST(FetchArchive, FilesPutThereByHandHaveNoChecksum) {
  const PublishedArchive published(kGoodEntries);
  fs::create_directories(published.base / "vision/packed");
  core::write_file_atomic(published.base / "vision/packed/one.bin", "1");
  const std::vector<FileReport> reports = verify_dataset(published.dataset, published.base);
  EXPECT_EQ(reports[0].state, FileState::kNoChecksum);
  EXPECT_EQ(reports[1].state, FileState::kMissing);
}

}  // namespace
}  // namespace dyt::data
