// SPDX-License-Identifier: Apache-2.0
// What a command says of repeating its result, and what a run is opened with, as a person meets it.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "dyt/core/shell.h"
#include "tests/cli/dyt_command.h"
#include "tests/cli/folder_content.h"
#include "tests/support/image_files.h"
#include "tests/support/temp_folder.h"

namespace dyt::testing {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

// Of two classes, with a blank and a quote in the path.
struct OwnImages {
  OwnImages() {
    for (const char* name : {"a", "b"}) {
      fs::create_directories(root / name);
      for (int i = 0; i < 15; ++i) {
        core::write_file_atomic(root / name / (std::to_string(i) + ".png"),
                                png_bytes(stripes(8, 8, 1, i + (name[0] == 'a' ? 0 : 50))));
      }
    }
  }
  TempFolder folder;
  fs::path root = folder / "somebody's images";
};

// In an empty folder; "dyt" of the text is the program under test.
CommandResult run_in_empty_folder(const TempFolder& folder, const std::string& command) {
  const fs::path empty = folder / "empty";
  fs::create_directories(empty);
  const std::string script = "cd " + core::shell_quoted(empty.string()) + " && " +
                             core::shell_quoted(DYT_COMMAND) + command.substr(3) + " --quiet";
  core::Process process({.arguments = {"bash", "-c", script + " 2>&1"}});
  CommandResult result;
  while (const auto line = process.read_line()) {
    result.output += *line + "\n";
  }
  result.status = process.wait();
  return result;
}

json compare_json(const fs::path& folder) {
  return without_measurements(json::parse(core::read_file(folder / "compare.json")));
}

TEST(Repeat, TheCommandOfAComparisonGivesItAgainFromAnEmptyFolder) {
  const OwnImages images;
  const fs::path out = images.folder / "out";
  const CommandResult compared = run_dyt(
      tiny_run("compare", {"data.folder=" + images.root.string(), "slots=layer_norm,dyt", "seeds=1",
                           "strip.enabled=false", "cost.enabled=false", "data.train_limit=0",
                           "model.patch_size=4", "train.batch_size=8", "out=" + out.string()}));
  ASSERT_EQ(compared.status, 0) << compared.errors;
  const json first = compare_json(out);
  EXPECT_EQ(first["config"]["data"]["name"], "folder");
  EXPECT_EQ(first["config"]["data"]["folder"], images.root.string());
  const CommandResult again =
      run_in_empty_folder(images.folder, first["command"].get<std::string>() + " out=again");
  ASSERT_EQ(again.status, 0) << again.output;
  EXPECT_EQ(compare_json(images.folder / "empty/again"), first);
}

TEST(Repeat, TheCommandOfARunGivesItAgainFromAnEmptyFolder) {
  const OwnImages images;
  const fs::path out = images.folder / "out";
  ASSERT_EQ(run_dyt(tiny_run("train", {"data.folder=" + images.root.string(), "model.patch_size=4",
                                       "train.batch_size=8", "out=" + out.string()}))
                .status,
            0);
  const json env = json::parse(core::read_file(out / "env.json"));
  const CommandResult again =
      run_in_empty_folder(images.folder, env["repeat"].get<std::string>() + " out=again");
  ASSERT_EQ(again.status, 0) << again.output;
  EXPECT_EQ(core::read_file(images.folder / "empty/again/last/model.safetensors"),
            core::read_file(out / "last/model.safetensors"));
  EXPECT_NE(core::read_file(out / "report.html").find("dyt train"), std::string::npos);
}

TEST(OtherData, IsRefusedOrSaidByEveryCommandThatOpensARun) {
  const OwnImages images;
  const std::string out = (images.folder / "out").string();
  ASSERT_EQ(run_dyt(tiny_run("train", {"data.folder=" + images.root.string(), "model.patch_size=4",
                                       "train.batch_size=8", "out=" + out}))
                .status,
            0);
  core::write_file_atomic(images.root / "b/zz.png", png_bytes(stripes(8, 8, 1, 99)));
  const std::vector<std::vector<std::string>> commands = {
      {"eval", out},
      {"inspect", out},
      {"fid", "run=" + out, images.root.string(), "classifier=" + out, "--quiet"}};
  for (std::vector<std::string> command : commands) {
    const CommandResult refused = run_dyt(command);
    EXPECT_EQ(refused.status, 3) << command[0] << refused.errors;
    EXPECT_NE(refused.errors.find("files added: 1 (b/zz.png)"), std::string::npos)
        << refused.errors;
    command.push_back("other_data=true");
    const CommandResult said = run_dyt(command);
    EXPECT_EQ(said.status, 0) << command[0] << said.errors;
    EXPECT_NE(said.output.find("files added: 1 (b/zz.png)"), std::string::npos) << said.output;
    command.push_back("--json");
    EXPECT_NE(run_dyt(command).output.find("files added: 1 (b/zz.png)"), std::string::npos);
  }
}

}  // namespace
}  // namespace dyt::testing
