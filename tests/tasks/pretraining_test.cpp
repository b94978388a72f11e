// SPDX-License-Identifier: Apache-2.0
// Masked images and self-distillation on the digits, small enough for a second each.
#include <gtest/gtest.h>
#include <torch/nn/module.h>

#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "dyt/optim/optimizer.h"
#include "dyt/tasks/classify.h"
#include "dyt/tasks/diffusion.h"
#include "dyt/tasks/masked_images.h"
#include "dyt/tasks/presets.h"
#include "dyt/tasks/pretrained.h"
#include "dyt/tasks/run.h"
#include "dyt/tasks/self_distillation.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::tasks {
namespace {

using core::ErrorKind;
using testing::expect_error;
using testing::TempFolder;

const std::vector<std::string> kSmall = {
    "model.dim=16",       "model.depth=2",       "model.num_heads=2", "data.train_limit=64",
    "data.test_limit=20", "train.batch_size=16", "train.epochs=2",    "device=cpu"};

std::vector<std::string> with(std::vector<std::string> more) {
  more.insert(more.begin(), kSmall.begin(), kSmall.end());
  return more;
}

std::vector<std::string> mae(std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"model=mae", "model.decoder_dim=16", "model.decoder_num_heads=2"});
  return with(more);
}

std::vector<std::string> dino(std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"model=dino", "model.out_dim=32", "model.head_hidden_dim=16",
                             "model.head_bottleneck_dim=8", "dino.local_crops=2"});
  return with(more);
}

template <class Task>
std::unique_ptr<Task> task_of(const std::vector<std::string>& overrides) {
  auto config = resolve_config<RunConfig>({.overrides = overrides});
  data::ImageData data = data::open_data(config.data);
  fit_to_data(config, data);
  std::unique_ptr<VisionTask> task = make_task(config, std::move(data));
  auto* made = dynamic_cast<Task*>(task.get());
  EXPECT_NE(made, nullptr);
  task.release();
  return std::unique_ptr<Task>(made);
}

double loss_at(VisionTask& task, int64_t step) {
  const std::vector<int64_t> order = task.epoch_order(0);
  return task.training_loss({.epoch = 0, .step = step, .steps = 8}, std::span(order).first(16))
      .item<double>();
}

RunOutcome trained(const std::filesystem::path& folder, std::vector<std::string> overrides) {
  overrides.push_back("out=" + folder.string());
  const core::StopFlag stop;
  return train_run({.config = resolve_config<RunConfig>({.overrides = overrides}), .stop = stop});
}

nlohmann::json result_of(const RunOutcome& outcome) {
  return nlohmann::json::parse(outcome.result_json);
}

TEST(MaskedImages, LossAndEvaluationGoBySeedAndPlace) {
  const auto first = task_of<MaskedImages>(mae({"model.norm=dyt"}));
  const auto second = task_of<MaskedImages>(mae({"model.norm=dyt"}));
  const double loss = loss_at(*first, 0);
  loss_at(*second, 0);
  EXPECT_EQ(loss_at(*second, 0), loss);
  const train::Evaluation once = first->evaluate(), again = second->evaluate();
  EXPECT_EQ(once.loss, again.loss) << "the test images' masks are their own";
  EXPECT_EQ(once.correct, again.correct);
  EXPECT_EQ(once.correct.size(), 20u);
  EXPECT_EQ(once.slots.size(), 10u);
  for (const analysis::SlotStatistics& slot : once.slots) {
    EXPECT_GT(slot.input_std, 0) << slot.name;
  }
}

TEST(MaskedImages, MeasuresAlphaAndFolds) {
  const auto task = task_of<MaskedImages>(mae({"model.norm=dyt:alpha0=auto"}));
  const std::vector<int64_t> order = task->epoch_order(0);
  task->calibrate(std::span(order).first(16));
  const train::Evaluation before = task->evaluate();
  EXPECT_TRUE(std::isfinite(before.loss));
  task->fold();
  EXPECT_EQ(task->evaluate().correct, before.correct) << "the features must not change";
}

TEST(SelfDistillation, TheTeacherFollowsAndTheLastLayerWaits) {
  const auto task = task_of<SelfDistillation>(dino({"model.norm=dyt", "dino.momentum=0.5"}));
  auto& model = dynamic_cast<Distillation&>(task->model());
  const auto weight = [](models::DinoNetwork& network, const char* name) {
    return network.named_parameters()[name].detach().clone();
  };
  const char kBackbone[] = "backbone.blocks.0.mlp.fc1.weight";
  const char kLast[] = "head.last_layer.weight_v";
  const at::Tensor start = weight(*model.student, kBackbone), last = weight(*model.student, kLast);
  EXPECT_TRUE(at::equal(weight(*model.teacher, kBackbone), start));

  const auto optimizer = optim::make_optimizer(optim::named_parameters(task->model()), {},
                                               {.skip_missing_gradients = true});
  const train::StepPlace place{.epoch = 0, .step = 0, .steps = 8};
  const std::vector<int64_t> order = task->epoch_order(0);
  const at::Tensor loss = task->training_loss(place, std::span(order).first(16));
  loss.backward();
  EXPECT_FALSE(model.teacher->named_parameters()[kBackbone].grad().defined());
  EXPECT_GT(model.loss->center().abs().sum().item<double>(), 0);
  task->before_update(place, *optimizer);
  optimizer->step(1e-2);
  task->after_update(place);
  const at::Tensor moved = weight(*model.student, kBackbone);
  EXPECT_FALSE(at::equal(moved, start));
  EXPECT_TRUE(at::allclose(weight(*model.teacher, kBackbone), (start + moved) / 2, 1e-5, 1e-7));
  EXPECT_TRUE(at::equal(weight(*model.student, kLast), last));
}

TEST(SelfDistillation, EvaluatesTheTeacherOnGreyImages) {
  const auto task = task_of<SelfDistillation>(dino({"model.norm=dyt:alpha0=auto"}));
  const std::vector<int64_t> order = task->epoch_order(0);
  task->calibrate(std::span(order).first(16));
  const train::Evaluation once = task->evaluate(), again = task->evaluate();
  EXPECT_EQ(once.loss, again.loss);
  EXPECT_EQ(once.correct, again.correct);
  EXPECT_EQ(once.slots.size(), 5u);
  EXPECT_EQ(once.slots[0].name, "backbone.blocks.0.norm1");
  ASSERT_EQ(once.measures.size(), 1u);
  EXPECT_EQ(once.measures[0].name, "target_information");
  EXPECT_GT(*once.slots[0].alpha, 0);
}

TEST(MaskedImages, ShowsWhatItPaints) {
  const auto task = task_of<MaskedImages>(mae());
  const train::Evaluation evaluation = task->evaluate();
  ASSERT_EQ(evaluation.pictures.size(), 1u);
  EXPECT_EQ(evaluation.pictures[0].pixels.sizes(), at::IntArrayRef({3 * 10 + 2, 8 * 10 + 2, 1}));
}

std::vector<std::string> dit(std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"model=dit", "model.patch_size=4", "diffusion.samples=20",
                             "diffusion.sampling_steps=4"});
  return with(more);
}

TEST(Diffusion, LossSamplesAndPicturesGoBySeedAndPlace) {
  const auto first = task_of<Diffusion>(dit({"model.norm=dyt"}));
  const auto second = task_of<Diffusion>(dit({"model.norm=dyt"}));
  const double loss = loss_at(*first, 0);
  loss_at(*second, 0);
  EXPECT_EQ(loss_at(*second, 0), loss);
  const train::Evaluation once = first->evaluate(), again = second->evaluate();
  EXPECT_EQ(once.loss, again.loss);
  EXPECT_EQ(once.correct, again.correct);
  EXPECT_EQ(once.correct.size(), 20u) << "one a drawn picture";
  EXPECT_EQ(once.slots.size(), 5u);
  ASSERT_EQ(once.pictures.size(), 1u);
  EXPECT_EQ(once.pictures[0].pixels.size(1), 10 * 10 + 2) << "a column a class";
  EXPECT_TRUE(at::equal(once.pictures[0].pixels, again.pictures[0].pixels));
}

TEST(Diffusion, APictureIsTheSameWhateverIsDrawnBesideIt) {
  for (const std::string sampler : {"ddim", "ddpm"}) {
    for (const std::string guidance : {"1", "2"}) {
      const auto task = task_of<Diffusion>(dit(
          {"model.norm=dyt", "diffusion.sampler=" + sampler, "diffusion.guidance=" + guidance}));
      const at::Tensor all = task->drawn(0, 4), part = task->drawn(2, 4);
      EXPECT_LT((all.slice(0, 2) - part).abs().max().item<double>(), 1e-5) << sampler << guidance;
      EXPECT_LE(all.abs().max().item<double>(), sampler == "ddim" ? 1.01 : 10);
    }
  }
}

TEST(Diffusion, RunsAndLeavesItsPicture) {
  const TempFolder folder;
  const RunOutcome outcome =
      trained(folder / "dit", dit({"model.norm=dyt:alpha0=auto", "train.ema=0.9"}));
  EXPECT_EQ(outcome.status, train::RunStatus::kFinished);
  EXPECT_EQ(result_of(outcome)["pictures"][0]["file"], "pictures/samples.png");
  EXPECT_EQ(core::read_file(folder / "dit/pictures/samples.png").substr(1, 3), "PNG");
  EXPECT_TRUE(result_of(outcome)["ema"].contains("test_accuracy"));
}

TEST(Pretraining, RunsEndWithAResultAndGoOnAsAClassifier) {
  const TempFolder folder;
  for (const auto& [name, overrides] :
       {std::pair("mae", mae({"model.norm=dyt"})), std::pair("dino", dino({"model.norm=dyt"}))}) {
    const RunOutcome outcome = trained(folder / name, overrides);
    EXPECT_EQ(outcome.status, train::RunStatus::kFinished) << name;
    EXPECT_EQ(result_of(outcome)["correct"].get<std::string>().size(), 20u) << name;
    EXPECT_TRUE(trained(folder / name, overrides).was_finished) << name;
    EXPECT_EQ(evaluate_run(folder / name, "last", {}).evaluation.accuracy,
              result_of(outcome)["test_accuracy"].get<double>())
        << name;

    // DINO's backbone takes three channels: its weights do not fit a classifier of grey images.
    const std::vector<std::string> start =
        with({"model.norm=dyt", "model.global_pool=avg", "start.from=" + (folder / name).string()});
    if (name == std::string("dino")) {
      expect_error(ErrorKind::kData, "patch_embed.proj.weight", [&] { task_of<Classify>(start); });
      continue;
    }
    const auto task = task_of<Classify>(start);
    const io::NamedTensors saved = io::read_tensors(folder / name / "last/model.safetensors");
    const auto parameters = task->model().named_parameters();
    for (const auto& [tensor, value] : saved) {
      if (tensor.starts_with("blocks.") || tensor == "pos_embed") {
        EXPECT_TRUE(at::equal(value, parameters[tensor])) << tensor;
      }
    }
    EXPECT_LT(parameters["head.weight"].abs().max().item<double>(), 1e-3);
    EXPECT_EQ(trained(folder / "finetune", start).status, train::RunStatus::kFinished);
  }
}

TEST(Pretraining, TheWeightsOfTheStartAreInTheIdentity) {
  const TempFolder folder;
  trained(folder / "one", mae());
  trained(folder / "two", mae({"seed=1"}));
  const auto identity = [&](const char* name) {
    return run_identity(
        resolve_config<RunConfig>({.overrides = with({"start.from=" + (folder / name).string()})}),
        "");
  };
  EXPECT_NE(identity("one"), identity("two"));
  const std::string before = identity("one");
  for (const char* name : {"last/model.safetensors", "last/state.json"}) {
    std::filesystem::copy_file(folder / "two" / name, folder / "one" / name,
                               std::filesystem::copy_options::overwrite_existing);
  }
  EXPECT_NE(identity("one"), before) << "the same path, other bytes";
}

TEST(Pretraining, WhatDoesNotGo) {
  const auto fit = [](const std::vector<std::string>& overrides) {
    auto config = resolve_config<RunConfig>({.overrides = overrides});
    fit_to_data(config, data::open_data(config.data));
  };
  expect_error(ErrorKind::kUsage, "model.mask_ratio", [&] { fit(mae({"model.mask_ratio=0"})); });
  expect_error(ErrorKind::kUsage, "model.mask_ratio", [&] { fit(mae({"model.mask_ratio=1"})); });
  expect_error(ErrorKind::kUsage, "knn.k", [&] { fit(mae({"knn.k=65"})); });
  expect_error(ErrorKind::kUsage, "unknown key 'dino.momentum'",
               [&] { fit(mae({"dino.momentum=0.9"})); });
  expect_error(ErrorKind::kUsage, "'model.channels'", [&] { fit(dino({"model.channels=1"})); });
  expect_error(ErrorKind::kData, "start.from",
               [&] { task_of<Classify>(with({"start.from=/no/such/run"})); });
  expect_error(ErrorKind::kUsage, "optim.layer_decay",
               [&] { fit(mae({"optim.layer_decay=0.75"})); });
  expect_error(ErrorKind::kUsage, "dino.local_size", [&] { fit(dino({"dino.local_size=3"})); });
  expect_error(ErrorKind::kUsage, "dino.local_size", [&] { fit(dino({"dino.local_size=16"})); });
  expect_error(ErrorKind::kUsage, "dino.local_min_area", [&] {
    fit(dino({"dino.local_min_area=0.9", "dino.local_max_area=0.1"}));
  });
  expect_error(ErrorKind::kUsage, "diffusion.sampler=ddpm",
               [&] { fit(dit({"diffusion.sampling_steps=300"})); });
}

TEST(Pretraining, TheStartIsNeverClearedAndMustHaveTheSameSlot) {
  const TempFolder folder;
  trained(folder / "mae", mae());
  const std::string from = "start.from=" + (folder / "mae").string();
  expect_error(ErrorKind::kUsage, "out=FOLDER", [&] { trained(folder / "mae", with({from})); });
  expect_error(ErrorKind::kUsage, "out=FOLDER",
               [&] { trained(folder / "mae", with({from + "/last/model.safetensors"})); });
  expect_error(ErrorKind::kUsage, "model.norm=batch_norm here", [&] {
    task_of<Classify>(with({from, "model.norm=batch_norm"}));
  });
  trained(folder / "batch", mae({"model.norm=batch_norm"}));
  EXPECT_NO_THROW(task_of<Classify>(
      with({"start.from=" + (folder / "batch").string(), "model.norm=batch_norm"})))
      << "with its running statistics";
}

TEST(Pretraining, AFinishedFineTuningNeedsNoStartAnyMore) {
  const TempFolder folder;
  trained(folder / "mae", mae());
  trained(folder / "tuned", with({"start.from=" + (folder / "mae").string()}));
  std::filesystem::remove_all(folder / "mae");
  EXPECT_EQ(evaluate_run(folder / "tuned", "last", {}).test_images, 20);
}

TEST(Runs, AnAverageThatIsEvaluatedInsteadIsWhatEvalOpens) {
  const TempFolder folder;
  const RunOutcome outcome =
      trained(folder / "run", with({"train.ema=0.9", "train.ema_evaluation=instead"}));
  EXPECT_EQ(evaluate_run(folder / "run", "last", {}).evaluation.loss,
            result_of(outcome)["test_loss"].get<double>());
}

TEST(Runs, ATestLossThatIsNotFiniteIsADivergence) {
  const TempFolder folder;
  const RunOutcome outcome = trained(
      folder / "run",
      {"model=resnet", "model.width=8", "model.depths=4,4,4", "model.norm=none", "optim=sgd",
       "optim.lr=100", "optim.weight_decay=100", "optim.warmup=0", "data.train_limit=20",
       "data.test_limit=20", "train.batch_size=20", "train.epochs=1", "device=cpu"});
  EXPECT_EQ(outcome.status, train::RunStatus::kDiverged);
  EXPECT_TRUE(result_of(outcome)["test_accuracy"].is_null());
}

}  // namespace
}  // namespace dyt::tasks
