// SPDX-License-Identifier: Apache-2.0
#include "dyt/train/run_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "tests/support/expect_error.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/temp_folder.h"

namespace dyt::train {
namespace {

using testing::TempFolder;

RunDescription description(const std::string& identity) {
  return {.identity = identity, .config_toml = "seed = 0\n", .command = "dyt train", .seed = 0};
}

const nlohmann::ordered_json kResult = {{"version", 1}, {"status", "finished"}, {"step", 4}};

io::NamedTensors tensors(double value) { return {{"x", torch::full({2}, value)}}; }

std::vector<CheckpointPart> parts(const io::NamedTensors& model,
                                  const io::NamedTensors& optimizer) {
  return {{"model", model}, {"optimizer", optimizer}};
}

TEST(RunFolder, StatesFollowTheFiles) {
  const TempFolder folder;
  EXPECT_EQ(folder_identity(folder.path()), std::nullopt);
  {
    RunFolder run(folder.path(), description("one"), false);
    EXPECT_EQ(run.state(), FolderState::kEmpty);
  }
  EXPECT_EQ(folder_identity(folder.path()), "one");
  {
    RunFolder run(folder.path(), description("one"), false);
    EXPECT_EQ(run.state(), FolderState::kStarted);
    run.write_result(kResult);
  }
  EXPECT_EQ(RunFolder(folder.path(), description("one"), false).state(), FolderState::kFinished);
}

TEST(RunFolder, AnotherIdentityIsRefusedOrCleared) {
  const TempFolder folder;
  RunFolder(folder.path(), description("one"), false).write_result(kResult);
  core::write_file_atomic(folder / "notes.txt", "the user's own");
  testing::expect_error(core::ErrorKind::kUsage, "--fresh",
                        [&] { RunFolder(folder.path(), description("two"), false); });
  EXPECT_EQ(RunFolder(folder.path(), description("two"), true).state(), FolderState::kEmpty);
  EXPECT_EQ(core::read_file(folder / "notes.txt"), "the user's own");
}

TEST(RunFolder, ResumesFromTheNewestCheckpointAndCutsTheLog) {
  const TempFolder folder;
  {
    RunFolder run(folder.path(), description("one"), false);
    EXPECT_EQ(run.resume(parts(tensors(0), tensors(0))), std::nullopt);
    run.append_metrics({{"epoch", 1}});
    run.save({.step = 5, .loss_sum = 0.1, .best_epoch = 1, .best_accuracy = 0.5},
             parts(tensors(1), tensors(2)), true);
    run.append_metrics({{"epoch", 2}});
    run.save({.step = 10, .loss_sum = 0.25}, parts(tensors(3), tensors(4)), false);
    run.append_metrics({{"epoch", 3}});
  }
  RunFolder run(folder.path(), description("one"), false);
  const io::NamedTensors model = tensors(0), optimizer = tensors(0);
  const auto state = run.resume(parts(model, optimizer));
  ASSERT_TRUE(state.has_value());
  EXPECT_EQ(state->step, 10);
  EXPECT_EQ(state->loss_sum, 0.25);
  EXPECT_EQ(model[0].second[0].item<double>(), 3);
  EXPECT_EQ(optimizer[0].second[0].item<double>(), 4);
  EXPECT_EQ(run.last_metrics()["epoch"], 2) << "what came after the checkpoint is cut";
  EXPECT_TRUE(std::filesystem::exists(folder / "best/model.safetensors"));
}

TEST(RunFolder, KeepsLastAndBestOnly) {
  const TempFolder folder;
  RunFolder run(folder.path(), description("one"), false);
  for (int64_t step = 1; step <= 4; ++step) {
    run.save({.step = step}, parts(tensors(1), tensors(1)), step == 2);
  }
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "checkpoints")) {
    EXPECT_TRUE(entry.path().filename() == "step-2" || entry.path().filename() == "step-4");
    ++count;
  }
  EXPECT_EQ(count, 2u);
}

// The names in a folder and below it.
std::vector<std::string> listing(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    names.push_back(std::filesystem::relative(entry.path(), folder));
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Two checkpoints, `best` at step 2 and `last` at step 4.
void write_started_run(const std::filesystem::path& path) {
  RunFolder run(path, description("one"), false);
  for (int64_t step = 1; step <= 4; ++step) {
    run.append_metrics({{"epoch", step}});
    run.save({.step = step}, parts(tensors(1), tensors(1)), step == 2);
  }
}

TEST(RunFolder, OpeningRemovesWhatAKillLeft) {
  const TempFolder folder;
  write_started_run(folder.path());
  RunFolder(folder.path(), description("one"), false).write_picture("samples", "PNG");
  const std::vector<std::string> before = listing(folder.path());
  core::write_file_atomic(folder / ".tmp-12-env.json", "{\"vers");
  core::write_file_atomic(folder / "pictures/.tmp-12-samples.png", "PN");
  std::filesystem::create_symlink("checkpoints/step-5", folder / ".tmp-12-last");
  core::make_folder(folder / "checkpoints/.tmp-12-step-5");
  core::write_file_atomic(folder / "checkpoints/.tmp-12-step-5/model.safetensors", "half");
  core::make_folder(folder / "checkpoints/step-3");  // superseded, but not yet removed
  core::make_folder(folder / "checkpoints/step-5");  // whole, but no link had moved
  RunFolder(folder.path(), description("one"), false);
  EXPECT_EQ(listing(folder.path()), before);
}

TEST(RunFolder, WhatIsAPersonsStays) {
  const TempFolder folder;
  write_started_run(folder.path());
  RunFolder(folder.path(), description("one"), false).write_picture("samples", "PNG");
  const std::vector<std::string> mine = {"notes.txt",
                                         ".tmp-1-x",
                                         "own/last/x",
                                         "pictures/mine.png",
                                         "pictures/.tmp-1-mine.png",
                                         "checkpoints/notes.txt",
                                         "checkpoints/step-2-kept/model.safetensors",
                                         "checkpoints/step-4/notes.txt",
                                         "checkpoints/.tmp-1-x"};
  for (const std::string& name : mine) {
    core::make_folder((folder / name).parent_path());
    core::write_file_atomic(folder / name, "mine");
  }
  RunFolder(folder.path(), description("one"), false);
  for (int again = 0; again < 2; ++again) {
    RunFolder run(folder.path(), description("two"), true);
    EXPECT_EQ(run.resume(parts(tensors(0), tensors(0))), std::nullopt);
    for (const std::string& name : mine) {
      EXPECT_EQ(core::read_file(folder / name), "mine") << name;
    }
    size_t files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
      files += entry.is_regular_file() ? 1 : 0;
    }
    EXPECT_EQ(files, mine.size() + 5) << "mark, lock, config, env and an empty log";
    run.save({.step = 4}, parts(tensors(1), tensors(1)), true);
    EXPECT_EQ(run.resume(parts(tensors(0), tensors(0)))->step, 4);
  }
}

TEST(RunFolder, ANameThatIsTakenIsRefusedBeforeTraining) {
  for (const char* name :
       {"result.json", "report.html", "error.log", "last", "best", "pictures", "checkpoints"}) {
    SCOPED_TRACE(name);
    const TempFolder folder;
    RunFolder(folder.path(), description("one"), false);
    core::write_file_atomic(folder / name, "mine");
    for (const bool fresh : {false, true}) {
      testing::expect_error(core::ErrorKind::kUsage, (folder / name).string(),
                            [&] { RunFolder(folder.path(), description("one"), fresh); });
    }
    EXPECT_EQ(core::read_file(folder / name), "mine");
  }
  const TempFolder folder;
  write_started_run(folder.path());
  std::filesystem::remove(folder / "last");
  core::make_folder(folder / "last");
  core::write_file_atomic(folder / "last/x", "mine");
  testing::expect_error(core::ErrorKind::kUsage, "last",
                        [&] { RunFolder(folder.path(), description("one"), true); });
  EXPECT_EQ(core::read_file(folder / "last/x"), "mine");
}

TEST(RunFolder, ABegunRunWithoutItsEnvJsonIsAnErrorOrFresh) {
  const TempFolder folder;
  write_started_run(folder.path());
  const std::vector<std::string> before = listing(folder.path());
  std::filesystem::remove(folder / "env.json");
  testing::expect_error(core::ErrorKind::kData, "env.json, which says which one, is gone",
                        [&] { RunFolder(folder.path(), description("one"), false); });
  EXPECT_EQ(listing(folder.path()).size(), before.size() - 1);
  EXPECT_EQ(RunFolder(folder.path(), description("one"), true).state(), FolderState::kEmpty);
}

// As a killed one leaves it: marked and described in part, nothing trained.
TEST(RunFolder, ARunThatWroteNoEnvJsonYetBegins) {
  const TempFolder folder;
  RunFolder(folder.path(), description("one"), false);
  std::filesystem::remove(folder / "env.json");
  EXPECT_EQ(RunFolder(folder.path(), description("two"), false).state(), FolderState::kEmpty);
}

TEST(RunFolder, ARenamedFolderIsNotMadeAnew) {
  const TempFolder folder;
  RunFolder run(folder / "a", description("one"), false);
  run.save({.step = 1}, parts(tensors(1), tensors(1)), true);
  std::filesystem::rename(folder / "a", folder / "b");
  const std::function<void()> kWrites[] = {
      [&] { run.check_place(); },
      [&] {
        run.append_metrics({{"epoch", 1}});
      },
      [&] { run.save({.step = 2}, parts(tensors(1), tensors(1)), true); },
      [&] { run.write_picture("samples", "PNG"); }, [&] { run.write_result(kResult); }};
  for (const auto& write : kWrites) {
    testing::expect_error(core::ErrorKind::kData, "renamed, removed or replaced", write);
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "a"));
  EXPECT_TRUE(std::filesystem::exists(folder / "b/last/state.json"));
}

// A link's place in a copy: nothing, a copy of what it pointed at, or its text.
enum class Copy { kNothing, kFolder, kText };

void replace_links(const std::filesystem::path& run, Copy copy) {
  for (const char* name : {"last", "best"}) {
    const std::filesystem::path target = std::filesystem::read_symlink(run / name);
    std::filesystem::remove(run / name);
    if (copy == Copy::kFolder) {
      std::filesystem::copy(run / target, run / name);
    } else if (copy == Copy::kText) {
      core::write_file_atomic(run / name, target.string());
    }
  }
}

TEST(RunFolder, ACopyWithoutLinksGoesOn) {
  for (const Copy copy : {Copy::kNothing, Copy::kFolder, Copy::kText}) {
    for (const bool has_checkpoints : {true, false}) {
      if (!has_checkpoints && copy != Copy::kFolder) {
        continue;
      }
      SCOPED_TRACE(static_cast<int>(copy));
      const TempFolder folder;
      write_started_run(folder.path());
      const std::vector<std::string> before = listing(folder.path());
      replace_links(folder.path(), copy);
      if (!has_checkpoints) {
        std::filesystem::remove_all(folder / "checkpoints");
      }
      EXPECT_EQ(read_state(find_checkpoint(folder.path(), "last")).state.step, 4);
      EXPECT_EQ(read_state(find_checkpoint(folder.path(), "best")).state.step, 2);
      RunFolder run(folder.path(), description("one"), false);
      EXPECT_EQ(run.resume(parts(tensors(0), tensors(0)))->step, 4);
      EXPECT_EQ(listing(folder.path()), before);
      EXPECT_EQ(std::filesystem::read_symlink(folder / "last"), "checkpoints/step-4");
      EXPECT_EQ(std::filesystem::read_symlink(folder / "best"), "checkpoints/step-2");
      run.append_metrics({{"epoch", 5}});
      run.save({.step = 5}, parts(tensors(1), tensors(1)), false);
      EXPECT_TRUE(std::filesystem::exists(folder / "best/state.json"));
    }
  }
}

// Every byte of every part, one bit at a time; what is edited, longer or shorter, too.
TEST(RunFolder, AnyFlippedByteIsFound) {
  const TempFolder folder;
  write_started_run(folder.path());
  for (const char* name : {"model.safetensors", "optimizer.safetensors", "state.json"}) {
    const std::filesystem::path file = folder / "checkpoints/step-4" / name;
    const std::string good = core::read_file(file);
    const auto expect_found = [&](const std::string& bad) {
      std::ofstream(file, std::ios::binary) << bad;
      RunFolder run(folder.path(), description("one"), false);
      testing::expect_error(core::ErrorKind::kData, name,
                            [&] { run.resume(parts(tensors(0), tensors(0))); });
    };
    for (size_t at = 0; at < good.size(); ++at) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << (at % 8)));
      SCOPED_TRACE(std::string(name) + ", byte " + std::to_string(at));
      expect_found(bad);
    }
    expect_found(good + " ");
    expect_found(good.substr(0, good.size() - 1));
    std::ofstream(file, std::ios::binary) << good;
  }
  std::string edited = core::read_file(folder / "last/state.json");
  edited.replace(edited.find("\"step\": 4"), 9, "\"step\": 3");
  core::write_file_atomic(folder / "last/state.json", edited);
  RunFolder run(folder.path(), description("one"), false);
  for (const char* part :
       {"its bytes are not those", "expected: checksum ", "found:    checksum "}) {
    testing::expect_error(core::ErrorKind::kData, part,
                          [&] { run.resume(parts(tensors(0), tensors(0))); });
  }
}

TEST(RunFolder, DamageIsNamedAndNothingIsChanged) {
  struct Damage {
    const char* file;
    const char* content;
    const char* part;
  };
  const Damage kDamages[] = {
      {"last/state.json", "{\"version\": 2, \"st", "not valid JSON, byte"},
      {"last/state.json", "{\"version\": 3}", "not what a run writes"},
      {"last/state.json", "{\"version\": 2, \"step\": 4}", "expected: version 3"},
      {"last/state.json", "[]", "another version"},
      {"last/model.safetensors", "half", "cannot go on from the run's last checkpoint"},
      {"last/optimizer.safetensors", "", "cannot go on from the run's last checkpoint"},
      {"metrics.jsonl", "{\"epoch\":1}\n{\"epo", "expected: at least 4 lines"},
  };
  for (const Damage& damage : kDamages) {
    SCOPED_TRACE(damage.content);
    const TempFolder folder;
    write_started_run(folder.path());
    core::write_file_atomic(folder / damage.file, damage.content);
    RunFolder run(folder.path(), description("one"), false);
    const auto resume = [&] { run.resume(parts(tensors(0), tensors(0))); };
    testing::expect_error(core::ErrorKind::kData, damage.part, resume);
    testing::expect_error(core::ErrorKind::kData, (folder / damage.file).string(), resume);
    testing::expect_error(core::ErrorKind::kData, "--fresh", resume);
    EXPECT_EQ(core::read_file(folder / damage.file), damage.content);
  }
}

TEST(RunFolder, ALinkToNothingIsDamage) {
  const TempFolder folder;
  write_started_run(folder.path());
  std::filesystem::remove_all(folder / "checkpoints/step-4");
  RunFolder run(folder.path(), description("one"), false);
  testing::expect_error(core::ErrorKind::kData, "last/state.json",
                        [&] { run.resume(parts(tensors(0), tensors(0))); });
}

TEST(RunFolder, AResultThatCannotBeReadIsNamed) {
  const std::pair<const char*, const char*> kCases[] = {
      {"{\"version\": 1, \"status\": \"fin", "not valid JSON"},
      {"{\"version\": 2, \"status\": \"finished\"}", "another version of the program"},
      {"{\"version\": 1}", "not what a run writes"},
      {"", "not valid JSON"}};
  for (const auto& [content, part] : kCases) {
    const TempFolder folder;
    write_started_run(folder.path());
    RunFolder(folder.path(), description("one"), false).write_result(kResult);
    core::write_file_atomic(folder / "result.json", content);
    testing::expect_error(core::ErrorKind::kData, part,
                          [&] { RunFolder(folder.path(), description("one"), false); });
    EXPECT_EQ(RunFolder(folder.path(), description("one"), true).state(), FolderState::kEmpty);
  }
}

TEST(RunFolder, AnAppendThatFailsInTheMiddleIsCutAway) {
  const TempFolder folder;
  write_started_run(folder.path());
  const std::string before = core::read_file(folder / "metrics.jsonl");
  {
    RunFolder run(folder.path(), description("one"), false);
    const testing::FileSizeLimit limit(before.size() + 5);
    testing::expect_error(core::ErrorKind::kResources, "metrics.jsonl", [&] {
      run.append_metrics({{"epoch", 5}});
    });
  }
  EXPECT_EQ(core::read_file(folder / "metrics.jsonl"), before + "{\"epo");
  RunFolder run(folder.path(), description("one"), false);
  EXPECT_EQ(run.resume(parts(tensors(0), tensors(0)))->step, 4);
  EXPECT_EQ(core::read_file(folder / "metrics.jsonl"), before);
}

TEST(RunFolder, AFailedSaveKeepsTheLastGoodCheckpoint) {
  const TempFolder folder;
  write_started_run(folder.path());
  const std::vector<std::string> before = listing(folder.path());
  RunFolder run(folder.path(), description("one"), false);
  const io::NamedTensors large = {{"x", torch::zeros({4000})}};
  {
    const testing::FileSizeLimit limit(8192);
    testing::expect_error(core::ErrorKind::kResources, "the same command goes on from there",
                          [&] { run.save({.step = 5}, parts(tensors(1), large), true); });
  }
  EXPECT_EQ(listing(folder.path()), before);
  EXPECT_EQ(std::filesystem::read_symlink(folder / "last"), "checkpoints/step-4");
  EXPECT_EQ(std::filesystem::read_symlink(folder / "best"), "checkpoints/step-2");
  EXPECT_EQ(run.resume(parts(tensors(0), tensors(0)))->step, 4);
}

}  // namespace
}  // namespace dyt::train
