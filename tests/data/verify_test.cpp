// SPDX-License-Identifier: Apache-2.0
// Checking files that are there against the table of checksums.
#include <cstdlib>

#include "dyt/core/files.h"
#include "dyt/data/fetch.h"
#include "tests/formats/formats_test_util.h"
#include "tests/support/temp_folder.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;
using core::HashKind;
using testing::TempFolder;

// A data set of one .gz file, as MNIST's files are.
struct Packed {
  std::string content = "what is in it";
  std::string packed = formats::gzip(content);
  std::string sum = core::hash_hex(HashKind::kMd5, packed);
  std::string content_sum = core::hash_hex(HashKind::kMd5, content);
  RemoteFile files[1] = {
      {.name = "a-ubyte.gz", .bytes = packed.size(), .hex = sum, .content_md5 = content_sum}};
  RemoteDataset dataset = {.name = "set", .address = "http://127.0.0.1:1/", .files = files};
  TempFolder base;

  void put(const std::string& name, const std::string& bytes) const {
    fs::create_directories(base / "set");
    core::write_file_atomic(base / "set" / name, bytes);
  }
  FileReport verify() const { return verify_dataset(dataset, base.path()).at(0); }
};

TEST(Verify, SaysWhatMatched) {
  const Packed set;
  EXPECT_EQ(set.verify().state, FileState::kMissing);
  EXPECT_EQ(set.verify().path, set.base / "set/a-ubyte.gz");
  set.put("a-ubyte.gz", set.packed);
  EXPECT_EQ(set.verify().matched, "MD5 of the file");
  std::string rebuilt = set.packed;
  rebuilt[4] = 'x';  // the time stamp
  set.put("a-ubyte.gz", rebuilt);
  EXPECT_EQ(set.verify().state, FileState::kOk);
  EXPECT_EQ(set.verify().matched, "MD5 of its content");
}

TEST(Verify, UnpackedFilesCount) {
  const Packed set;
  set.put("a-ubyte", set.content);
  EXPECT_EQ(set.verify().state, FileState::kOk);
  EXPECT_EQ(set.verify().path, set.base / "set/a-ubyte");
  set.put("a-ubyte", set.content + "!");
  EXPECT_EQ(set.verify().state, FileState::kWrong);
}

TEST(Verify, WrongFilesGiveBothSums) {
  const Packed set;
  for (const std::string& bytes : {std::string("text"), std::string(), set.packed.substr(0, 20)}) {
    set.put("a-ubyte.gz", bytes);
    const FileReport report = set.verify();
    EXPECT_EQ(report.state, FileState::kWrong);
    EXPECT_EQ(report.expected, "MD5 " + set.sum);
    EXPECT_EQ(report.found, "MD5 " + core::hash_hex(HashKind::kMd5, bytes));
  }
}

TEST(RemoteTable, RowsAreComplete) {
  for (const RemoteDataset& row : remote_table()) {
    EXPECT_TRUE(row.address.ends_with('/')) << row.name;
    EXPECT_EQ(find_remote(row.name), &row);
    EXPECT_EQ(row.archive_folder.empty(), row.members.empty());
    for (const RemoteFile& file : row.files) {
      EXPECT_EQ(file.hex.size(), file.hash == HashKind::kMd5 ? 32u : 64u) << file.name;
      EXPECT_GT(file.bytes, 0u);
    }
  }
  EXPECT_EQ(find_remote("digits"), nullptr);
}

TEST(Verify, RealFiles) {
  const char* data = std::getenv("DYT_TEST_DATA");
  if (data == nullptr) {
    GTEST_SKIP() << "DYT_TEST_DATA is not set: it names the folder with vision/mnist/";
  }
  for (const FileReport& report : verify_dataset(*find_remote("fashion_mnist"), data)) {
    EXPECT_EQ(report.matched, "MD5 of the file") << report.path;
  }
  for (const FileReport& report : verify_dataset(*find_remote("mnist"), data)) {
    EXPECT_EQ(report.state, FileState::kOk) << report.path;
  }
}

}  // namespace
}  // namespace dyt::data
