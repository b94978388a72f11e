// SPDX-License-Identifier: Apache-2.0
// dyt data fetch and verify as a person uses them.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "dyt/core/process.h"
#include "tests/cli/dyt_command.h"
#include "tests/support/file_server.h"
#include "tests/support/temp_folder.h"

namespace dyt::testing {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* kFirstFile = "train-images-idx3-ubyte.gz";

// A folder that has files of MNIST's names with other bytes in them.
struct FalseMirror {
  FalseMirror() {
    fs::create_directory(source);
    core::write_file_atomic(source / kFirstFile, std::string(300'000, 'x'));
  }
  std::vector<std::string> fetch(const std::string& from) const {
    return {"data", "fetch", "mnist", "--dir", base.string(), "--from", from};
  }
  bool is_clean() const { return !fs::exists(base / "mnist" / kFirstFile) && !fs::exists(part); }

  TempFolder folder;
  fs::path source = folder / "source";
  fs::path base = folder / "Daten für Übungen";
  fs::path part = base / "mnist" / (std::string(kFirstFile) + ".part");
};

TEST(DataFetch, OfWhatIsThereSaysThatThereIsNothingToFetch) {
  for (const auto& [command, name] :
       {std::pair("fetch", "digits"), {"fetch", "folder"}, {"verify", "images"}}) {
    const CommandResult result = run_dyt({"data", command, name});
    EXPECT_EQ(result.status, 0);
    EXPECT_NE(result.output.find("there is nothing to " + std::string(command)), std::string::npos)
        << result.output;
  }
  const CommandResult unknown = run_dyt({"data", "fetch", "mnits"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_NE(unknown.errors.find("did you mean 'mnist'?"), std::string::npos) << unknown.errors;
}

TEST(DataFetch, AWrongChecksumIsSaidAndLeavesNothing) {
  const FalseMirror mirror;
  const CommandResult result = run_dyt(mirror.fetch(mirror.source.string()));
  EXPECT_EQ(result.status, 3) << result.errors;
  for (const char* part : {"checksum is wrong", "f68b3c2dcbeaaa9fbdd348bbdeb94873", kFirstFile}) {
    EXPECT_NE(result.errors.find(part), std::string::npos) << result.errors;
  }
  EXPECT_TRUE(mirror.is_clean());
}

TEST(DataFetch, AFullDiskIsExitCode5) {
  // A limit on the size of files stands in for the full disk.
  const FalseMirror mirror;
  std::vector<std::string> arguments = {
      "sh", "-c", "ulimit -f 100; trap '' XFSZ; exec \"$0\" \"$@\"", DYT_COMMAND};
  for (const std::string& argument : mirror.fetch(mirror.source.string())) {
    arguments.push_back(argument);
  }
  core::Process process({.arguments = arguments, .error_path = mirror.folder / "errors"});
  EXPECT_EQ(process.wait(), 5) << core::read_file(mirror.folder / "errors");
  EXPECT_TRUE(mirror.is_clean());
}

TEST(DataFetch, CtrlCKeepsWhatCame) {
  const FalseMirror mirror;
  FileServer server(mirror.source, "hang");
  std::vector<std::string> arguments = mirror.fetch(server.address());
  arguments.insert(arguments.begin(), DYT_COMMAND);
  core::Process process({.arguments = arguments, .error_path = mirror.folder / "errors"});
  while (!fs::exists(mirror.part) || fs::file_size(mirror.part) < 150'000) {
    process.read_line(50);
    ASSERT_FALSE(process.finished_output()) << core::read_file(mirror.folder / "errors");
  }
  process.send_signal(SIGINT);
  EXPECT_EQ(process.wait(), 130);
  EXPECT_EQ(fs::file_size(mirror.part), 150'000u);
}

TEST(DataFetch, RealFilesFromAFolder) {
  const char* data = std::getenv("DYT_TEST_DATA");
  if (data == nullptr) {
    GTEST_SKIP() << "DYT_TEST_DATA is not set: it names the folder with vision/mnist/";
  }
  const FalseMirror mirror;
  std::vector<std::string> fetch = mirror.fetch(std::string(data) + "/vision/mnist");
  fetch.push_back("--json");
  const CommandResult fetched = run_dyt(fetch);
  ASSERT_EQ(fetched.status, 0) << fetched.errors;
  EXPECT_EQ(json::parse(fetched.output)["files"].size(), 4u);
  EXPECT_TRUE(json::parse(fetched.output)["files"][0]["fetched"]);

  const std::vector<std::string> verify = {
      "data", "verify", "mnist", "--dir", mirror.base.string(), "--json"};
  EXPECT_EQ(run_dyt(verify).status, 0);
  core::write_file_atomic(mirror.base / "mnist" / kFirstFile, "damaged");
  fs::remove(mirror.base / "mnist/t10k-labels-idx1-ubyte.gz");
  const CommandResult verified = run_dyt(verify);
  EXPECT_EQ(verified.status, 3);
  const json files = json::parse(verified.output)["files"];
  EXPECT_EQ(files[0]["state"], "wrong checksum");
  EXPECT_EQ(files[1]["state"], "ok");
  EXPECT_EQ(files[3]["state"], "missing");
}

}  // namespace
}  // namespace dyt::testing
