// SPDX-License-Identifier: Apache-2.0
// Looking the values of a DiffusionSchedule up at the steps of a batch.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <type_traits>
#include <vector>

namespace dyt::models {

template <class Value>
at::Tensor table_tensor(const std::vector<Value>& table) {
  const at::ScalarType type = std::is_same_v<Value, double> ? at::kDouble : at::kLong;
  at::Tensor values = at::empty({static_cast<int64_t>(table.size())}, type);
  std::copy(table.begin(), table.end(), values.mutable_data_ptr<Value>());
  return values;
}

// table[t] for t (B) int64, rounded to float32, on t's device, (B, 1, 1, 1) to go with (B, C, H,
// W).
at::Tensor at_steps(const std::vector<double>& table, const at::Tensor& t);

}  // namespace dyt::models
