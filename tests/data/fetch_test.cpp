// SPDX-License-Identifier: Apache-2.0
// Fetching from a folder and from a web server, with everything that can go wrong on the way.
#include "dyt/data/fetch.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <utility>

#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "tests/support/expect_error.h"
#include "tests/support/file_server.h"
#include "tests/support/temp_folder.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;
using core::HashKind;
using testing::expect_error;
using testing::FileServer;
using testing::TempFolder;

std::string sample_bytes(size_t count) {
  std::string bytes(count, '\0');
  for (size_t i = 0; i < count; ++i) {
    bytes[i] = static_cast<char>((i * i + i / 251) % 256);
  }
  return bytes;
}

// A data set "some_set" of two files in a folder that stands in for its publisher.
struct Published {
  Published() {
    fs::create_directory(source);
    fs::create_directory(base);
    core::write_file_atomic(source / "a.bin", first);
    core::write_file_atomic(source / "b.bin", second);
  }

  FetchOptions options(const std::string& from) const {
    return {.from = from, .pause_seconds = 0.001};
  }
  std::vector<FileReport> fetch(const std::string& from) const {
    return fetch_dataset(dataset, base, options(from));
  }
  void expect_no_files() const {
    EXPECT_FALSE(fs::exists(base / "some_set/a.bin"));
    EXPECT_FALSE(fs::exists(part));
  }

  std::string first = sample_bytes(200'000);
  std::string second = sample_bytes(77);
  std::string first_sum = core::hash_hex(HashKind::kMd5, first);
  std::string second_sum = core::hash_hex(HashKind::kSha256, second);
  RemoteFile files[2] = {
      {.name = "a.bin", .bytes = 200'000, .hash = HashKind::kMd5, .hex = first_sum},
      {.name = "b.bin", .bytes = 0, .hash = HashKind::kSha256, .hex = second_sum}};
  RemoteDataset dataset = {
      .name = "some_set", .address = "http://127.0.0.1:1/nowhere", .files = files};
  TempFolder folder;
  fs::path source = folder / "Quelle für Übungen";
  fs::path base = folder / "Ziel für Übungen";
  fs::path part = base / "some_set/a.bin.part";
};

void expect_whole(const Published& published, const std::vector<FileReport>& reports) {
  ASSERT_EQ(reports.size(), 2u);
  for (const FileReport& report : reports) {
    EXPECT_EQ(report.state, FileState::kOk);
    EXPECT_TRUE(report.fetched);
  }
  EXPECT_EQ(reports[0].path, published.base / "some_set/a.bin");
  EXPECT_EQ(core::read_file(reports[0].path), published.first);
  EXPECT_EQ(core::read_file(reports[1].path), published.second);
  EXPECT_FALSE(fs::exists(published.part));
}

TEST(Fetch, FromAFolderAndAFileAddress) {
  const Published by_path;
  expect_whole(by_path, by_path.fetch(by_path.source.string()));
  const Published by_address;
  core::write_file_atomic(by_address.folder / "a.bin", by_address.first);
  core::write_file_atomic(by_address.folder / "b.bin", by_address.second);
  expect_whole(by_address, by_address.fetch("file://" + by_address.folder.path().string()));
}

TEST(Fetch, FromAWebServer) {
  for (const char* mode : {"plain", "no-range", "busy", "redirect"}) {
    const Published published;
    FileServer server(published.source, mode);
    expect_whole(published, published.fetch(server.address()));
  }
}

TEST(Fetch, WhatIsRightIsKept) {
  const Published published;
  published.fetch(published.source.string());
  core::write_file_atomic(published.base / "some_set/b.bin", "damaged");
  FileServer server(published.source, "plain");
  const std::vector<FileReport> reports = published.fetch(server.address());
  EXPECT_FALSE(reports[0].fetched);
  EXPECT_TRUE(reports[1].fetched);
  EXPECT_EQ(server.requests(), std::vector<std::string>{"/b.bin 0"});
  EXPECT_FALSE(published.fetch("http://127.0.0.1:1/")[1].fetched);  // nothing is asked for
}

TEST(Fetch, GoesToTheFolderThatHasSomeOfIt) {
  const Published published;
  const fs::path there = published.base / "vision/some-set";
  fs::create_directories(there);
  core::write_file_atomic(there / "b.bin", published.second);
  EXPECT_EQ(published.fetch(published.source.string())[0].path, there / "a.bin");
}

TEST(Fetch, ABrokenDownloadGoesOnWhereItStopped) {
  const Published published;
  FileServer server(published.source, "cut");
  expect_whole(published, published.fetch(server.address()));
  const std::vector<std::string> requests = server.requests();
  ASSERT_GT(requests.size(), 3u);
  EXPECT_EQ(requests[0], "/a.bin 0");
  EXPECT_EQ(requests[1], "/a.bin 100000");
  EXPECT_EQ(requests[2], "/a.bin 150000");
}

TEST(Fetch, ABrokenDownloadWithoutPartsIsGivenUpAndKept) {
  const Published published;
  {
    FileServer server(published.source, "cut-whole");
    expect_error(ErrorKind::kData, "the download broke off",
                 [&] { published.fetch(server.address()); });
    EXPECT_GE(server.requests().size(), 4u);
  }
  EXPECT_FALSE(fs::exists(published.base / "some_set/a.bin"));
  EXPECT_EQ(fs::file_size(published.part), 100'000u);
  // The next one goes on with it, from whatever server.
  FileServer server(published.source, "plain");
  expect_whole(published, published.fetch(server.address()));
  EXPECT_EQ(server.requests()[0], "/a.bin 100000");
}

TEST(Fetch, AServerWithoutPartsStartsAgain) {
  const Published published;
  fs::create_directory(published.base / "some_set");
  core::write_file_atomic(published.part, published.first.substr(0, 5'000));
  FileServer server(published.source, "no-range");
  expect_whole(published, published.fetch(server.address()));
}

TEST(Fetch, APartOfSomethingElseIsFetchedAnew) {
  for (const size_t size : {5'000u, 200'000u, 300'000u}) {
    const Published published;
    fs::create_directory(published.base / "some_set");
    core::write_file_atomic(published.part, std::string(size, 'x'));
    FileServer server(published.source, "plain");
    expect_whole(published, published.fetch(server.address()));
  }
}

TEST(Fetch, AWholePartIsNotFetchedAgain) {
  const Published published;
  fs::create_directory(published.base / "some_set");
  core::write_file_atomic(published.part, published.first);
  FileServer server(published.source, "plain");
  expect_whole(published, published.fetch(server.address()));
  EXPECT_EQ(server.requests(), std::vector<std::string>{"/b.bin 0"});
}

TEST(Fetch, AWrongChecksumLeavesNothing) {
  const Published published;
  FileServer server(published.source, "wrong");
  expect_error(ErrorKind::kData, "the checksum is wrong",
               [&] { published.fetch(server.address()); });
  expect_error(ErrorKind::kData, "expected: MD5 " + published.first_sum,
               [&] { published.fetch(server.address()); });
  published.expect_no_files();
}

TEST(Fetch, AWrongFileThatWasThereStaysUntilTheRightOneIsHere) {
  const Published published;
  fs::create_directory(published.base / "some_set");
  core::write_file_atomic(published.base / "some_set/a.bin", "mine");
  FileServer server(published.source, "wrong");
  EXPECT_THROW(published.fetch(server.address()), core::Error);
  EXPECT_EQ(core::read_file(published.base / "some_set/a.bin"), "mine");
}

TEST(Fetch, MoreBytesThanExpectedAreNotTaken) {
  const Published published;
  FileServer server(published.source, "long");
  expect_error(ErrorKind::kData, "expected: 200000 bytes",
               [&] { published.fetch(server.address()); });
  published.expect_no_files();
}

TEST(Fetch, MissingFilesAndServersAreNamed) {
  const Published published;
  fs::remove(published.source / "a.bin");
  FileServer server(published.source, "plain");
  expect_error(ErrorKind::kData, server.address() + "a.bin",
               [&] { published.fetch(server.address()); });
  EXPECT_EQ(server.requests().size(), 1u);  // a 404 is not tried again
  expect_error(ErrorKind::kData, "cannot fetch the file",
               [&] { published.fetch(published.source.string()); });
  expect_error(ErrorKind::kData, "127.0.0.1:1", [&] { published.fetch("http://127.0.0.1:1/"); });
  expect_error(ErrorKind::kData, "gopher://", [&] { published.fetch("gopher://127.0.0.1/"); });
  published.expect_no_files();
}

TEST(Fetch, ARedirectToTheDiskIsRefused) {
  const Published published;
  FileServer server(published.source, "to-file");
  expect_error(ErrorKind::kData, "cannot fetch the file",
               [&] { published.fetch(server.address()); });
  published.expect_no_files();
}

TEST(Fetch, CanBeStoppedAndKeepsWhatCame) {
  const Published published;
  core::StopFlag stop;
  FileServer server(published.source, "plain");
  FetchOptions options = published.options(server.address());
  options.stop = &stop;
  options.on_progress = [&](const FetchProgress& progress) {
    EXPECT_EQ(progress.file, "a.bin");
    EXPECT_EQ(progress.total, 200'000u);
    stop.request();
  };
  expect_error(ErrorKind::kInterrupted, "a.bin.part",
               [&] { fetch_dataset(published.dataset, published.base, options); });
  EXPECT_TRUE(fs::exists(published.part));
  EXPECT_FALSE(fs::exists(published.base / "some_set/a.bin"));
}

// The kind of the error in a process of its own whose files may not exceed the limit, which stands
// in for a full disk; 0 without an error.
int kind_with_file_limit(rlim_t bytes, const std::function<void()>& call) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = bytes};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      call();
    } catch (const core::Error& error) {
      ::_exit(static_cast<int>(error.kind()));
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

TEST(Fetch, AFullDiskIsAMatterOfResourcesAndLeavesNothing) {
  const Published published;
  FileServer server(published.source, "plain");
  for (const std::string& from : {published.source.string(), server.address()}) {
    EXPECT_EQ(kind_with_file_limit(65'536, [&] { published.fetch(from); }),
              static_cast<int>(ErrorKind::kResources));
    published.expect_no_files();
  }
}

TEST(Fetch, OneAtATime) {
  const Published published;
  FetchOptions options = published.options(published.source.string());
  bool asked = false;  // each try waits for the lock: once will do
  options.on_progress = [&](const FetchProgress&) {
    if (!std::exchange(asked, true)) {
      expect_error(ErrorKind::kUsage, "another dyt works in this folder",
                   [&] { published.fetch(published.source.string()); });
    }
  };
  fetch_dataset(published.dataset, published.base, options);
}

}  // namespace
}  // namespace dyt::data
