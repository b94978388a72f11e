// Tensors that a script of scripts/golden/ has written, and comparing with them.
//
//   GoldenFile file("tests/models/golden/vit_dyt.safetensors");
//   file.expect_close(model->forward(x), "logits", 1e-9);
#pragma once

#include <gtest/gtest.h>
#include <torch/types.h>

#include <algorithm>
#include <string>
#include <vector>

#include "dyt/core/text.h"
#include "dyt/formats/safetensors.h"

namespace dyt::testing {

class GoldenFile {
 public:
  explicit GoldenFile(const std::string& path)
      : file_(formats::SafetensorsFile::read(DYT_SOURCE_DIR "/" + path)) {}

  at::Tensor stored(const std::string& name, at::ScalarType type = at::kDouble) const {
    const formats::TensorEntry* entry = file_.find(name);
    if (entry == nullptr) {
      throw std::runtime_error("the golden file has no '" + name + "'");
    }
    const at::Tensor tensor = at::empty(entry->shape, type);
    EXPECT_EQ(tensor.nbytes(), entry->data.size()) << name;
    std::copy(entry->data.begin(), entry->data.end(),
              static_cast<char*>(tensor.mutable_data_ptr()));
    return tensor;
  }

  // The lines of a key of the metadata.
  std::vector<std::string> lines(const std::string& key) const {
    return core::split(file_.metadata().at(key), '\n');
  }

  // `tolerance` of the stored tensor's largest magnitude; elements skip_from .. skip_to - 1 of the
  // first dimension are left out.
  void expect_close(const at::Tensor& found, const std::string& name, double tolerance,
                    int64_t skip_from = 0, int64_t skip_to = 0) const {
    const at::Tensor expected = stored(name);
    ASSERT_EQ(found.sizes(), expected.sizes()) << name;
    at::Tensor error = (found.detach().to(at::kDouble) - expected).abs();
    if (skip_to > skip_from) {
      error.slice(0, skip_from, skip_to).zero_();
    }
    const double scale = expected.abs().max().item<double>();
    EXPECT_LE(error.max().item<double>(), tolerance * scale) << name;
  }

 private:
  formats::SafetensorsFile file_;
};

}  // namespace dyt::testing
