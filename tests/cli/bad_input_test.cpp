// SPDX-License-Identifier: Apache-2.0
// Wrong input gets a clear error with its exit code, and nothing half-written.
#include <gtest/gtest.h>

#include <filesystem>

#include "dyt/core/files.h"
#include "tests/cli/dyt_command.h"
#include "tests/support/expect_error.h"
#include "tests/support/image_files.h"
#include "tests/support/temp_folder.h"

namespace dyt::testing {
namespace {

struct Case {
  const char* name;
  std::vector<std::string> arguments;
  int status;
  std::vector<const char*> parts;  // of the message
};

class BadInput : public ::testing::TestWithParam<Case> {};

TEST_P(BadInput, IsRefusedInWords) {
  const TempFolder folder;
  std::vector<std::string> arguments = GetParam().arguments;
  const std::string out = (folder / "out").string();
  const std::string command = arguments[0];
  if (command == "train" || command == "compare") {
    arguments.push_back("out=" + out);
  }
  const CommandResult result = run_dyt(arguments);
  EXPECT_EQ(result.status, GetParam().status) << result.errors;
  for (const char* part : GetParam().parts) {
    EXPECT_NE(result.errors.find(part), std::string::npos) << "expected '" << part << "' in:\n"
                                                           << result.errors;
  }
  EXPECT_FALSE(std::filesystem::exists(out)) << "nothing may be written";
}

const Case kCases[] = {
    {"UnknownCommand", {"tarin"}, 2, {"unknown command 'tarin'", "did you mean 'train'?"}},
    {"UnknownFlag", {"train", "--freash"}, 2, {"--freash"}},
    {"UnknownKey", {"train", "model.dpth=3"}, 2, {"unknown key 'model.dpth'", "model.depth"}},
    {"UnknownKeyOfCompare", {"compare", "sedes=3"}, 2, {"unknown key 'sedes'", "seeds"}},
    {"UnknownLimit", {"compare", "kpi.step_tme=1"}, 2, {"kpi.step_tme", "kpi.step_time"}},
    {"NegativeLimit", {"compare", "kpi.memory=-1"}, 2, {"kpi.memory", "from 0 to", "-1"}},
    {"RateNotInTheStrip",
     {"compare", "kpi.stable_lr=0.02"},
     2,
     {"kpi.stable_lr", "0.001,0.003,0.01,0.03", "0.02"}},
    {"RenamedSlot",
     {"train", "model.norm=group_norm:groups=4"},
     2,
     {"group_norm is now called group_norm_per_token"}},
    {"UnknownSlot", {"compare", "slots=layer_norm,dty"}, 2, {"dty", "did you mean 'dyt'?"}},
    {"UnknownSlotKey", {"compare", "slots=layer_norm,dyt:alpha=1"}, 2, {"alpha0"}},
    {"UnknownData", {"compare", "data=digts"}, 2, {"digts", "did you mean 'digits'?"}},
    {"UnknownModel", {"train", "model=vti"}, 2, {"vti", "vit"}},
    {"WrongType", {"train", "train.epochs=ten"}, 2, {"train.epochs", "integer", "ten"}},
    {"OutOfBounds", {"train", "train.epochs=0"}, 2, {"train.epochs", "from 1 to"}},
    {"NotANumber", {"train", "optim.lr=nan"}, 2, {"optim.lr", "number"}},
    {"NoAssignment", {"train", "model.depth"}, 3, {"model.depth", "cannot open"}},
    {"PatchDoesNotDivide", {"train", "model.patch_size=3"}, 2, {"patch", "8", "3"}},
    {"PatchOfMaeDoesNotDivide",
     {"train", "model=mae", "model.patch_size=3"},
     2,
     {"model.patch_size", "divides 8", "3"}},
    {"PatchOfDinoDoesNotDivide",
     {"train", "model=dino", "model.patch_size=3"},
     2,
     {"model.patch_size", "divides 8", "3"}},
    {"PatchOfDitDoesNotDivide",
     {"train", "model=dit", "model.patch_size=3"},
     2,
     {"model.patch_size", "divides 8", "3"}},
    {"PatchOfConvNextIsTooLarge",
     {"train", "model=convnext", "model.patch_size=3"},
     2,
     {"patch_size", "12", "8"}},
    {"NothingIsHidden", {"train", "model=mae", "model.mask_ratio=0"}, 2, {"model.mask_ratio"}},
    {"EverythingIsHidden", {"train", "model=mae", "model.mask_ratio=1"}, 2, {"model.mask_ratio"}},
    {"AKeyOfAnotherFamily",
     {"train", "dino.momentum=0.9"},
     2,
     {"unknown key 'dino.momentum'", "of the family dino", "the model here is vit"}},
    {"ClippingEachToNothing", {"train", "optim.clip_each=true"}, 2, {"optim.clip_norm"}},
    {"ClippingEachToNothingInAComparison",
     {"compare", "optim.clip_each=true"},
     2,
     {"'optim.clip_each' would have no effect", "optim.clip_norm"}},
    {"AnAverageThatIsNotThere", {"train", "train.ema_evaluation=instead"}, 2, {"set train.ema"}},
    {"LabelSmoothingWithoutLabels",
     {"train", "model=mae", "train.label_smoothing=0.1"},
     2,
     {"train.label_smoothing", "no labels"}},
    {"AugmentationOfSelfDistillation",
     {"train", "model=dino", "augment.shift=0"},
     2,
     {"augment.shift", "own crops"}},
    {"AHeadOverNoStart", {"train", "start.head_std=0.1"}, 2, {"start.head_std", "start.from"}},
    {"GroupsThatDoNotDivide",
     {"train", "model=resnet", "model.norm=group_norm_per_token"},
     2,
     {"slot group_norm_per_token", "divides 16", "32, the default",
      "group_norm_per_token:groups=16"}},
    {"GroupsThatDoNotDivideInAComparison",
     {"compare", "model=resnet", "slots=batch_norm:eps=1e-5,group_norm_per_token"},
     2,
     {"slot group_norm_per_token", "divides 16", "slots=group_norm_per_token:groups=16"}},
    {"HeadsDoNotDivide", {"train", "model.num_heads=5"}, 2, {"num_heads", "64", "5"}},
    {"WrongImageSize", {"train", "model.image_size=16"}, 2, {"model.image_size", "8", "16"}},
    {"BatchTooLarge", {"train", "data.train_limit=16"}, 2, {"batch", "16", "32"}},
    {"NoDataFiles",
     {"train", "data=mnist", "data.dir=/nowhere"},
     3,
     {"/nowhere", "train-images-idx3-ubyte", "dyt data fetch mnist --dir '/nowhere'"}},
    {"NoDataFolder", {"train", "data.folder=/nowhere/a b"}, 3, {"/nowhere/a b", "CLASS"}},
    {"FolderAndName", {"train", "data.folder=a", "data=mnist"}, 2, {"data.folder", "mnist"}},
    {"ImageSizeWithoutFolder", {"train", "data.image_size=8"}, 2, {"data.image_size"}},
    {"NoConfigFile", {"compare", "/nowhere/a.toml"}, 3, {"/nowhere/a.toml"}},
    {"NoRunFolder", {"eval", "/nowhere/run"}, 3, {"/nowhere/run", "run folder"}},
};

INSTANTIATE_TEST_SUITE_P(Cli, BadInput, ::testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

// IDX files of three 8x8 images in two classes, with one thing wrong.
struct IdxFiles {
  std::string images =
      std::string("\0\0\x08\x03\0\0\0\x03\0\0\0\x08\0\0\0\x08", 16) + std::string(192, '\x40');
  std::string labels = std::string("\0\0\x08\x01\0\0\0\x03\0\1\0", 11);
};

CommandResult train_on(const IdxFiles& files, const TempFolder& folder) {
  core::write_file_atomic(folder / "images.idx", files.images);
  core::write_file_atomic(folder / "labels.idx", files.labels);
  return run_dyt({"train", "data.images=" + (folder / "images.idx").string(),
                  "data.labels=" + (folder / "labels.idx").string(),
                  "out=" + (folder / "out").string()});
}

TEST(BadData, TruncatedFileNamesFileAndByte) {
  const TempFolder folder;
  IdxFiles files;
  files.images.resize(100);
  const CommandResult result = train_on(files, folder);
  EXPECT_EQ(result.status, 3) << result.errors;
  EXPECT_NE(result.errors.find("images.idx"), std::string::npos) << result.errors;
  EXPECT_NE(result.errors.find("100"), std::string::npos) << result.errors;
  EXPECT_FALSE(std::filesystem::exists(folder / "out"));
}

TEST(BadData, WrongMagicNamesTheFile) {
  const TempFolder folder;
  IdxFiles files;
  files.labels[2] = '\x0d';
  const CommandResult result = train_on(files, folder);
  EXPECT_EQ(result.status, 3) << result.errors;
  EXPECT_NE(result.errors.find("labels.idx"), std::string::npos) << result.errors;
}

TEST(BadData, MoreLabelsThanImages) {
  const TempFolder folder;
  IdxFiles files;
  files.labels = std::string("\0\0\x08\x01\0\0\0\x04\0\1\0\1", 12);
  const CommandResult result = train_on(files, folder);
  EXPECT_EQ(result.status, 3) << result.errors;
  EXPECT_NE(result.errors.find("4"), std::string::npos) << result.errors;
}

TEST(BadCheckpoint, OfAnotherArchitectureNamesTheDifference) {
  const TempFolder folder;
  const std::string out = (folder / "run").string();
  ASSERT_EQ(run_dyt(tiny_run("train", {"out=" + out})).status, 0);
  CommandResult result = run_dyt({"eval", out, "model.depth=2"});
  EXPECT_EQ(result.status, 3);
  EXPECT_NE(result.errors.find("another architecture"), std::string::npos) << result.errors;
  EXPECT_NE(result.errors.find("'blocks.1."), std::string::npos) << result.errors;
  result = run_dyt({"eval", out, "model.dim=32"});
  EXPECT_EQ(result.status, 3);
  EXPECT_NE(result.errors.find("(1, 1, 16) in the file, (1, 1, 32) here"), std::string::npos)
      << result.errors;

  const std::filesystem::path file = std::filesystem::path(out) / "last/model.safetensors";
  core::write_file_atomic(file, core::read_file(file).substr(0, 5000));
  result = run_dyt({"eval", out});
  EXPECT_EQ(result.status, 3);
  EXPECT_NE(result.errors.find("model.safetensors"), std::string::npos) << result.errors;
}

// Images of 8x8 pixels in two classes.
std::string two_classes(const TempFolder& folder) {
  for (const char* name : {"left", "right"}) {
    std::filesystem::create_directories(folder / "images" / name);
    for (int i = 0; i < 20; ++i) {
      core::write_file_atomic(folder / "images" / name / (std::to_string(i) + ".png"),
                              png_bytes(stripes(8, 8, 1, i + (name[0] == 'l' ? 0 : 100))));
    }
  }
  return (folder / "images").string();
}

TEST(BadCheckpoint, OfAnotherHeadIsNamedByEvalAndGoesAsAStart) {
  const TempFolder folder;
  const std::string run = (folder / "run").string(), data = "data.folder=" + two_classes(folder);
  ASSERT_EQ(run_dyt(tiny_run("train", {"out=" + run})).status, 0);
  CommandResult result = run_dyt({"eval", run, data});
  EXPECT_EQ(result.status, 3);
  EXPECT_TRUE(mentions(result.errors, "classes: 10 in the run, 2 here"));

  const auto start = [&](const std::string& key) {
    return run_dyt(tiny_run("train", {data, "start.from=" + run, key, "train.batch_size=8",
                                      "out=" + (folder / "tuned").string()}));
  };
  // With the class token's pooling the network has another norm before its head.
  result = start("model.global_pool=token");
  EXPECT_EQ(result.status, 2);
  EXPECT_TRUE(mentions(result.errors, "model.global_pool=token here, model.global_pool=avg there"));
  EXPECT_FALSE(std::filesystem::exists(folder / "tuned"));
  EXPECT_EQ(start("model.global_pool=avg").status, 0) << "a head of two classes starts anew";
}

TEST(BadFolder, OfAnotherRunIsRefusedUnlessFresh) {
  const TempFolder folder;
  const std::string out = "out=" + (folder / "run").string();
  ASSERT_EQ(run_dyt(tiny_run("train", {out})).status, 0);
  const CommandResult result = run_dyt(tiny_run("train", {out, "seed=1"}));
  EXPECT_EQ(result.status, 2);
  EXPECT_NE(result.errors.find("--fresh"), std::string::npos) << result.errors;
  EXPECT_EQ(run_dyt(tiny_run("train", {out, "seed=1", "--fresh"})).status, 0);
}

}  // namespace
}  // namespace dyt::testing
