// SPDX-License-Identifier: Apache-2.0
// The rule of the implementation lists: the first that accepts the problem runs it.
#pragma once

#include <vector>

#include "dyt/kernels/pointwise.h"

namespace dyt::kernels::internal {

template <class Problem>
bool accepts_everything(const Problem&) {
  return true;
}

// The lists one after the other, then the reference, which accepts everything.
template <class Problem>
std::vector<Implementation<Problem>> and_reference(
    std::initializer_list<std::vector<Implementation<Problem>>> lists,
    void (*reference)(const Problem&, const ParallelFor&)) {
  std::vector<Implementation<Problem>> all;
  for (const auto& list : lists) {
    all.insert(all.end(), list.begin(), list.end());
  }
  all.push_back({"reference", accepts_everything<Problem>, reference});
  return all;
}

template <class Problem>
void run_first(std::span<const Implementation<Problem>> implementations, const Problem& problem,
               const ParallelFor& parallel_for) {
  for (const Implementation<Problem>& implementation : implementations) {
    if (implementation.accepts(problem)) {
      implementation.run(problem, parallel_for);
      return;
    }
  }
}

}  // namespace dyt::kernels::internal
