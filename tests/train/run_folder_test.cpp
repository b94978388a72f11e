#include "dyt/train/run_folder.h"

#include <gtest/gtest.h>

#include "dyt/core/files.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::train {
namespace {

using testing::TempFolder;

RunDescription description(const std::string& identity) {
  return {.identity = identity, .config_toml = "seed = 0\n", .command = "dyt train", .seed = 0};
}

io::NamedTensors tensors(double value) { return {{"x", torch::full({2}, value)}}; }

TEST(RunFolder, StatesFollowTheFiles) {
  const TempFolder folder;
  EXPECT_EQ(folder_identity(folder.path()), std::nullopt);
  {
    RunFolder run(folder.path(), description("one"), false);
    EXPECT_EQ(run.state(), FolderState::kEmpty);
  }
  EXPECT_EQ(folder_identity(folder.path()), "one");
  RunFolder run(folder.path(), description("one"), false);
  EXPECT_EQ(run.state(), FolderState::kStarted);
  run.write_result({{"status", "finished"}});
  EXPECT_EQ(RunFolder(folder.path(), description("one"), false).state(), FolderState::kFinished);
}

TEST(RunFolder, AnotherIdentityIsRefusedOrCleared) {
  const TempFolder folder;
  RunFolder(folder.path(), description("one"), false).write_result({{"status", "finished"}});
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
    EXPECT_EQ(run.resume(tensors(0), tensors(0)), std::nullopt);
    run.append_metrics({{"epoch", 1}});
    run.save({.step = 5, .loss_sum = 0.1, .best_epoch = 1, .best_accuracy = 0.5}, tensors(1),
             tensors(2), true);
    run.append_metrics({{"epoch", 2}});
    run.save({.step = 10, .loss_sum = 0.25}, tensors(3), tensors(4), false);
    run.append_metrics({{"epoch", 3}});
  }
  RunFolder run(folder.path(), description("one"), false);
  const io::NamedTensors model = tensors(0), optimizer = tensors(0);
  const auto state = run.resume(model, optimizer);
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
    run.save({.step = step}, tensors(1), tensors(1), step == 2);
  }
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "checkpoints")) {
    EXPECT_TRUE(entry.path().filename() == "step-2" || entry.path().filename() == "step-4");
    ++count;
  }
  EXPECT_EQ(count, 2u);
}

}  // namespace
}  // namespace dyt::train
