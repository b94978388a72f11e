// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/data_record.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "dyt/core/files.h"
#include "dyt/core/text.h"
#include "dyt/data/dataset.h"
#include "dyt/tasks/input_paths.h"
#include "dyt/tasks/open_run.h"
#include "dyt/tasks/presets.h"
#include "tests/support/expect_error.h"
#include "tests/support/image_files.h"
#include "tests/support/temp_folder.h"
#include "tests/tasks/tiny_runs.h"

namespace dyt::tasks {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;
using testing::expect_error;

// Two classes of ten images of 8x8 pixels, all of them different.
struct DiscsAndCrosses {
  DiscsAndCrosses() {
    for (const char* name : {"cross", "disc"}) {
      fs::create_directories(root / name);
      for (int i = 0; i < 10; ++i) {
        add(std::string(name) + "/" + std::to_string(i) + ".png", i + (name[0] == 'c' ? 0 : 50));
      }
    }
  }
  void add(const std::string& name, int phase, int channels = 1) const {
    core::write_file_atomic(root / name,
                            testing::png_bytes(testing::stripes(8, 8, channels, phase)));
  }
  DataRecord record(data::DataConfig config = {}) const {
    config.folder = root.string();
    return record_of(data::open_data(config), config);
  }
  DataRecord streamed() const { return record({.image_size = 8, .stream = true, .dir = dir}); }

  testing::TempFolder folder;
  fs::path root = folder / "shapes";
  std::string dir = folder / "cache";
};

std::string lines_of(const DataRecord& then, const DataRecord& now) {
  return core::join(data_differences(then, now), "\n");
}

TEST(DataRecord, IsReadBackAndFindsNoDifference) {
  const DiscsAndCrosses shapes;
  for (DataRecord record : {shapes.record(), shapes.streamed()}) {
    record.weights = {{"start.from", "abc"}};
    EXPECT_EQ(record.train.files.size() + record.test.files.size(), 20u);
    core::write_file_atomic(shapes.folder / "data.json", data_record_json(record));
    const DataRecord read = read_data_record(shapes.folder.path());
    EXPECT_EQ(read.train.files, record.train.files);
    EXPECT_EQ(read.weights, record.weights);
    EXPECT_EQ(data_identity(read), data_identity(record));
    EXPECT_EQ(lines_of(read, record), "");
  }
}

TEST(DataRecord, NamesFilesThatCameWentAndChanged) {
  const DiscsAndCrosses shapes;
  const DataRecord memory = shapes.record(), streamed = shapes.streamed();
  fs::rename(shapes.root / "disc/3.png", shapes.root / "disc/new.png");
  core::write_file_atomic(
      shapes.root / "cross/1.png",
      testing::png_bytes(testing::stripes(8, 8, 1, 37)) + std::string(100, ' '));
  for (const std::string& lines :
       {lines_of(memory, shapes.record()), lines_of(streamed, shapes.streamed())}) {
    EXPECT_NE(lines.find("files added: 1 (disc/new.png)"), std::string::npos) << lines;
    EXPECT_NE(lines.find("files gone: 1 (disc/3.png)"), std::string::npos) << lines;
    EXPECT_NE(lines.find("files changed: 1 (cross/1.png)"), std::string::npos) << lines;
  }
}

TEST(DataRecord, OneImageMoreMovesTheSplitAndIsSaid) {
  const DiscsAndCrosses shapes;
  const DataRecord memory = shapes.record(), streamed = shapes.streamed();
  shapes.add("disc/zz.png", 77);
  for (const std::string& lines :
       {lines_of(memory, shapes.record()), lines_of(streamed, shapes.streamed())}) {
    EXPECT_NE(lines.find("files added: 1 (disc/zz.png)"), std::string::npos) << lines;
    EXPECT_NE(lines.find("images: "), std::string::npos) << lines;
  }
}

TEST(DataRecord, NamesClasses) {
  const DiscsAndCrosses shapes;
  const DataRecord before = shapes.record();
  fs::rename(shapes.root / "disc", shapes.root / "ring");
  const DataRecord renamed = shapes.record();
  EXPECT_EQ(renamed.checksum, before.checksum) << "pixels and labels are the same";
  EXPECT_NE(data_identity(renamed), data_identity(before));
  EXPECT_NE(lines_of(before, renamed).find("classes renamed: 1 ('disc' is now 'ring')"),
            std::string::npos);
  fs::rename(shapes.root / "ring", shapes.root / "disc");
  fs::create_directories(shapes.root / "star");
  shapes.add("star/0.png", 5);
  EXPECT_NE(lines_of(before, shapes.record()).find("classes added: 1 (star)"), std::string::npos);
  fs::remove_all(shapes.root / "star");
  fs::rename(shapes.root / "disc", shapes.root / "x");
  fs::rename(shapes.root / "cross", shapes.root / "disc");
  fs::rename(shapes.root / "x", shapes.root / "cross");
  EXPECT_NE(lines_of(before, shapes.record()).find("files changed: 20"), std::string::npos)
      << "swapped names";
}

TEST(DataRecord, AnotherLimitIsNoDifferenceButTrainingImagesAreNeverTestedOn) {
  const DataRecord all = record_of(data::open_data({}), {});
  const data::DataConfig few{.test_limit = 40};
  EXPECT_EQ(lines_of(all, record_of(data::open_data(few), few)), "");
  DataRecord then{.train = {.limit = 1, .files = {{"a", "1"}}}, .test = {.files = {{"b", "2"}}}};
  DataRecord now{.train = {.files = {{"b", "2"}}}, .test = {.limit = 1, .files = {{"a", "1"}}}};
  EXPECT_NE(lines_of(then, now).find("training images now tested on: 1 (a)"), std::string::npos);
}

TEST(InputPaths, EveryPathThatDecidesResultsIsOne) {
  std::set<std::string> others;
  for (const char* model : {"vit", "mae", "dino", "dit", "convnext"}) {
    RunConfig config = resolve_config<RunConfig>({.overrides = {std::string("model=") + model}});
    const core::Fields fields = core::fields_of(config);
    for (const core::Field& field : fields.list()) {
      if (!field.info.identity && !is_input_path(field.key)) {
        others.insert(field.key);
      }
    }
  }
  EXPECT_EQ(others, (std::set<std::string>{"data.workers", "device", "out",
                                           "train.checkpoint_every", "train.threads"}));
}

TEST(OpenRun, DataThatChangedAreAnErrorOrSaid) {
  const DiscsAndCrosses shapes;
  const fs::path run = testing::trained_run(
      shapes.folder / "run", {"data.folder=" + shapes.root.string(), "model.patch_size=4",
                              "train.batch_size=4", "data.train_limit=0", "data.test_limit=0"});
  EXPECT_TRUE(evaluate_run(run, "last", {}).data_differences.empty());
  EXPECT_TRUE(evaluate_run(run, "last", {"data.test_limit=2"}).data_differences.empty());
  shapes.add("disc/zz.png", 77);
  expect_error(ErrorKind::kData, "files added: 1 (disc/zz.png)",
               [&] { evaluate_run(run, "last", {}); });
  const EvalOutcome outcome = evaluate_run(run, "last", {"other_data=true"});
  EXPECT_FALSE(outcome.data_differences.empty());
  fs::remove(shapes.root / "disc/zz.png");
  EXPECT_TRUE(evaluate_run(run, "last", {}).data_differences.empty());
  fs::remove(run / "data.json");
  expect_error(ErrorKind::kData, "no data.json", [&] { evaluate_run(run, "last", {}); });
  EXPECT_FALSE(evaluate_run(run, "last", {"other_data=true"}).data_differences.empty());
}

// A set of the same classes, once for a run in colours and once for a grey one.
TEST(OpenRun, OtherDataThatTheNetworkCannotSeeAreRefusedWithAWayOut) {
  const DiscsAndCrosses grey, coloured;
  for (int i = 0; i < 10; ++i) {
    coloured.add("disc/" + std::to_string(i) + ".png", i, 3);
  }
  const auto train_on = [](const DiscsAndCrosses& shapes) {
    return testing::trained_run(
        shapes.folder / "run",
        {"data.folder=" + shapes.root.string(), "model.patch_size=4", "train.batch_size=4"});
  };
  const fs::path grey_run = train_on(grey), coloured_run = train_on(coloured);
  const auto at = [](const DiscsAndCrosses& shapes) {
    return std::vector<std::string>{"other_data=true", "data.folder=" + shapes.root.string()};
  };
  EXPECT_FALSE(evaluate_run(coloured_run, "last", at(grey)).data_differences.empty());
  expect_error(ErrorKind::kData, "convert the images to grey",
               [&] { evaluate_run(grey_run, "last", at(coloured)); });
  auto larger = at(grey);
  larger.push_back("data.image_size=16");
  expect_error(ErrorKind::kData, "data.image_size=8",
               [&] { evaluate_run(grey_run, "last", larger); });
}

TEST(Resume, DataThatChangedMakeAnotherRunThatSaysHow) {
  const DiscsAndCrosses shapes;
  const std::vector<std::string> keys = {"data.folder=" + shapes.root.string(),
                                         "model.patch_size=4", "train.batch_size=4"};
  testing::trained_run(shapes.folder / "run", keys);
  fs::rename(shapes.root / "disc", shapes.root / "ring");
  expect_error(ErrorKind::kUsage, "classes renamed: 1 ('disc' is now 'ring')",
               [&] { testing::trained_run(shapes.folder / "run", keys); });
  fs::rename(shapes.root / "ring", shapes.root / "disc");
  std::vector<std::string> other = keys;
  other.push_back("optim.lr=0.02");
  expect_error(ErrorKind::kUsage, "optim.lr: 0.003 in the folder, 0.02 here",
               [&] { testing::trained_run(shapes.folder / "run", other); });
}

}  // namespace
}  // namespace dyt::tasks
