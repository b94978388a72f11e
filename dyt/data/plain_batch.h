// SPDX-License-Identifier: Apache-2.0
// Images of a split that is in memory, as evaluation and the samplers take them: normalized, and
// nothing else. Training batches come from data/sample_makers.h.
//
// Normalization, in fp32: (raw / scale - mean) / std; of data.normalization=half both are 0.5, so 0
// becomes -1 and `scale` becomes 1.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "dyt/data/dataset.h"

namespace dyt::data {

// Images begin .. end - 1 of the split: float (end - begin, C, H, W). C is the data's, or
// `channels`: grey images fill 3. Error(kInternal) for numbers out of range.
at::Tensor plain_batch(const ImageData& data, const ImageSplit& split, int64_t begin, int64_t end,
                       int64_t channels = 0);

}  // namespace dyt::data
