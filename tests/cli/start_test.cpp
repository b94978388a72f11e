// SPDX-License-Identifier: Apache-2.0
// `start.from` through the command: a difference that shapes do not show is refused, and what was
// taken is said.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>

#include "dyt/core/files.h"
#include "dyt/formats/safetensors.h"
#include "tests/cli/dyt_command.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::testing {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> tiny_train(std::vector<std::string> more) {
  more.insert(more.begin(), {"model.dim=32", "model.depth=1", "train.epochs=1",
                             "data.train_limit=64", "data.test_limit=32"});
  more.insert(more.begin(), "train");
  return more;
}

class StartFrom : public ::testing::Test {
 protected:
  fs::path trained(const char* name, std::vector<std::string> more = {}) {
    more.push_back("out=" + (folder_ / name).string());
    const CommandResult result = run_dyt(tiny_train(more));
    EXPECT_EQ(result.status, 0) << result.errors;
    return folder_ / name;
  }

  CommandResult started(const fs::path& from, std::vector<std::string> more = {}) {
    more.push_back("start.from=" + from.string());
    more.push_back("out=" + (folder_ / "out").string());
    return run_dyt(tiny_train(more));
  }

  void expect_refused(int status, const fs::path& from, const std::vector<std::string>& more,
                      const std::vector<std::string>& parts) {
    const CommandResult result = started(from, more);
    EXPECT_EQ(result.status, status) << result.errors;
    for (const std::string& part : parts) {
      EXPECT_TRUE(mentions(result.errors, part));
    }
    EXPECT_FALSE(fs::exists(folder_ / "out")) << "nothing may be written";
  }

  // The run's weights with one tensor of other bytes, its 128 x 32 elements being of `type`.
  fs::path changed(const fs::path& run, formats::DType type, const std::string& bytes) {
    const auto file = formats::SafetensorsFile::read(run / "last/model.safetensors");
    std::vector<formats::TensorEntry> entries = file.tensors();
    for (formats::TensorEntry& entry : entries) {
      if (entry.name == kName) {
        entry.dtype = type;
        entry.data = bytes;
      }
    }
    formats::write_safetensors(folder_ / "changed.safetensors", entries);
    return folder_ / "changed.safetensors";
  }

  fs::path with_first(const fs::path& run, float value) {
    std::string bytes(kElements * sizeof(float), '\0');
    std::memcpy(bytes.data(), &value, sizeof(value));
    return changed(run, formats::DType::kF32, bytes);
  }

  static constexpr const char* kName = "blocks.0.mlp.fc1.weight";
  static constexpr size_t kElements = 128 * 32;
  TempFolder folder_;
};

TEST_F(StartFrom, ARunWithOtherSettingsIsRefused) {
  const fs::path a = trained("a", {"model.norm=dyt"});
  for (const fs::path& from : {a, a / "last/model.safetensors"}) {
    expect_refused(2, from, {"model.norm=dyt", "model.num_heads=2"},
                   {"model.num_heads=2 here, model.num_heads=4 there", "add model.num_heads=4"});
    expect_refused(2, from, {"model.norm=dyt", "data.normalization=imagenet"},
                   {"data.normalization=imagenet here"});
    expect_refused(2, from, {"model.norm=sigmoid"}, {"model.norm=dyt there"});
  }
  const CommandResult result = started(a / "last/model.safetensors", {"model.norm=dyt"});
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_TRUE(mentions(result.errors, "tensors loaded; resampled: nothing; left out: head.* (2)"));
}

TEST_F(StartFrom, WeightsThatAreNoFiniteFractionsAreRefusedByName) {
  const fs::path a = trained("a");
  using formats::DType;
  for (const DType type : {DType::kU8, DType::kI64, DType::kBool, DType::kF8E4M3, DType::kI8}) {
    const std::string bytes(kElements * static_cast<size_t>(formats::dtype_bits(type)) / 8, '\1');
    expect_refused(3, changed(a, type, bytes), {},
                   {kName, "changed.safetensors", std::string(formats::dtype_name(type))});
  }
  for (const float value : {NAN, INFINITY}) {
    expect_refused(3, with_first(a, value), {}, {kName, "not finite", "1 of 4096"});
  }
}

TEST_F(StartFrom, ACheckpointThatIsNotFiniteIsNotEvaluated) {
  const fs::path a = trained("a");
  fs::copy_file(with_first(a, NAN), fs::canonical(a / "last") / "model.safetensors",
                fs::copy_options::overwrite_existing);
  const CommandResult result = run_dyt({"eval", a.string()});
  EXPECT_EQ(result.status, 3) << result.output << result.errors;
}

}  // namespace
}  // namespace dyt::testing
