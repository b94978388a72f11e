// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/data_bench.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dyt/bench/data_peer.h"
#include "dyt/core/files.h"
#include "tests/bench/fake_python.h"
#include "tests/support/expect_error.h"
#include "tests/support/image_files.h"

namespace dyt::bench {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using core::ErrorKind;
using testing::expect_error;

// Six pictures in two classes.
class DataBenchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int n = 0; n < 6; ++n) {
      const fs::path place = folder_ / ("class-" + std::to_string(n % 2));
      fs::create_directories(place);
      core::write_file_atomic(place / (std::to_string(n) + ".jpg"),
                              testing::jpeg_bytes(testing::stripes(40, 50 + n, 3, n)));
    }
  }

  DataBenchConfig small(const std::string& python = "") const {
    return {.folder = folder_.path().string(),
            .image_size = 16,
            .batch_size = 4,
            .workers = 2,
            .images = 8,
            .rounds = 3,
            .python = python};
  }

  testing::TempFolder folder_;
};

TEST_F(DataBenchTest, EveryTransformHasItsRateAndParts) {
  std::vector<std::string> said;
  const std::string result =
      bench_data(small(), [&](const std::string& text) { said.push_back(text); }, {});
  const Json json = Json::parse(result);
  EXPECT_EQ(json["images_in_folder"], 6);
  ASSERT_EQ(json["cases"].size(), 4U);
  EXPECT_EQ(said.size(), 4U);
  for (const Json& row : json["cases"]) {
    EXPECT_EQ(row["images"], 8);
    ASSERT_EQ(row["rows"].size(), 1U);
    const Json ours = row["rows"][0];
    EXPECT_GT(ours["rate_images_per_s"], 0);
    EXPECT_GE(ours["rate_high"], ours["rate_low"]);
    EXPECT_GT(ours["time_decode_ms"], 0);
    EXPECT_FALSE(ours.contains("ratio_to_torchvision"));
  }
  EXPECT_NE(data_table_text(result).find("dino, images of 16 pixels, batch 4, workers 2"),
            std::string::npos);
}

// A turn of eight images takes two seconds there.
std::string data_answers(int64_t images) {
  return kReady + std::string(R"(
while read -r line; do
  echo "$line" >> "$(dirname "$0")/log"
  case "$line" in
    *'"transform":"supervised"'*) echo '{"left_out": "torchvision loader: no timm"}' ;;
    *'"case"'*) echo '{"contenders": ["torchvision loader"], "images": )") +
         std::to_string(images) + R"(}' ;;
    *'"parts"'*) echo '{"decode_ms": 3.5, "transform_ms": 4.5}' ;;
    *) echo '{"seconds": 2}' ;;
  esac
done
)";
}

TEST_F(DataBenchTest, ThePeerMakesTheSameImages) {
  const FakePython fake(data_answers(6));
  const std::string result = bench_data(small(fake.path()), {}, {});
  const Json cases = Json::parse(result)["cases"];
  EXPECT_EQ(cases[0]["rows"][1]["rate_images_per_s"], 4);
  EXPECT_EQ(cases[0]["rows"][1]["time_transform_ms"], 4.5);
  EXPECT_GT(cases[0]["rows"][0]["ratio_to_torchvision"], 1);
  EXPECT_EQ(cases[1]["rows"].size(), 1U);
  EXPECT_EQ(cases[1]["left_out"], "torchvision loader: no timm");
  EXPECT_NE(data_table_text(result).find("left out: torchvision loader: no timm"),
            std::string::npos);
  const std::string log = core::read_file(fake / "log");
  const Json wanted = Json::parse(log.substr(0, log.find('\n')))["case"];
  EXPECT_EQ(wanted["order"].size(), 8U);
  EXPECT_EQ(wanted["folder"], folder_.path().string());
}

TEST_F(DataBenchTest, WhatCannotBeComparedIsAnError) {
  const FakePython fake(data_answers(7));
  expect_error(ErrorKind::kData, "torchvision finds other images",
               [&] { bench_data(small(fake.path()), {}, {}); });
  expect_error(ErrorKind::kUsage, "folder=FOLDER", [] { bench_data({}, {}, {}); });
  const FakePython without(
      R"(echo '{"error": "ModuleNotFoundError: none", "doing": "import torchvision"}')");
  expect_error(ErrorKind::kResources, "-m pip install torchvision",
               [&] { bench_data(small(without.path()), {}, {}); });
}

TEST_F(DataBenchTest, StopsWhereItIsTold) {
  expect_error(ErrorKind::kInterrupted, "interrupted",
               [&] { bench_data(small(), {}, [] { return true; }); });
}

class DataBenchSlow : public DataBenchTest {};

TEST_F(DataBenchSlow, RealTorchvisionMakesThem) {
  const std::string python = DYT_SOURCE_DIR "/.deps/python/bin/python";
  if (!fs::exists(python)) {
    GTEST_SKIP() << "no .deps/python with PyTorch: make test-python makes it";
  }
  try {
    const Json cases = Json::parse(bench_data(small(python), {}, {}))["cases"];
    for (const Json& row : cases) {
      EXPECT_TRUE(row["rows"].size() == 2 || row.contains("left_out")) << row;
    }
  } catch (const core::Error& error) {
    ASSERT_NE(std::string(error.what()).find("cannot import"), std::string::npos) << error.what();
    GTEST_SKIP() << "no torchvision in .deps/python: " << error.parts().found;
  }
}

}  // namespace
}  // namespace dyt::bench
