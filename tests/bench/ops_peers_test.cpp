// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/ops_peers.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "dyt/bench/ops_bench.h"
#include "dyt/core/files.h"
#include "tests/bench/fake_python.h"
#include "tests/support/expect_error.h"

namespace dyt::bench {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using core::ErrorKind;
using testing::expect_error;

constexpr const char* kMakes = R"(read -r line; echo '{"contenders": ["compiled dyt"]}'
)";

OpsCase small_with_peers() {
  return {.shape = {3, 16},
          .dtype = "float32",
          .pass = "training",
          .outputs = "fresh",
          .cache = "warm",
          .threads = 1,
          .function = "tanh"};
}

OpsBenchConfig with_python(const std::string& python) {
  OpsBenchConfig config;
  config.shapes = {"3x16"};
  config.dtypes = {"float32"};
  config.passes = {"forward"};
  config.threads = {1};
  config.rounds = 3;
  config.block_ms = 0.1;
  config.python = python;
  return config;
}

TEST(OpsPeers, AskForACaseAndForTurns) {
  const testing::TempFolder folder;
  const std::string log = (folder / "log").string();
  const FakePython fake(kReady + std::string(R"(
while read -r line; do
  echo "$line" >> ')" + log + R"('
  case "$line" in
    *'"case"'*) echo '{"contenders": ["compiled rms_norm", "compiled dyt"]}' ;;
    *) echo '{"seconds": 0.75}' ;;
  esac
done
)"));
  OpsPeers peers(fake.path(), {});
  EXPECT_EQ(peers.python_version(), "3.x");
  EXPECT_EQ(peers.torch_version(), "2.x");
  const std::vector<Contender> contenders = peers.contenders(small_with_peers());
  ASSERT_EQ(contenders.size(), 2U);
  EXPECT_EQ(contenders[1].name, "compiled dyt");
  EXPECT_EQ(contenders[1].seconds(3), 0.75);
  EXPECT_EQ(core::read_file(log),
            R"({"case":{"shape":[3,16],"dtype":"float32","pass":"training","outputs":"fresh",)"
            R"("buffers":1,"threads":1,"device":"cpu","function":"tanh","eps":1e-06}})"
            "\n"
            R"({"run":"compiled dyt","calls":3})"
            "\n");
}

TEST(OpsPeers, TakePartInTheRounds) {
  const FakePython fake(kReady + std::string(kMakes) + R"(
while read -r line; do echo '{"seconds": 0.5}'; done
)");
  const Json result = Json::parse(bench_ops(with_python(fake.path()), {}, {}));
  EXPECT_EQ(result["environment"]["peers"]["torch"], "2.x");
  const Json last = result["cases"][0]["contenders"].back();
  EXPECT_EQ(last["name"], "compiled dyt");
  EXPECT_EQ(last["time_median_us"], 500000);
}

TEST(OpsPeers, WhatCannotStartIsSaid) {
  expect_error(ErrorKind::kResources, "the peers' Python cannot be started",
               [] { OpsPeers("no-such-python-here", {}); });
  const FakePython without(
      R"(echo '{"error": "ModuleNotFoundError: No module named torch", "doing": "import torch"}')");
  expect_error(ErrorKind::kResources, "-m pip install torch",
               [&] { OpsPeers(without.path(), {}); });
  const FakePython other("echo Hello");
  expect_error(ErrorKind::kInternal, "it answered 'Hello'", [&] { OpsPeers(other.path(), {}); });
}

TEST(OpsPeers, WhatFailsLaterIsSaid) {
  const FakePython no_compiler(kReady + std::string(R"(
read -r line; echo '{"error": "InvalidCxxCompiler: none", "doing": "compiled dyt"}'
)"));
  expect_error(ErrorKind::kResources, "apt install g++ python3-dev",
               [&] { OpsPeers(no_compiler.path(), {}).contenders(small_with_peers()); });
  const FakePython nonsense(kReady + std::string("read -r line; echo '[]'\n"));
  expect_error(ErrorKind::kInternal, "it answered '[]'",
               [&] { OpsPeers(nonsense.path(), {}).contenders(small_with_peers()); });
  const FakePython dies(kReady + std::string(kMakes) +
                        "read -r line; echo 'out of memory' >&2; kill -9 $$\n");
  OpsPeers peers(dies.path(), {});
  const std::vector<Contender> contenders = peers.contenders(small_with_peers());
  expect_error(ErrorKind::kInternal, "it ended with status 137 at 'compiled dyt'",
               [&] { contenders[0].seconds(1); });
  expect_error(ErrorKind::kInternal, "out of memory", [&] { contenders[0].seconds(1); });
}

bool is_there(pid_t process) { return ::kill(process, 0) == 0; }

// A stop in the middle of an answer that never comes: the child, and what it started, go.
TEST(OpsPeers, AStopEndsTheChild) {
  const FakePython fake(kReady + std::string(R"(
sleep 600 &
echo $! > "$(dirname "$0")/child"
echo done > "$(dirname "$0")/written"
wait
)"));
  pid_t started = 0;
  const auto stop = [&] {
    if (fs::exists(fake / "written")) {
      started = std::stoi(core::read_file(fake / "child"));
    }
    return started != 0;
  };
  expect_error(ErrorKind::kInterrupted, "interrupted",
               [&] { OpsPeers(fake.path(), stop).contenders(small_with_peers()); });
  ASSERT_NE(started, 0);
  for (int look = 0; look < 100 && is_there(started); ++look) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // init reaps it
  }
  const fs::path status = "/proc/" + std::to_string(started) + "/status";
  EXPECT_TRUE(!is_there(started) || core::read_file(status).find("zombie") != std::string::npos);
}

TEST(OpsPeersSlow, RealPythonCompilesThem) {
  const std::string python = DYT_SOURCE_DIR "/.deps/python/bin/python";
  if (!fs::exists(python)) {
    GTEST_SKIP() << "no .deps/python with PyTorch: make test-python makes it";
  }
  OpsPeers peers(python, {});
  const std::vector<Contender> contenders = peers.contenders(small_with_peers());
  std::vector<std::string> names;
  for (const Contender& contender : contenders) {
    names.push_back(contender.name);
    EXPECT_GT(contender.seconds(2), 0) << contender.name;
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"compiled layer_norm", "compiled rms_norm", "compiled dyt"}));
}

}  // namespace
}  // namespace dyt::bench
