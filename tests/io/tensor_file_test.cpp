// SPDX-License-Identifier: Apache-2.0
#include "dyt/io/tensor_file.h"

#include <gtest/gtest.h>
#include <torch/nn/modules/linear.h>

#include <cmath>
#include <functional>

#include "dyt/core/files.h"
#include "dyt/formats/safetensors.h"
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

at::Tensor with_value(double value) {
  at::Tensor tensor = torch::ones({2, 3}, at::kDouble);
  tensor[1][2] = value;
  return tensor;
}

// Each is refused as weights to start from and as a checkpoint, by its name, and nothing is copied.
TEST(TensorFile, WeightsAreFiniteNumbersWithFractions) {
  struct BadTensor {
    at::Tensor tensor;
    const char* part;
  };
  const at::Tensor ones = torch::ones({2, 3});
  const BadTensor cases[] = {{ones.to(at::kByte), "found:    U8"},
                             {ones.to(at::kLong), "found:    I64"},
                             {ones.to(at::kInt), "found:    I32"},
                             {ones.to(at::kBool), "found:    BOOL"},
                             {with_value(NAN), "1 of 6"},
                             {with_value(-INFINITY).to(at::kFloat), "1 of 6"},
                             {with_value(NAN).to(at::kHalf), "1 of 6"},
                             {with_value(INFINITY).to(at::kBFloat16), "1 of 6"},
                             {with_value(1e300), "1 of 6"}};  // infinite in fp32
  const TempFolder folder;
  const std::filesystem::path file = folder / "a.safetensors";
  for (const BadTensor& bad : cases) {
    save_tensors(file, {{"first", ones}, {"weight", bad.tensor}});
    const NamedTensors wanted = {{"first", at::zeros({2, 3})}, {"weight", at::zeros({2, 3})}};
    for (const std::function<void()>& load :
         {std::function<void()>([&] { read_weights(file); }),
          std::function<void()>([&] { load_tensors(file, wanted); })}) {
      expect_error(core::ErrorKind::kData, "'weight'", load);
      expect_error(core::ErrorKind::kData, bad.part, load);
    }
    EXPECT_EQ(wanted[0].second.sum().item<double>(), 0);
  }
}

TEST(TensorFile, CountersAreIntegers) {
  const TempFolder folder;
  const std::filesystem::path file = folder / "a.safetensors";
  save_tensors(file, {{"norm.num_batches_tracked", torch::tensor(int64_t{7})}});
  EXPECT_EQ(read_weights(file)[0].second.item<int64_t>(), 7);
  save_tensors(file, {{"norm.num_batches_tracked", torch::tensor(7.5)}});
  const NamedTensors counter = {{"norm.num_batches_tracked", torch::tensor(int64_t{0})}};
  expect_error(core::ErrorKind::kData, "found:    F32", [&] { load_tensors(file, counter); });
}

TEST(TensorFile, ATypeThatCannotBeReadIsNamedWithTheFileOnce) {
  const TempFolder folder;
  const std::filesystem::path file = folder / "a.safetensors";
  for (const formats::DType type : {formats::DType::kF8E4M3, formats::DType::kF8E5M2,
                                    formats::DType::kI8, formats::DType::kU16}) {
    const std::string bytes(static_cast<size_t>(formats::dtype_bits(type)) / 8 * 2, '\0');
    const formats::TensorEntry entry{.name = "w", .dtype = type, .shape = {2}, .data = bytes};
    formats::write_safetensors(file, std::span(&entry, 1));
    try {
      read_weights(file);
      ADD_FAILURE() << "no error";
    } catch (const core::Error& error) {
      const std::string text = error.what(), path = file.string();
      EXPECT_NE(text.find("found:    " + std::string(formats::dtype_name(type))), std::string::npos)
          << text;
      EXPECT_EQ(text.find(path), text.rfind(path)) << text;
    }
  }
}

}  // namespace
}  // namespace dyt::io
