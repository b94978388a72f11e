// SPDX-License-Identifier: Apache-2.0
// The configurations that the repository offers: each is read, and its network can be built for the
// images of its data, with every slot that it compares.
#include <gtest/gtest.h>
#include <torch/nn/module.h>

#include <filesystem>
#include <map>
#include <set>

#include "dyt/compare/compare_config.h"
#include "dyt/tasks/idle_keys.h"
#include "dyt/tasks/presets.h"

namespace dyt::compare {
namespace {

namespace fs = std::filesystem;

struct Shape {
  int64_t image_size, channels;
};

// Of the data that the configurations name.
Shape shape_of(const std::string& data) {
  const std::map<std::string, Shape> shapes = {
      {"digits", {8, 1}}, {"mnist", {28, 1}}, {"fashion_mnist", {28, 1}}, {"cifar10", {32, 3}}};
  return shapes.at(data);
}

std::vector<fs::path> offered() {
  std::vector<fs::path> files;
  for (const char* folder : {"small", "compare"}) {
    for (const fs::directory_entry& entry :
         fs::directory_iterator(fs::path(DYT_SOURCE_DIR) / "configs" / folder)) {
      files.push_back(entry.path());
    }
  }
  return files;
}

TEST(OfferedConfigs, AreReadAndTheirNetworksCanBeBuilt) {
  EXPECT_GE(offered().size(), 8u);
  for (const fs::path& file : offered()) {
    const auto config = tasks::resolve_config<CompareConfig>({.file = file});
    EXPECT_NO_THROW(tasks::check_idle_keys(config.run)) << file;
    for (const std::string& slot : config.compare.slots) {
      models::ModelConfig model = config.run.model;
      const Shape shape = shape_of(config.run.data.name);
      model.image_size() = shape.image_size;
      model.channels() = config.run.augment.makes_rgb() ? 3 : shape.channels;
      if (model.has_classes()) {
        model.num_classes() = 10;
      }
      model.norm() = slot;
      EXPECT_NO_THROW(model.validate()) << file;
      EXPECT_FALSE(models::make_network(model, at::kMeta)->parameters().empty()) << file;
    }
  }
}

// ImageNet-1K; the loaders of the releases drop the last, smaller batch.
constexpr int64_t kImages = 1281167;

struct Sheet {
  std::string file;
  int64_t layer_norm, dyt;  // parameters; of the convolutional networks with batch_norm and DyT
  int64_t steps;
  double lr;
  int64_t batch_size;
  // What the file itself says, where it is of one function.
  std::string norm = {};  // empty: not asked
  int64_t own = 0;        // parameters
  double drop_path = 0;
  std::string zero_init;
};

class PaperConfig : public ::testing::TestWithParam<Sheet> {};

TEST_P(PaperConfig, HoldsWhatThePaperSays) {
  const Sheet& sheet = GetParam();
  const auto config = tasks::resolve_config<tasks::RunConfig>(
      {.file = fs::path(DYT_SOURCE_DIR) / "configs/paper" / (sheet.file + ".toml")});
  EXPECT_NO_THROW(tasks::check_idle_keys(config));
  EXPECT_EQ(config.train.epochs * train::steps_per_epoch(config.train, kImages), sheet.steps);
  EXPECT_DOUBLE_EQ(config.optim.lr, sheet.lr);
  EXPECT_EQ(config.train.batch_size, sheet.batch_size);
  EXPECT_TRUE(config.data.stream);
  const bool is_diffusion = std::holds_alternative<models::DitModel>(config.model.family);
  EXPECT_EQ(config.data.normalization, is_diffusion ? "half" : "imagenet");
  if (!sheet.norm.empty()) {
    EXPECT_EQ(config.model.norm(), sheet.norm);
  }
  if (const auto* vit = std::get_if<models::VitModel>(&config.model.family); vit && sheet.own) {
    EXPECT_EQ(vit->sizes.drop_path, sheet.drop_path);
  }
  if (const auto* dit = std::get_if<models::DitModel>(&config.model.family); dit && sheet.own) {
    EXPECT_EQ(dit->sizes.zero_init, sheet.zero_init);
  }
  models::ModelConfig model = config.model;
  model.channels() = model.channels() == 0 ? 3 : model.channels();
  if (model.has_classes()) {
    model.num_classes() = 1000;
  }
  const auto parameters = [&](const std::string& slot) {
    model.norm() = slot;
    return models::parameter_count(*models::make_network(model, at::kMeta));
  };
  EXPECT_EQ(parameters("layer_norm"), sheet.layer_norm);
  EXPECT_EQ(parameters("dyt"), sheet.dyt);
  if (sheet.own != 0) {
    EXPECT_EQ(parameters(sheet.norm), sheet.own);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Vision, PaperConfig,
    ::testing::Values(
        Sheet{"vit_base", 86567656, 86567681, 93600, 4e-3, 4096},
        Sheet{"vit_large", 304326632, 304326681, 93600, 4e-3, 4096},
        Sheet{"convnext_base", 88591464, 88591505, 93600, 4e-3, 4096},
        Sheet{"convnext_large", 197767336, 197767377, 93600, 4e-3, 4096},
        Sheet{"derf_vit_base", 86567656, 86567681, 93600, 4e-3, 4096, "derf", 86567706, 0.15},
        Sheet{"derf_vit_large", 304326632, 304326681, 93600, 4e-3, 4096, "derf", 304326730, 0.5},
        Sheet{"derf_dit_b_4", 130475648, 130475673, 400320, 4e-4, 256, "derf", 130475698, 0,
              "blocks"},
        Sheet{"derf_dit_l_4", 458053760, 458053809, 400320, 4e-4, 256, "derf", 458053858, 0, "off"},
        Sheet{"derf_dit_xl_2", 675129632, 675129689, 400320, 4e-4, 256, "derf:alpha0=1", 675129746,
              0, "off"},
        Sheet{"mae_base", 111907840, 111907882, 249600, 2.4e-3, 4096},
        Sheet{"mae_large", 329541888, 329541954, 249600, 2.4e-3, 4096},
        Sheet{"mae_base_finetune", 86567656, 86567681, 125100, 2e-3, 1024},
        Sheet{"mae_large_finetune", 304326632, 304326681, 62550, 4e-3, 1024},
        Sheet{"dino_base_16", 108937216, 108937241, 500400, 3e-3, 1024},
        Sheet{"dino_base_8", 108946432, 108946457, 363900, 2.0625e-3, 1056},
        Sheet{"dino_base_16_finetune", 86567656, 86567681, 125100, 2e-3, 1024},
        Sheet{"dino_base_8_finetune", 86576872, 86576897, 125100, 2e-3, 1024},
        Sheet{"dit_b_4", 130475648, 130475673, 400320, 4e-4, 256},
        Sheet{"dit_l_4", 458053760, 458053809, 400320, 4e-4, 256},
        Sheet{"dit_xl_2", 675129632, 675129689, 400320, 4e-4, 256},
        Sheet{"resnet50", 25557032, 25557085, 450360, 0.1, 256},
        Sheet{"vgg19", 143678248, 143678264, 450360, 0.1, 256}),
    [](const auto& info) { return info.param.file; });

TEST(PaperConfigs, EachFileHasItsSheet) {
  std::set<std::string> files;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(fs::path(DYT_SOURCE_DIR) / "configs/paper")) {
    files.insert(entry.path().stem());
  }
  EXPECT_EQ(files.size(), 22u) << "a new file gets a row in the table above";
}

}  // namespace
}  // namespace dyt::compare
