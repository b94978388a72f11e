// SPDX-License-Identifier: Apache-2.0
// Sets of pictures against each other, by a classifier trained here and by Inception with weights
// of a file.
#include "dyt/tasks/picture_quality.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "dyt/analysis/sample_quality.h"
#include "dyt/core/files.h"
#include "dyt/core/hash.h"
#include "dyt/formats/png_write.h"
#include "dyt/io/tensor_file.h"
#include "dyt/models/inception.h"
#include "dyt/train/checkpoint.h"
#include "tests/support/expect_error.h"
#include "tests/support/fill.h"
#include "tests/support/temp_folder.h"
#include "tests/tasks/tiny_runs.h"

namespace dyt::tasks {
namespace {

namespace fs = std::filesystem;
using core::ErrorKind;
using testing::expect_error;
using testing::fill_values;
using testing::TempFolder;
using testing::trained_run;

struct Shape {
  int64_t side = 8, channels = 1;
};

// So many pictures 00.png, 01.png, ... of noise that `name` decides; `copies`: all are the first.
fs::path noise(const fs::path& folder, int64_t count, const Shape& shape = {},
               bool copies = false) {
  fs::create_directories(folder);
  for (int64_t n = 0; n < count; ++n) {
    const std::string name = folder.filename().string() + std::to_string(copies ? 0 : n);
    const at::Tensor values =
        ((fill_values(name, {shape.side * shape.side * shape.channels}) + 1) * 127).to(at::kByte);
    const uint8_t* first = values.const_data_ptr<uint8_t>();
    core::write_file_atomic(folder / (std::to_string(10 + n) + ".png"),
                            formats::png_bytes({.height = shape.side,
                                                .width = shape.side,
                                                .channels = shape.channels,
                                                .pixels = {first, first + values.numel()}}));
  }
  return folder;
}

double number(const PictureQuality& quality, const std::string& key) {
  for (const QualityNumber& each : quality.numbers) {
    if (each.key == key) {
      return each.value;
    }
  }
  ADD_FAILURE() << "no number " << key;
  return 0;
}

class ByClassifier : public ::testing::Test {
 protected:
  ByClassifier() { trained_run(run_, {}); }

  PictureQuality quality(const std::string& reference, const std::string& samples) const {
    return picture_quality({.reference = reference,
                            .samples = samples,
                            .config = {.classifier = run_.string(), .device = "cpu"},
                            .on_progress = {}});
  }
  std::string noisy(const char* name, int64_t count, const Shape& shape = {},
                    bool copies = false) const {
    return noise(folder_ / name, count, shape, copies).string();
  }

  TempFolder folder_;
  fs::path run_ = folder_ / "classifier";
};

TEST_F(ByClassifier, ASetWithItselfAndWithAnother) {
  const std::string own = "run=" + run_.string(), other_set = noisy("noise", 30);
  const PictureQuality same = quality(own, own);
  EXPECT_LT(number(same, "feature_distance"), 1e-6);
  EXPECT_EQ(number(same, "precision"), 1);
  EXPECT_EQ(number(same, "recall"), 1);
  EXPECT_EQ(same.reference_count, 40);
  EXPECT_EQ(same.reference_name, "test images of digits");
  EXPECT_EQ(same.dimensions, 16);
  EXPECT_TRUE(same.warnings.empty());

  const PictureQuality other = quality(own, other_set);
  EXPECT_GT(number(other, "feature_distance"), 0.1);
  EXPECT_EQ(other.samples_count, 30);
  EXPECT_GE(number(other, "classifier_score"), 1);
  EXPECT_LE(number(other, "classifier_score"), 10);
}

TEST_F(ByClassifier, IsNeverCalledFid) {
  const PictureQuality found = quality(noisy("a", 20), noisy("b", 20));
  EXPECT_EQ(found.numbers[0].key, "feature_distance");
  EXPECT_EQ(found.numbers[0].title, "feature distance (classifier " + run_.string() + "), not FID");
  for (const QualityNumber& each : found.numbers) {
    EXPECT_NE(each.key, "fid");
    EXPECT_NE(each.key, "inception_score");
    EXPECT_NE(each.title, "FID");
    EXPECT_NE(each.title, "Inception score");
  }
}

TEST_F(ByClassifier, FewPicturesAreSaidAndFewerThanFourRefused) {
  const PictureQuality few = quality(noisy("a", 17), noisy("b", 16));
  ASSERT_EQ(few.warnings.size(), 1u) << "17 pictures are enough for 16 features";
  EXPECT_TRUE(testing::mentions(few.warnings[0], "16 pictures for 16 features"));
  expect_error(ErrorKind::kData, "at least 4", [&] { quality(noisy("c", 3), noisy("a", 17)); });
}

TEST_F(ByClassifier, FeaturesWithoutVarianceAreNothingSpecial) {
  const std::string copies = noisy("copies", 6, {}, /*copies=*/true);
  const PictureQuality same = quality(copies, copies);
  EXPECT_LT(number(same, "feature_distance"), 1e-10);
  EXPECT_EQ(number(same, "precision"), 1);
  EXPECT_NEAR(number(same, "classifier_score"), 1, 1e-6) << "one class alone";
  const PictureQuality other = quality(noisy("noise", 20), copies);
  EXPECT_TRUE(std::isfinite(number(other, "feature_distance")));
  EXPECT_GT(number(other, "feature_distance"), 0);
}

TEST_F(ByClassifier, PicturesThatTheClassifierDoesNotTakeAreNamed) {
  const std::string good = noisy("good", 5);
  expect_error(ErrorKind::kData, "16x16 pixels",
               [&] { quality(good, noisy("large", 5, {.side = 16})); });
  expect_error(ErrorKind::kData, "8x8 pixels, as the classifier",
               [&] { quality(good, noisy("large", 5, {.side = 16})); });
  expect_error(ErrorKind::kData, "colour/10.png",
               [&] { quality(noisy("colour", 5, {.channels = 3}), good); });
  core::write_file_atomic(folder_ / "good/99.png", "no picture");
  expect_error(ErrorKind::kData, "good/99.png", [&] { quality(good, good); });
  fs::create_directory(folder_ / "empty");
  expect_error(ErrorKind::kData, "holds no pictures",
               [&] { quality(noisy("a", 5), (folder_ / "empty").string()); });
  expect_error(ErrorKind::kData, "/nowhere", [&] { quality("/nowhere", noisy("a", 5)); });
  expect_error(ErrorKind::kData, "not a run folder", [&] { quality("run=/nowhere", good); });
}

TEST_F(ByClassifier, FeaturesThatAreNotFiniteNameThePicture) {
  // Weights that are not finite would be refused; these are, and what they compute is not.
  const std::filesystem::path weights = run_ / "last/model.safetensors";
  io::NamedTensors tensors = io::read_tensors(weights);
  for (auto& [name, tensor] : tensors) {
    if (name == "blocks.0.mlp.fc1.weight") {
      tensor[0].fill_(std::numeric_limits<float>::max());
    }
  }
  io::save_tensors(weights, tensors);
  train::CheckpointState state = train::read_state(run_ / "last");
  state.sums["model.safetensors"] = core::xxh3_hex_of_file(weights);
  core::write_file_atomic(run_ / "last" / train::kStateFile, train::state_text(state));
  expect_error(ErrorKind::kData, "a/10.png", [&] { quality(noisy("a", 5), noisy("b", 5)); });
}

TEST_F(ByClassifier, OneNetworkIsNamedAndItClassifies) {
  const std::string a = noisy("a", 5);
  const auto by = [&](const QualityConfig& config) {
    picture_quality({.reference = a, .samples = a, .config = config, .on_progress = {}});
  };
  expect_error(ErrorKind::kUsage, "no network", [&] { by({}); });
  expect_error(ErrorKind::kUsage, "two networks",
               [&] { by({.inception = "a.safetensors", .classifier = "b"}); });
  expect_error(ErrorKind::kUsage, "convert", [&] { by({.inception = "weights.pth"}); });
  expect_error(ErrorKind::kData, "none.safetensors",
               [&] { by({.inception = "none.safetensors"}); });
  testing::dit_run(folder_ / "dit");
  expect_error(ErrorKind::kUsage, "model dit",
               [&] { by({.classifier = (folder_ / "dit").string()}); });
}

TEST(GreyPictures, GoThreeTimesIntoAClassifierOfColours) {
  const TempFolder folder;
  trained_run(folder / "run", {"augment.policy=resized_crop"});
  const PictureNetwork network = classifier_network(folder / "run", {});
  EXPECT_EQ(network.channels, 3);
  const PictureFeatures grey = features_of(folder_pictures(noise(folder / "grey", 5)), network);
  EXPECT_EQ(grey.pooled.sizes(), at::IntArrayRef({5, 16}));
  EXPECT_EQ(grey.logits.sizes(), at::IntArrayRef({5, 10}));
}

std::shared_ptr<models::Inception> filled_inception() {
  auto model = std::make_shared<models::Inception>();
  for (const auto& item : model->named_parameters()) {
    const at::Tensor& tensor = item.value();
    const double fan_in = tensor.dim() < 2 ? 36 : static_cast<double>(tensor[0].numel());
    tensor.detach().copy_(fill_values(item.key(), tensor.sizes()) * std::sqrt(6 / fan_in));
  }
  return model;
}

TEST(ByInception, IsFidAndItsCompanions) {
  const TempFolder folder;
  const auto model = filled_inception();
  io::save_tensors(folder / "weights.safetensors", io::module_tensors(*model));
  const std::string a = noise(folder / "a", 4, {.side = 8, .channels = 3}).string();
  noise(folder / "b/deep", 4, {.side = 12});  // of another size, and grey
  const PictureQuality found = picture_quality(
      {.reference = a,
       .samples = (folder / "b").string(),
       .config = {.inception = (folder / "weights.safetensors").string(), .device = "cpu"},
       .on_progress = {}});
  EXPECT_EQ(found.network, "Inception");
  EXPECT_EQ(found.dimensions, 2048);
  EXPECT_EQ(found.warnings.size(), 2u);

  const at::NoGradGuard no_grad;
  const auto features = [&](const fs::path& path, int64_t side, int64_t channels) {
    std::vector<at::Tensor> rows;
    for (int64_t n = 0; n < 4; ++n) {
      const formats::Image image = formats::read_image(path / (std::to_string(10 + n) + ".png"));
      rows.push_back(torch::tensor(std::vector<int64_t>(image.pixels.begin(), image.pixels.end()))
                         .reshape({side, side, channels})
                         .permute({2, 0, 1})
                         .expand({3, -1, -1}));
    }
    return model->forward(at::stack(rows));
  };
  const models::InceptionFeatures real = features(a, 8, 3),
                                  drawn = features(folder / "b/deep", 12, 1);
  const auto expect_number = [&](const char* key, double expected) {
    EXPECT_NEAR(number(found, key), expected, 1e-6 * std::abs(expected)) << key;
  };
  expect_number("fid", analysis::frechet_distance(real.pooled, drawn.pooled));
  expect_number("sfid", analysis::frechet_distance(real.spatial, drawn.spatial));
  expect_number("inception_score", analysis::inception_score(model->logits(drawn.pooled)));
  EXPECT_GT(number(found, "fid"), 0);
  EXPECT_EQ(found.numbers[0].title, "FID");
}

}  // namespace
}  // namespace dyt::tasks
