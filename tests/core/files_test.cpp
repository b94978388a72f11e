// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "dyt/core/hash.h"
#include "tests/support/expect_error.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/temp_folder.h"

namespace dyt::core {
namespace {

using testing::expect_error;
using testing::FileSizeLimit;
using testing::TempFolder;

size_t entries_in(const std::filesystem::path& folder) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(Files, AtomicWriteReplacesWholeFiles) {
  const TempFolder folder;
  write_file_atomic(folder / "a", "first");
  write_file_atomic(folder / "a", std::string("sec\0nd", 6));
  EXPECT_EQ(read_file(folder / "a"), std::string("sec\0nd", 6));
  EXPECT_EQ(entries_in(folder.path()), 1u);
}

// More than a pipe holds at once, written by another thread.
TEST(Files, APipeIsReadToItsEnd) {
  const TempFolder folder;
  for (const size_t length : {size_t{0}, size_t{10}, size_t{200000}}) {
    const std::string text(length, 'x');
    const std::string pipe = folder / ("pipe-" + std::to_string(length));
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    std::thread writer([&] { std::ofstream(pipe) << text; });
    EXPECT_EQ(read_file(pipe), text);
    writer.join();
  }
}

TEST(Files, OtherKindsAreReadOrRefused) {
  const TempFolder folder;
  EXPECT_EQ(read_file("/dev/null"), "");
  EXPECT_NE(read_file("/proc/self/status").find("VmHWM"), std::string::npos) << "its size is 0";
  expect_error(ErrorKind::kData, "what is read here does not end", [] { read_file("/dev/zero"); });
  expect_error(ErrorKind::kData, "cannot read the file", [&] { read_file(folder.path()); });
}

TEST(Files, AFailedWriteKeepsTheOldFile) {
  const TempFolder folder;
  write_file_atomic(folder / "a", "good");
  {
    const FileSizeLimit limit(1000);
    expect_error(ErrorKind::kResources, "cannot write the file",
                 [&] { write_file_atomic(folder / "a", std::string(5000, 'x')); });
  }
  EXPECT_EQ(read_file(folder / "a"), "good");
  EXPECT_EQ(entries_in(folder.path()), 1u) << "the temporary file must be gone";
}

TEST(Files, MissingFilesAndFoldersAreNamed) {
  const TempFolder folder;
  expect_error(ErrorKind::kData, (folder / "none").string(), [&] { read_file(folder / "none"); });
  expect_error(ErrorKind::kData, "cannot create the file",
               [&] { write_file_atomic(folder / "none/a", "x"); });
  write_file_atomic(folder / "a", "x");
  expect_error(ErrorKind::kData, "cannot make the folder", [&] { make_folder(folder / "a/b"); });
}

TEST(Files, LinksAreReplaced) {
  const TempFolder folder;
  write_file_atomic(folder / "one", "1");
  write_file_atomic(folder / "two", "2");
  replace_link(folder / "last", "one");
  replace_link(folder / "last", "two");
  EXPECT_EQ(read_file(folder / "last"), "2");
}

TEST(Files, LeftoversOfAKilledProcessAreKnownByTheirNames) {
  const TempFolder folder;
  EXPECT_TRUE(temporary_name("runs/a b").string().starts_with("runs/.tmp-"));
  EXPECT_EQ(temporary_name("a").parent_path(), "");
  const std::vector<std::string> kept = {".tmp-",    ".tmp-12",    ".tmp-12-",
                                         ".tmp--a",  ".tmp-12x-a", "x.tmp-12-a",
                                         ".tmp12-a", "a.tmp12",    "12-compare"};
  for (const std::string& name : kept) {
    write_file_atomic(folder / name, "the user's");
  }
  write_file_atomic(temporary_name(folder / "a"), "half");
  make_folder(temporary_name(folder / "step-1"));
  write_file_atomic(temporary_name(folder / "step-1") / "model", "half");
  std::filesystem::create_symlink("nowhere", folder / ".tmp-7-last");
  write_file_atomic(folder / ".tmp-7-x", "the user's");
  const auto is_ours = [](const std::string& name) { return name != "x"; };
  remove_leftovers(folder.path(), is_ours);
  EXPECT_EQ(entries_in(folder.path()), kept.size() + 1);
  EXPECT_NO_THROW(remove_leftovers(folder / "none", is_ours));
}

TEST(Files, TreesAreRemoved) {
  const TempFolder folder;
  make_folder(folder / "a/b");
  remove_tree(folder / "a");
  remove_tree(folder / "a");
  EXPECT_EQ(entries_in(folder.path()), 0u);
}

TEST(Files, AppendLogGrowsAndIsCut) {
  const TempFolder folder;
  write_file_atomic(folder / "log", "a\nhalf a li");
  AppendLog log(folder / "log");
  EXPECT_EQ(log.lines(), 1);
  log.cut_to_lines(1);
  log.append_line("b");
  log.append_line("c");
  EXPECT_EQ(log.lines(), 3);
  log.sync();
  log.cut_to_lines(2);
  log.append_line("d");
  EXPECT_EQ(read_file(folder / "log"), "a\nb\nd\n");
  expect_error(ErrorKind::kData, "expected: at least 4 lines\n  found:    3",
               [&] { log.cut_to_lines(4); });
  EXPECT_EQ(read_file(folder / "log"), "a\nb\nd\n");
  log.cut_to_lines(0);
  EXPECT_EQ(read_file(folder / "log"), "");
}

TEST(Hash, KnownDigest) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace dyt::core
