// What a recipe says about its optimizer: AdamW with a warm-up and a cosine, decay on matrices
// only.
#pragma once

#include <string_view>

#include "dyt/core/config.h"

namespace dyt::optim {

struct OptimConfig {
  double lr = 3e-3;      // peak
  double lr_min = 1e-5;  // where the cosine ends
  double warmup = 0.1;   // share of all steps
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 0.05;
  double clip_norm = 0;  // 0: no clipping

  void visit_fields(core::Fields& fields);
};

// Whether weight decay acts on a parameter: on tensors of two or more dimensions, but not on
// position tables and class tokens (models-vision: supervised ViT; DyT's alpha, weight and bias are
// 1-D).
bool takes_weight_decay(std::string_view name, int64_t dimensions);

}  // namespace dyt::optim
