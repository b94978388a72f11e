#include "dyt/kernels/pointwise.h"

#include "dyt/kernels/internal/run_first.h"
#include "dyt/kernels/reference.h"

namespace dyt::kernels {
namespace {

constexpr Implementation<ForwardProblem> kForwardList[] = {
    {"reference", internal::accepts_everything<ForwardProblem>, forward_reference},
};

constexpr Implementation<BackwardProblem> kBackwardList[] = {
    {"reference", internal::accepts_everything<BackwardProblem>, backward_reference},
};

}  // namespace

std::span<const Implementation<ForwardProblem>> forward_implementations() { return kForwardList; }

std::span<const Implementation<BackwardProblem>> backward_implementations() {
  return kBackwardList;
}

void forward(const ForwardProblem& problem, const ParallelFor& parallel_for) {
  internal::run_first(forward_implementations(), problem, parallel_for);
}

void backward(const BackwardProblem& problem, const ParallelFor& parallel_for) {
  internal::run_first(backward_implementations(), problem, parallel_for);
}

}  // namespace dyt::kernels
