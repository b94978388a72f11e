// SPDX-License-Identifier: Apache-2.0
// What a batch's samples are made of: a function that any thread may call for any sample, and the
// shapes of what it gives. A sample's values depend on nothing but the arguments here and its
// number.
//
//   const SampleMaker maker = training_maker(data, augment, seed, epoch);
//   Prefetcher batches(shuffled_order(seed, epoch, count), maker.views, maker.make, {});
#pragma once

#include <cstdint>
#include <vector>

#include "dyt/data/augment.h"
#include "dyt/data/dataset.h"
#include "dyt/data/prefetch.h"
#include "dyt/pixels/transforms.h"

namespace dyt::data {

struct SampleMaker {
  std::vector<ViewShape> views;
  MakeSample make;
};

// Training images, augmented and normalized: one view (C, H, W), C 3 where augment.makes_rgb().
// `data` must outlive it.
SampleMaker training_maker(const ImageData& data, const AugmentConfig& augment, uint64_t seed,
                           uint64_t epoch);

// Crops of the split's images, one view a crop. It keeps the split's tensors; `data` must outlive
// it.
SampleMaker crops_maker(const ImageData& data, const ImageSplit& split,
                        const pixels::MultiCrop& crops, uint64_t seed, uint64_t epoch);

// Images of a streamed split as evaluation sees them: shorter side to image_size / crop_ratio, the
// centre, normalized.
SampleMaker streamed_maker(const ImageData& data, const ImageSplit& split);

}  // namespace dyt::data
