// SPDX-License-Identifier: Apache-2.0
#include "tests/compare/fake_run.h"

#include <signal.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "dyt/core/files.h"
#include "dyt/core/hash.h"
#include "dyt/core/owned_folder.h"
#include "dyt/core/random.h"
#include "dyt/core/text.h"
#include "dyt/train/run_place.h"

namespace dyt::testing {
namespace {

using Json = nlohmann::ordered_json;
using compare::RunPlan;

// Without waiting for the disk, which the real writer does and which would be most of a test's
// time.
void write_plainly(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

double next_time() {
  static double time = 1;
  return time += 0.125;
}

Json metrics_line(const RunPlan& plan, core::RandomStream& random, int64_t epoch, double accuracy) {
  return {{"epoch", epoch},
          {"step", epoch * 10},
          {"lr", plan.lr},
          {"train_loss", random.uniform()},
          {"test_loss", random.uniform()},
          {"test_accuracy", accuracy},
          {"alpha", {{"blocks.0.norm1", random.uniform()}, {"norm", random.uniform()}}},
          {"input_std", {{"blocks.0.norm1", nullptr}, {"norm", random.uniform()}}},
          {"time_seconds", next_time()},
          {"rate_images_per_second", next_time()}};
}

Json result_json(const RunPlan& plan, const Json& last, const std::string& correct, bool diverged) {
  const auto unless_diverged = [&](const char* key) { return diverged ? Json() : last[key]; };
  Json health = Json::array();
  if (!diverged) {
    for (const double saturated : {0.1, 0.3, 0.5}) {
      health.push_back({{"name", "blocks.0.norm" + std::to_string(health.size())},
                        {"site", "attention"},
                        {"alpha", 0.6},
                        {"input_std", 1.5},
                        {"saturated", saturated}});
    }
  }
  Json measures = Json::array();
  if (!diverged) {
    measures.push_back({{"name", "letter"},
                        {"title", "last letter of the run's name"},
                        {"value", static_cast<double>(plan.name.back() - '0')}});
  }
  return {{"version", 1},
          {"status", diverged ? "diverged" : "finished"},
          {"step", diverged ? 17 : plan.epochs * 10},
          {"epochs", plan.epochs},
          {"train_loss", unless_diverged("train_loss")},
          {"test_loss", unless_diverged("test_loss")},
          {"test_accuracy", unless_diverged("test_accuracy")},
          {"best", {{"epoch", 1}, {"test_accuracy", last["test_accuracy"]}}},
          {"parameters", 1000},
          {"correct", diverged ? "" : correct},
          {"health", health},
          {"measures", measures},
          {"nonfinite", diverged ? Json{{"words", "it began in the head"}} : Json()},
          {"time_seconds", next_time()},
          {"memory_peak_bytes", 1 << 20}};
}

class FakeRun final : public compare::Run {
 public:
  FakeRun(RunPlan plan, FakeBehaviour behaviour, FakeLog& log)
      : plan_(std::move(plan)), behaviour_(std::move(behaviour)), log_(log) {
    log_.launched.push_back(plan_.name);
    log_.most_active = std::max(log_.most_active, ++log_.active);
  }
  ~FakeRun() override { --log_.active; }

  std::optional<compare::RunProgress> poll() override {
    if (++looks_ == 1) {
      return compare::RunProgress{.step = 1, .steps = plan_.epochs * 10, .loss = 2.5};
    }
    return std::nullopt;
  }

  std::optional<int> exit_status() override {
    if (behaviour_.waits_for_signal) {
      return signalled_ ? std::optional(130) : std::nullopt;
    }
    if (looks_ < behaviour_.looks) {
      return std::nullopt;
    }
    const bool has_result = behaviour_.exit_status == 0 || behaviour_.exit_status == 4;
    if (has_result && behaviour_.writes_result) {
      write_fake_run(plan_, behaviour_.exit_status == 4);
    }
    return behaviour_.exit_status;
  }

  void send_signal(int signal) override {
    if (signal == SIGINT && !signalled_) {
      log_.signalled.push_back(plan_.name);
      signalled_ = true;
    }
  }

  std::string error_text() override { return behaviour_.error_text; }

 private:
  RunPlan plan_;
  FakeBehaviour behaviour_;
  FakeLog& log_;
  int looks_ = 0;
  bool signalled_ = false;
};

class FakeStepWorker final : public compare::StepWorker {
 public:
  FakeStepWorker(RunPlan plan, double step_seconds, std::vector<std::string>& calls)
      : plan_(std::move(plan)), step_seconds_(step_seconds), calls_(calls) {
    calls_.push_back("start " + plan_.slot);
  }
  ~FakeStepWorker() override { calls_.push_back("end " + plan_.slot); }

  void wait_ready() override { calls_.push_back("ready " + plan_.slot); }

  compare::StepBlock train(int64_t steps) override {
    calls_.push_back("step " + plan_.slot);
    const double factor = ++blocks_ == 1 ? 10 : 1;
    return {factor * step_seconds_ * static_cast<double>(steps), 1000 + blocks_};
  }

 private:
  RunPlan plan_;
  double step_seconds_;
  std::vector<std::string>& calls_;
  int64_t blocks_ = 0;
};

void erase_times(Json& node) {
  if (node.is_array()) {
    for (Json& item : node) {
      erase_times(item);
    }
  }
  if (!node.is_object()) {
    return;
  }
  std::vector<std::string> keys;
  for (const auto& [key, value] : node.items()) {
    keys.push_back(key);
  }
  for (const std::string& key : keys) {
    if (key.starts_with("time_") || key.starts_with("rate_") || key.starts_with("memory_")) {
      node.erase(key);
    } else {
      erase_times(node[key]);
    }
  }
}

}  // namespace

void FakeRunConfig::visit_fields(core::Fields& fields) {
  fields.add("data.name", data, {.help = "data"});
  fields.add("model.norm", norm, {.help = "slot"});
  fields.add("model.dim", dim, {.help = "width"});
  fields.add("optim.lr", lr, {.help = "rate"});
  fields.add("train.epochs", epochs, {.help = "epochs"});
  fields.add("train.threads", threads, {.help = "threads", .identity = false});
  fields.add("seed", seed, {.help = "seed"});
  fields.add("out", out, {.help = "folder", .identity = false});
}

std::string fake_identity(const compare::RunPlan& plan) {
  FakeRunConfig config;
  const core::Fields fields = core::fields_of(config);
  for (const std::string& argument : plan.arguments) {
    core::apply_override(fields, argument);
  }
  return core::sha256_hex(core::identity_text(fields));
}

void write_fake_run(const RunPlan& plan, bool diverged) {
  core::make_folder(plan.folder);
  core::FolderKind kind = train::run_folder_kind();
  kind.names.insert("result.json");
  write_plainly(plan.folder / core::kFolderMark, core::folder_mark(kind));
  write_plainly(plan.folder / "env.json", Json{{"identity", plan.identity}}.dump());
  core::RandomStream random(static_cast<uint64_t>(plan.seed), "fake/" + plan.slot);
  std::string correct;
  for (int64_t image = 0; image < kFakeImages; ++image) {
    correct += random.uniform() < 0.9 ? '1' : '0';
  }
  const auto right = static_cast<double>(std::count(correct.begin(), correct.end(), '1'));
  std::string log;
  Json last;
  for (int64_t epoch = 1; epoch <= (diverged ? 1 : plan.epochs); ++epoch) {
    last = metrics_line(plan, random, epoch, right / kFakeImages);
    log += last.dump() + "\n";
  }
  write_plainly(plan.folder / "metrics.jsonl", log);
  write_plainly(plan.folder / "result.json", result_json(plan, last, correct, diverged).dump());
}

compare::Launcher fake_launcher(FakeLog& log, std::map<std::string, FakeBehaviour> behaviours) {
  return [&log, behaviours](const RunPlan& plan) -> std::unique_ptr<compare::Run> {
    const auto found = behaviours.find(plan.name);
    return std::make_unique<FakeRun>(
        plan, found == behaviours.end() ? FakeBehaviour{} : found->second, log);
  };
}

compare::WorkerLauncher fake_worker_launcher(std::vector<std::string>& calls) {
  auto started = std::make_shared<int>(0);
  return [&calls, started](const RunPlan& plan) -> std::unique_ptr<compare::StepWorker> {
    return std::make_unique<FakeStepWorker>(plan, 1e-3 * ++*started, calls);
  };
}

compare::CompareInput fake_input(FakeRunConfig& config, const std::filesystem::path& folder) {
  return {.options = {.strip = {.lrs = {1e-3, 1e-2}, .epochs = 2}},
          .run = core::fields_of(config),
          .identity_of = fake_identity,
          .folder = folder,
          .data = {"digits", "digits of hand", "UCI", "CC BY 4.0", 1437, kFakeImages, "abc"},
          .model = {"vit: dim 64", 4, 64, "dim=64"},
          .batch_size = 32,
          .command = "dyt compare",
          .config_json = R"({"margin": 1.0})",
          .config_toml = "margin = 1.0\n",
          .environment_json = R"({"version": "0.1.0", "hardware": {"cpu": "c", "cores": 2}})",
          .binary_hash = "hash",
          .warnings = {"mind the width"}};
}

std::string without_times(const std::string& json_text) {
  Json root = Json::parse(json_text);
  erase_times(root);
  return root.dump(1);
}

}  // namespace dyt::testing
