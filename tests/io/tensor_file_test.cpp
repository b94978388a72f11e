#include "dyt/io/tensor_file.h"

#include <gtest/gtest.h>
#include <torch/nn/modules/linear.h>

#include "dyt/core/files.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::io {
namespace {

using testing::expect_error;
using testing::TempFolder;

NamedTensors sample() {
  return {{"weight", torch::linspace(-1, 1, 6).reshape({2, 3})},
          {"bias", torch::linspace(0, 1, 4, at::kDouble)},
          {"count", torch::tensor(int64_t{7})},
          {"empty", torch::zeros({0, 3})},
          {"view", torch::arange(6).reshape({2, 3}).t()}};
}

NamedTensors zeros_like(const NamedTensors& tensors) {
  NamedTensors result;
  for (const auto& [name, tensor] : tensors) {
    result.emplace_back(name, at::zeros_like(tensor));
  }
  return result;
}

TEST(TensorFile, ReadsBackTheSameBits) {
  const TempFolder folder;
  const NamedTensors tensors = sample();
  save_tensors(folder / "a.safetensors", tensors);
  const NamedTensors loaded = zeros_like(tensors);
  load_tensors(folder / "a.safetensors", loaded);
  for (size_t i = 0; i < tensors.size(); ++i) {
    EXPECT_TRUE(torch::equal(tensors[i].second, loaded[i].second)) << tensors[i].first;
  }
}

TEST(TensorFile, DifferencesAreListedAndNothingIsCopied) {
  const TempFolder folder;
  save_tensors(folder / "a.safetensors", sample());
  NamedTensors wanted = zeros_like(sample());
  wanted[0].second = torch::zeros({2, 4});
  wanted[1].first = "biases";
  const auto load = [&] { load_tensors(folder / "a.safetensors", wanted); };
  expect_error(core::ErrorKind::kData, "'weight' is (2, 3) in the file, (2, 4) here", load);
  expect_error(core::ErrorKind::kData, "'biases' is missing in the file", load);
  expect_error(core::ErrorKind::kData, "'bias' is only in the file", load);
  EXPECT_EQ(wanted[2].second.item<int64_t>(), 0);
}

TEST(TensorFile, ModulesByTheirNames) {
  const TempFolder folder;
  torch::nn::Linear first(3, 2), second(3, 2);
  save_tensors(folder / "a.safetensors", module_tensors(*first));
  load_tensors(folder / "a.safetensors", module_tensors(*second));
  EXPECT_TRUE(torch::equal(first->weight, second->weight));
  EXPECT_TRUE(torch::equal(first->bias, second->bias));
}

TEST(TensorFile, AnotherTypeIsConverted) {
  const TempFolder folder;
  save_tensors(folder / "a.safetensors", {{"x", torch::ones({3})}});
  const NamedTensors wanted = {{"x", torch::zeros({3}, at::kDouble)}};
  load_tensors(folder / "a.safetensors", wanted);
  EXPECT_EQ(wanted[0].second.sum().item<double>(), 3);
}

}  // namespace
}  // namespace dyt::io
