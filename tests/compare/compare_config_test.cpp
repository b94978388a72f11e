// SPDX-License-Identifier: Apache-2.0
// configs/compare/*.toml are what they say of themselves: defaults and presets, written out.
#include "dyt/compare/compare_config.h"

#include <gtest/gtest.h>

#include "dyt/tasks/presets.h"

namespace dyt::compare {
namespace {

std::string text_of(CompareConfig config) { return core::identity_text(core::fields_of(config)); }

std::string resolved(const tasks::ConfigSources& sources) {
  return text_of(tasks::resolve_config<CompareConfig>(sources));
}

std::filesystem::path config_file(const std::string& name) {
  return std::filesystem::path(DYT_SOURCE_DIR) / "configs/compare" / (name + ".toml");
}

// The file on its own: a key of the preset that it leaves out shows.
std::string without_preset(const std::filesystem::path& file) {
  CompareConfig config;
  core::apply_toml_file(core::fields_of(config), file);
  return text_of(config);
}

TEST(CompareConfig, DigitsIsTheDefaultWrittenOut) {
  EXPECT_EQ(resolved({.file = config_file("digits")}), resolved({}));
  EXPECT_EQ(without_preset(config_file("digits")), resolved({}));
}

TEST(CompareConfig, FashionMnistIsItsPresetWrittenOut) {
  const std::string preset = resolved({.overrides = {"data=fashion_mnist"}});
  EXPECT_NE(preset, resolved({}));
  EXPECT_EQ(resolved({.file = config_file("fashion_mnist")}), preset);
  EXPECT_EQ(without_preset(config_file("fashion_mnist")), preset);
}

}  // namespace
}  // namespace dyt::compare
