// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/fold.h"

#include "dyt/core/error.h"

namespace dyt::nn {
namespace {

void check_reader(const Norm& norm, const Linear& reader) {
  if (norm.layout() != Layout::kChannelsLast || reader.weight().size(1) != norm.channels()) {
    throw core::Error(core::ErrorKind::kInternal,
                      {.what = "a norm slot cannot be folded into this layer",
                       .expected = "channels last, " + std::to_string(norm.channels()) + " inputs",
                       .found = std::to_string(reader.weight().size(1)) + " inputs"});
  }
}

// bias first: it needs the matrix as it was.
void fold_into(const Affine& affine, Linear& reader) {
  at::Tensor matrix = reader.weight().detach(), offset = reader.bias().detach();
  const at::Tensor wide = matrix.to(at::kDouble);
  if (affine.bias.defined()) {
    offset.copy_(offset.to(at::kDouble) + wide.matmul(affine.bias.to(at::kDouble)));
  }
  if (affine.weight.defined()) {
    matrix.copy_(wide * affine.weight.to(at::kDouble));
  }
}

}  // namespace

void fold(Norm& norm, std::initializer_list<Linear*> readers) {
  const at::NoGradGuard no_grad;
  for (const Linear* reader : readers) {
    check_reader(norm, *reader);
  }
  const Affine affine = norm.take_affine();
  for (Linear* reader : readers) {
    fold_into(affine, *reader);
  }
}

}  // namespace dyt::nn
