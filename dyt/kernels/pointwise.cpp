#include "dyt/kernels/pointwise.h"

#include "dyt/kernels/reference.h"

namespace dyt::kernels {
namespace {

template <class Problem>
bool accepts_everything(const Problem&) {
  return true;
}

constexpr Implementation<ForwardProblem> kForwardList[] = {
    {"reference", accepts_everything<ForwardProblem>, forward_reference},
};

constexpr Implementation<BackwardProblem> kBackwardList[] = {
    {"reference", accepts_everything<BackwardProblem>, backward_reference},
};

template <class Problem>
void run_first(std::span<const Implementation<Problem>> implementations, const Problem& problem) {
  for (const Implementation<Problem>& implementation : implementations) {
    if (implementation.accepts(problem)) {
      implementation.run(problem);
      return;
    }
  }
}

}  // namespace

std::span<const Implementation<ForwardProblem>> forward_implementations() { return kForwardList; }

std::span<const Implementation<BackwardProblem>> backward_implementations() {
  return kBackwardList;
}

void forward(const ForwardProblem& problem) { run_first(forward_implementations(), problem); }

void backward(const BackwardProblem& problem) { run_first(backward_implementations(), problem); }

}  // namespace dyt::kernels
