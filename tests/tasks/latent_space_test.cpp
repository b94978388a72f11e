// SPDX-License-Identifier: Apache-2.0
// Diffusion on the latents of an autoencoder.
#include "dyt/tasks/latent_space.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dyt/io/tensor_file.h"
#include "dyt/tasks/diffusion.h"
#include "dyt/tasks/presets.h"
#include "dyt/tasks/run.h"
#include "tests/support/expect_error.h"
#include "tests/support/fill.h"
#include "tests/support/temp_folder.h"

namespace dyt::tasks {
namespace {

using core::ErrorKind;
using testing::expect_error;
using testing::TempFolder;

const models::VaeConfig kSmallLatents{.widths = {32, 32}, .blocks = 1};

// Weights of a small autoencoder; `older`: under the names that older files have.
void write_weights(const std::filesystem::path& path, bool older = false) {
  models::Vae vae(kSmallLatents);
  testing::fill_module(vae, 0.05);
  io::NamedTensors tensors = io::module_tensors(vae);
  if (older) {
    for (auto& [name, tensor] : tensors) {
      for (const auto& [now, before] : {std::pair(".to_q.", ".query."),
                                        {".to_k.", ".key."},
                                        {".to_v.", ".value."},
                                        {".to_out.0.", ".proj_attn."}}) {
        if (const size_t place = name.find(now); place != std::string::npos) {
          name.replace(place, std::string(now).size(), before);
        }
      }
    }
  }
  io::save_tensors(path, tensors);
}

TEST(LatentSpace, ReadsSizesAndWeightsFromTheFile) {
  const TempFolder folder;
  write_weights(folder / "now.safetensors");
  write_weights(folder / "before.safetensors", /*older=*/true);
  const LatentShape shape = latent_shape(folder / "now.safetensors");
  EXPECT_EQ(shape.factor, 2);
  EXPECT_EQ(shape.channels, 4);
  const LatentSpace now(folder / "now.safetensors", at::kCPU);
  const LatentSpace before(folder / "before.safetensors", at::kCPU);
  const at::Tensor images = torch::rand({20, 3, 8, 8}) * 2 - 1, noise = torch::randn({20, 4, 4, 4});
  const at::Tensor z = now.encode(images, noise);
  EXPECT_TRUE(z.equal(before.encode(images, noise)));

  models::Vae vae(kSmallLatents);
  testing::fill_module(vae, 0.05);
  const at::Tensor expected = models::sample_latents(vae.encode(images), noise) * 0.18215;
  EXPECT_LT((z - expected).abs().max().item<double>(), 1e-5) << "in parts as at once";
  EXPECT_LT((now.decode(z) - vae.decode(z / 0.18215)).abs().max().item<double>(), 1e-4);
  EXPECT_FALSE(now.decode(z).requires_grad());
}

TEST(LatentSpace, WhatIsNoAutoencoder) {
  const TempFolder folder;
  io::save_tensors(folder / "other.safetensors", {{"head.weight", torch::zeros({2, 2})}});
  expect_error(ErrorKind::kData, "other.safetensors",
               [&] { latent_shape(folder / "other.safetensors"); });
  expect_error(ErrorKind::kData, "none.safetensors",
               [&] { latent_shape(folder / "none.safetensors"); });
  models::Vae grey({.widths = {32, 32}, .image_channels = 1, .blocks = 1});
  io::save_tensors(folder / "grey.safetensors", io::module_tensors(grey));
  expect_error(ErrorKind::kData, "RGB", [&] { latent_shape(folder / "grey.safetensors"); });
}

RunConfig latent_config(const TempFolder& folder, const std::vector<std::string>& more) {
  std::vector<std::string> overrides = {
      "model=dit",
      "model.dim=16",
      "model.depth=1",
      "model.num_heads=2",
      "model.norm=dyt",
      "data.train_limit=32",
      "data.test_limit=20",
      "train.batch_size=16",
      "train.epochs=1",
      "augment.policy=center_crop",
      "knn.k=5",
      "diffusion.samples=4",
      "device=cpu",
      "diffusion.sampling_steps=4",
      "out=" + (folder / "run").string(),
      "diffusion.autoencoder=" + (folder / "vae.safetensors").string()};
  overrides.insert(overrides.end(), more.begin(), more.end());
  return resolve_config<RunConfig>({.overrides = overrides});
}

// Drawn with and without guidance by a network whose predicted noise is zero in the latents'
// first three channels: the largest difference of the pictures.
double moved_by_guidance(const TempFolder& folder, bool first_three_are_zero) {
  std::vector<at::Tensor> drawn;
  for (const char* guidance : {"diffusion.guidance=1", "diffusion.guidance=4"}) {
    RunConfig config = latent_config(folder, {guidance});
    data::ImageData data = data::open_data(config.data);
    fit_to_data(config, data);
    const auto task = make_task(config, std::move(data));
    const at::NoGradGuard no_grad;
    const auto weights = task->model().named_parameters();
    weights["y_embedder.embedding_table.weight"].mul_(50);  // classes must matter
    if (first_three_are_zero) {
      // Rows (position in the patch, channel); 4 channels of noise, 4 of variance.
      weights["final_layer.linear.weight"].view({-1, 8, 16}).slice(1, 0, 3).zero_();
    }
    drawn.push_back(dynamic_cast<Diffusion&>(*task).drawn(0, 4));
  }
  return (drawn[0] - drawn[1]).abs().max().item<double>();
}

TEST(LatentDiffusion, GuidesTheFirstThreeChannelsAsReleased) {
  const TempFolder folder;
  write_weights(folder / "vae.safetensors");
  EXPECT_GT(moved_by_guidance(folder, false), 1e-3);
  EXPECT_LT(moved_by_guidance(folder, true), 1e-5);
}

TEST(LatentDiffusion, ARunTrainsAndDrawsThroughTheAutoencoder) {
  const TempFolder folder;
  write_weights(folder / "vae.safetensors");
  const auto config = [&](const std::vector<std::string>& more) {
    return latent_config(folder, more);
  };
  const core::StopFlag stop;
  const RunOutcome outcome = train_run({.config = config({}), .stop = stop});
  EXPECT_EQ(outcome.status, train::RunStatus::kFinished);
  const auto result = nlohmann::json::parse(outcome.result_json);
  EXPECT_EQ(evaluate_run(folder / "run", "last", {}).evaluation.loss,
            result["test_loss"].get<double>());
  EXPECT_EQ(core::read_file(folder / "run/pictures/samples.png").substr(1, 3), "PNG");

  const std::string before = run_identity(config({}), "");
  models::Vae zero(kSmallLatents);
  io::save_tensors(folder / "vae.safetensors", io::module_tensors(zero));
  EXPECT_NE(run_identity(config({}), ""), before) << "the same path, other weights";

  const auto refused = [&](const std::string& words, const std::vector<std::string>& more) {
    expect_error(ErrorKind::kUsage, words, [&] {
      RunConfig wanted = config(more);
      fit_to_data(wanted, data::open_data(wanted.data));
    });
  };
  refused("RGB images", {"augment.policy=affine"});
  refused("'model.image_size'", {"model.image_size=8"});
  refused("'model.channels'", {"model.channels=3"});
}

}  // namespace
}  // namespace dyt::tasks
