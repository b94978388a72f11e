#include "dyt/kernels/norm.h"

#include "dyt/kernels/internal/run_first.h"
#include "dyt/kernels/reference.h"

namespace dyt::kernels {
namespace {

constexpr Implementation<NormForwardProblem> kForwardList[] = {
    {"reference", internal::accepts_everything<NormForwardProblem>, forward_reference},
};

constexpr Implementation<NormBackwardProblem> kBackwardList[] = {
    {"reference", internal::accepts_everything<NormBackwardProblem>, backward_reference},
};

}  // namespace

std::span<const Implementation<NormForwardProblem>> norm_forward_implementations() {
  return kForwardList;
}

std::span<const Implementation<NormBackwardProblem>> norm_backward_implementations() {
  return kBackwardList;
}

void forward(const NormForwardProblem& problem, const ParallelFor& parallel_for) {
  internal::run_first(norm_forward_implementations(), problem, parallel_for);
}

void backward(const NormBackwardProblem& problem, const ParallelFor& parallel_for) {
  internal::run_first(norm_backward_implementations(), problem, parallel_for);
}

}  // namespace dyt::kernels
