// What a Prefetcher makes of the images of a folder: decoded, transformed, labelled. The index is
// to outlive it. An image that cannot be read is an Error(kData) that names its file.
//
//   Prefetcher batches(shuffled_order(seed, epoch, index.size()), views_of(transform),
//                      train_samples(index, transform, seed, epoch), {.batch_size = 64});
#pragma once

#include <cstdint>
#include <vector>

#include "dyt/data/image_index.h"
#include "dyt/data/prefetch.h"
#include "dyt/pixels/transforms.h"

namespace dyt::data {

std::vector<ViewShape> views_of(const pixels::TrainTransform& transform);
std::vector<ViewShape> views_of(const pixels::EvalTransform& transform);
std::vector<ViewShape> views_of(const pixels::AdmTransform& transform);
std::vector<ViewShape> views_of(const pixels::MultiCrop& crops);  // one a crop

MakeSample train_samples(const ImageIndex& index, const pixels::TrainTransform& transform,
                         uint64_t seed, uint64_t epoch);
MakeSample eval_samples(const ImageIndex& index, const pixels::EvalTransform& transform);
MakeSample adm_samples(const ImageIndex& index, const pixels::AdmTransform& transform,
                       uint64_t seed, uint64_t epoch);
MakeSample crop_samples(const ImageIndex& index, const pixels::MultiCrop& crops, uint64_t seed,
                        uint64_t epoch);

}  // namespace dyt::data
