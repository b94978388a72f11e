// SPDX-License-Identifier: Apache-2.0
#include "tests/support/golden_file.h"

#include <ATen/ops/empty.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "dyt/core/text.h"

namespace dyt::testing {

GoldenFile::GoldenFile(const std::string& name)
    : file_(formats::SafetensorsFile::read(DYT_SOURCE_DIR "/tests/models/golden/" + name +
                                           ".safetensors")) {}

at::Tensor GoldenFile::stored(const std::string& name, at::ScalarType type) const {
  const formats::TensorEntry* entry = file_.find(name);
  if (entry == nullptr) {
    throw std::runtime_error("the golden file has no '" + name + "'");
  }
  const at::Tensor tensor = at::empty(entry->shape, type);
  EXPECT_EQ(tensor.nbytes(), entry->data.size()) << name;
  std::copy(entry->data.begin(), entry->data.end(), static_cast<char*>(tensor.mutable_data_ptr()));
  return tensor;
}

std::vector<std::string> GoldenFile::lines(const std::string& key) const {
  return core::split(file_.metadata().at(key), '\n');
}

void GoldenFile::expect_close(const at::Tensor& found, const std::string& name, double tolerance,
                              int64_t skip_from, int64_t skip_to) const {
  const at::Tensor expected = stored(name);
  ASSERT_EQ(found.sizes(), expected.sizes()) << name;
  at::Tensor error = (found.detach().to(at::kDouble) - expected).abs();
  if (skip_to > skip_from) {
    error.slice(0, skip_from, skip_to).zero_();
  }
  const double scale = expected.abs().max().item<double>();
  EXPECT_LE(error.max().item<double>(), tolerance * scale) << name;
}

}  // namespace dyt::testing
