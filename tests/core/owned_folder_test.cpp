// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/owned_folder.h"

#include <gtest/gtest.h>

#include <map>

#include "dyt/core/files.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::core {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;
using testing::TempFolder;

const FolderKind kRun = {.kind = "run", .names = {"env.json"}};

// Every name below the folder, with a file's bytes and a link's target.
std::map<std::string, std::string> content(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().lexically_relative(folder);
    all[name] = entry.is_symlink()     ? "-> " + fs::read_symlink(entry.path()).string()
                : entry.is_directory() ? "folder"
                                       : read_file(entry.path());
  }
  return all;
}

TEST(OwnedFolder, AForeignFolderIsRefusedAndNotTouched) {
  const char* const kNames[] = {"pictures/mine.jpg",
                                "last/x",
                                "best/x",
                                "notes.txt",
                                "checkpoints/step-1/model.safetensors",
                                ".tmp-1-x",
                                "config.toml",
                                "report.html",
                                "result.json",
                                "metrics.jsonl",
                                "env.json",
                                ".lock",
                                ".hidden",
                                "slots/a/b",
                                "compare.json",
                                "samples.json",
                                "dyt-folder.json",
                                ".tmp-1-dyt-folder.json"};
  for (const char* name : kNames) {
    SCOPED_TRACE(name);
    const TempFolder folder;
    make_folder((folder / name).parent_path());
    write_file_atomic(folder / name, "a person's");
    const auto before = content(folder.path());
    const bool is_mark = std::string(name) == kFolderMark;
    expect_error(ErrorKind::kUsage, is_mark ? "mark" : fs::path(name).begin()->c_str(),
                 [&] { OwnedFolder(folder.path(), kRun); });
    EXPECT_EQ(content(folder.path()), before);
  }
}

TEST(OwnedFolder, AnEmptyOrMissingOneIsTakenAndKnownAgain) {
  const TempFolder folder;
  for (const char* name : {"", "a/b"}) {
    { OwnedFolder(folder / name, kRun).write("report.html", "page"); }
    EXPECT_EQ(read_file(folder / name / "report.html"), "page");
    OwnedFolder again(folder / name, kRun);
    EXPECT_TRUE(again.has_written("report.html") && again.has_written("env.json"));
    EXPECT_FALSE(again.has_written("notes.txt"));
  }
  expect_error(ErrorKind::kUsage, "kind run",
               [&] { OwnedFolder(folder / "a/b", {.kind = "comparison"}); });
}

// A kill after the folder was made, and in the middle of its mark.
TEST(OwnedFolder, AMarkThatIsNotWholeIsMadeAnew) {
  const std::string whole = folder_mark(kRun);
  for (const size_t size : {size_t{0}, size_t{1}, whole.size() / 2, whole.size()}) {
    const TempFolder folder;
    write_file_atomic(folder / ".lock", "");
    write_file_atomic(folder / ".tmp-12-dyt-folder.json", whole.substr(0, size));
    OwnedFolder(folder.path(), kRun);
    EXPECT_EQ(content(folder.path()).size(), 2u) << "the lock and the mark";
  }
}

TEST(OwnedFolder, OnlyWhatIsOursIsReplacedAndRemoved) {
  const TempFolder folder;
  OwnedFolder owned(folder.path(), kRun);
  owned.write("report.html", "first");
  owned.write("report.html", "second");
  make_folder(folder / "pictures");
  owned.write("pictures/samples.png", "PNG");
  write_file_atomic(folder / "result.json", "a person's");
  write_file_atomic(folder / "pictures/mine.png", "a person's");
  make_folder(folder / "notes");
  expect_error(ErrorKind::kUsage, "result.json", [&] { owned.write("result.json", "ours"); });
  expect_error(ErrorKind::kUsage, "pictures/mine.png", [&] { owned.claim({"pictures/mine.png"}); });
  owned.remove("result.json");
  owned.clear();
  const std::map<std::string, std::string> left = {
      {".lock", ""},          {kFolderMark, folder_mark(kRun)},    {"notes", "folder"},
      {"pictures", "folder"}, {"pictures/mine.png", "a person's"}, {"result.json", "a person's"}};
  EXPECT_EQ(content(folder.path()), left);
  owned.discard();
  EXPECT_EQ(content(folder.path()).at("result.json"), "a person's");
}

TEST(OwnedFolder, AFolderOfOursAloneGoes) {
  const TempFolder folder;
  OwnedFolder owned(folder / "a", kRun);
  owned.write("env.json", "{}");
  owned.discard();
  EXPECT_FALSE(fs::exists(folder / "a"));
}

TEST(OwnedFolder, LeftoversAreKnownByTheNamesThatWeGive) {
  const TempFolder folder;
  { OwnedFolder(folder.path(), kRun).write("report.html", "page"); }
  for (const char* name : {".tmp-12-report.html", ".tmp-3-env.json", ".tmp-3-dyt-folder.json"}) {
    write_file_atomic(folder / name, "half");
  }
  for (const char* name : {".tmp-1-x", ".tmp-report.html", ".tmp--report.html",
                           ".tmp-a-report.html", ".tmp-1-report.html2"}) {
    write_file_atomic(folder / name, "a person's");
  }
  OwnedFolder(folder.path(), kRun);
  EXPECT_EQ(content(folder.path()).size(), 3u + 5u) << "lock, mark, report and a person's five";
}

TEST(OwnedFolder, AClearThatWasKilledIsKnown) {
  const TempFolder folder;
  {
    OwnedFolder owned(folder.path(), kRun);
    owned.write("report.html", "page");
    EXPECT_THROW(owned.clear([] { throw std::runtime_error("killed"); }), std::runtime_error);
  }
  OwnedFolder owned(folder.path(), kRun);
  EXPECT_TRUE(owned.is_cleared_in_part());
  EXPECT_TRUE(owned.has_written("report.html"));
  owned.clear();
  EXPECT_FALSE(OwnedFolder(folder / "other", kRun).is_cleared_in_part());
  EXPECT_FALSE(fs::exists(folder / "report.html"));
}

TEST(OwnedFolder, ARenamedOneIsNotMadeAnew) {
  const TempFolder folder;
  OwnedFolder owned(folder / "a", kRun);
  owned.write("env.json", "{}");
  fs::rename(folder / "a", folder / "b");
  expect_error(ErrorKind::kData, "was renamed", [&] { owned.check_place(); });
  expect_error(ErrorKind::kData, "was renamed", [&] { owned.write("report.html", "page"); });
  make_folder(folder / "a");
  expect_error(ErrorKind::kData, "was renamed", [&] { owned.write("env.json", "page"); });
  EXPECT_TRUE(fs::is_empty(folder / "a"));
}

}  // namespace
}  // namespace dyt::core
