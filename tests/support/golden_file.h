// SPDX-License-Identifier: Apache-2.0
// A golden file of tests/models/golden: float64 tensors that PyTorch made, see scripts/golden.
//
//   const GoldenFile golden("mae_ln");
//   golden.expect_close(output.pred, "pred", 1e-9);
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "dyt/formats/safetensors.h"

namespace dyt::testing {

class GoldenFile {
 public:
  explicit GoldenFile(const std::string& name);

  at::Tensor stored(const std::string& name, at::ScalarType type = at::kDouble) const;

  // The lines of a key of the metadata; `names` is what most files have.
  std::vector<std::string> lines(const std::string& key) const;
  std::vector<std::string> names() const { return lines("names"); }

  // Every element within tolerance times the stored tensor's largest magnitude. Those of the first
  // dimension's [skip_from, skip_to) are not looked at.
  void expect_close(const at::Tensor& found, const std::string& name, double tolerance,
                    int64_t skip_from = 0, int64_t skip_to = 0) const;

 private:
  formats::SafetensorsFile file_;
};

}  // namespace dyt::testing
