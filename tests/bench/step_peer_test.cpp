// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/step_peer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dyt/bench/step_bench.h"
#include "dyt/bench/step_memory.h"
#include "dyt/core/files.h"
#include "tests/bench/fake_python.h"
#include "tests/support/expect_error.h"

namespace dyt::bench {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using core::ErrorKind;
using testing::expect_error;

StepBenchConfig small() {
  return {.models = {"vit"},
          .slots = {"layer_norm:impl=torch", "dyt"},
          .passes = {"training"},
          .device = "cpu",
          .batch_size = 2,
          .image_size = 8,
          .num_classes = 10,
          .rounds = 3};
}

StepCase small_case() { return step_case(small(), "vit", "training", at::kCPU); }

int64_t parameters() {
  models::VitConfig vit = std::get<models::VitModel>(small_case().model.family).sizes;
  return models::parameter_count(models::VisionTransformer(vit));
}

// Answers for a network with that many parameters; every step takes half a second.
std::string answers(int64_t parameters) {
  return kReady + std::string(R"(
while read -r line; do
  echo "$line" >> "$(dirname "$0")/log"
  case "$line" in
    *'"case"'*) echo '{"contenders": ["eager PyTorch"], "parameters": )") +
         std::to_string(parameters) + R"(}' ;;
    *'"memory"'*) echo '{"peak_bytes": 5242880, "before_bytes": 1048576, "file_bytes": 0}' ;;
    *) echo '{"seconds": 0.5}' ;;
  esac
done
)";
}

TEST(StepPeer, IsAskedForTheSameStep) {
  const FakePython fake(answers(parameters()));
  StepPeer peer(fake.path(), {});
  EXPECT_EQ(peer.versions()["torch"], "2.x");
  const std::vector<Contender> contenders = peer.contenders(small_case());
  ASSERT_EQ(contenders.size(), 1U);
  EXPECT_EQ(contenders[0].seconds(1), 0.5);
  EXPECT_EQ(peer.memory().peak_bytes, 5242880);
  const std::string log = core::read_file(fake / "log");
  const Json wanted = Json::parse(log.substr(0, log.find('\n')))["case"];
  EXPECT_EQ(wanted["model"]["dim"], 64);
  EXPECT_EQ(wanted["model"]["image_size"], 8);
  EXPECT_EQ(wanted["model"]["hidden_dim"], 256);
  EXPECT_EQ(wanted["optimizer"]["lr"], kStepLearningRate);
  EXPECT_EQ(wanted["batch_size"], 2);
}

TEST(StepPeer, AnotherNetworkIsAnError) {
  const FakePython fake(answers(parameters() + 1));
  StepPeer peer(fake.path(), {});
  expect_error(ErrorKind::kInternal, "its network is another one than ours",
               [&] { peer.contenders(small_case()); });
}

TEST(StepPeer, StandsBehindTheSlotsOfVits) {
  const FakePython fake(answers(parameters()));
  StepBenchConfig config = small();
  config.python = fake.path();
  const std::string result = bench_step(config, {}, {});
  const Json json = Json::parse(result), row = json["cases"][0];
  EXPECT_EQ(json["environment"]["peers"]["torch"], "2.x");
  ASSERT_EQ(row["slots"].size(), 3U);
  EXPECT_EQ(row["slots"][2]["slot"], "eager PyTorch");
  EXPECT_EQ(row["slots"][2]["time_median_ms"], 500);
  EXPECT_EQ(row["slots"][2]["ratio_to_pytorch"], 1);
  EXPECT_LT(row["slots"][0]["ratio_to_pytorch"], 1);
  EXPECT_FALSE(row.contains("left_out"));
  EXPECT_NE(step_table_text(result).find("  / PyTorch"), std::string::npos);
}

TEST(StepPeer, IsLeftOutInWordsForOtherFamilies) {
  const FakePython fake(kReady + std::string("cat > /dev/null\n"));
  StepBenchConfig config = small();
  config.models = {"convnext"};
  config.image_size = 32;
  config.python = fake.path();
  const std::string result = bench_step(config, {}, {});
  EXPECT_EQ(Json::parse(result)["cases"][0]["slots"].size(), 2U);
  EXPECT_NE(step_table_text(result).find("left out: eager PyTorch, which is written for ViT"),
            std::string::npos);
}

TEST(StepMemory, GrowsByTheNetwork) {
  StepBenchConfig config = small();
  config.slots = {"dyt"};
  const Json json = Json::parse(step_memory_json(config));
  EXPECT_GT(json["before_bytes"], 0);
  EXPECT_GT(json["file_bytes"], 1 << 20);
  EXPECT_GE(json["peak_bytes"].get<int64_t>(),
            json["before_bytes"].get<int64_t>() + json["file_bytes"].get<int64_t>());
  config.slots = {"dyt", "none"};
  expect_error(ErrorKind::kUsage, "one contender", [&] { step_memory_json(config); });
}

TEST(StepMemory, EverySlotHasAProcessOfItsOwn) {
  const FakePython program(R"(
echo "$*" >> "$(dirname "$0")/log"
echo '{"peak_bytes": 4194304, "before_bytes": 1048576, "file_bytes": 1048576}'
)");
  const std::string result = bench_step(small(), {}, {}, program.path());
  for (const Json& slot : Json::parse(result)["cases"][0]["slots"]) {
    EXPECT_EQ(slot["memory_peak_mb"], 4);
    EXPECT_EQ(slot["memory_growth_mb"], 2);
  }
  const std::string log = core::read_file(program / "log");
  for (const char* part :
       {"step-memory models=[vit] slots=[dyt]", "passes=[training]", "batch_size=2"}) {
    EXPECT_NE(log.find(part), std::string::npos) << part << " in\n" << log;
  }
  EXPECT_NE(step_table_text(result).find("  peak MB  growth MB"), std::string::npos);
}

TEST(StepMemory, AProcessThatFailsIsAnError) {
  const FakePython program("exit 5\n");
  expect_error(ErrorKind::kInternal, "status 5",
               [&] { bench_step(small(), {}, {}, program.path()); });
}

TEST(StepPeerSlow, RealPythonTrains) {
  const std::string python = DYT_SOURCE_DIR "/.deps/python/bin/python";
  if (!fs::exists(python)) {
    GTEST_SKIP() << "no .deps/python with PyTorch: make test-python makes it";
  }
  StepPeer peer(python, {});
  std::vector<std::string> names;
  for (const Contender& contender : peer.contenders(small_case())) {
    names.push_back(contender.name);
    EXPECT_GT(contender.seconds(2), 0) << contender.name;
  }
  EXPECT_EQ(names, (std::vector<std::string>{"eager PyTorch", "eager PyTorch, fused AdamW"}));
  const StepMemory memory = peer.memory();
  EXPECT_GT(memory.peak_bytes, memory.before_bytes);
  StepCase inference = small_case();
  inference.pass = "inference";
  ASSERT_EQ(peer.contenders(inference).size(), 1U);
  EXPECT_GT(peer.contenders(inference)[0].seconds(1), 0);
}

}  // namespace
}  // namespace dyt::bench
