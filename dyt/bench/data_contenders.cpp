// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/data_contenders.h"

#include <chrono>
#include <memory>

#include "dyt/core/error.h"
#include "dyt/data/prefetch.h"
#include "dyt/data/sample_makers.h"
#include "dyt/data/streamed_split.h"
#include "dyt/formats/image.h"

namespace dyt::bench {
namespace {

constexpr int64_t kSmallShareOf224 = 96;  // DINO's small crops beside large ones of 224

// What a run that streams the folder makes its batches of.
std::shared_ptr<const data::ImageData> images_of(
    const DataCase& wanted, const std::shared_ptr<const data::ImageIndex>& index) {
  const data::ImageSplit split = data::streamed_split(index, index->class_names());
  return std::make_shared<const data::ImageData>(
      data::ImageData{.train = split,
                      .test = split,
                      .image_size = wanted.image_size,
                      .channels = 3,
                      .scale = 255,
                      .normalization = pixels::Normalization(),
                      .crop_ratio = data::DataConfig().crop_ratio});
}

pixels::MultiCrop dino_crops(int64_t size) {
  return pixels::dino_multi_crop(
      {.global_size = size, .local_size = std::max<int64_t>(1, size * kSmallShareOf224 / 224)});
}

data::SampleMaker maker_of(const DataCase& wanted, const data::ImageData& images, uint64_t epoch) {
  constexpr uint64_t kSeed = 0;
  if (wanted.transform == "resized_crop" || wanted.transform == "supervised") {
    return data::training_maker(images, {.policy = wanted.transform}, kSeed, epoch);
  }
  if (wanted.transform == "evaluation") {
    return data::streamed_maker(images, images.test);
  }
  if (wanted.transform == "dino") {
    return data::crops_maker(images, images.train, dino_crops(wanted.image_size), kSeed, epoch);
  }
  throw core::Error(
      core::ErrorKind::kInternal,
      {.what = "unknown transform '" + wanted.transform + "'", .where = "bench::data_contender"});
}

void run_epoch(const DataCase& wanted, const data::ImageData& images, uint64_t epoch) {
  data::SampleMaker maker = maker_of(wanted, images, epoch);
  data::Prefetcher batches(wanted.order, maker.views, std::move(maker.make),
                           {.batch_size = wanted.batch_size,
                            .workers = static_cast<int>(wanted.workers),
                            .ahead = 2 * wanted.workers});
  while (batches.next()) {
  }
}

double ms_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

}  // namespace

Contender data_contender(const DataCase& wanted,
                         const std::shared_ptr<const data::ImageIndex>& index) {
  auto epoch = std::make_shared<uint64_t>(0);
  return clocked(kOurPipeline, [wanted, images = images_of(wanted, index), epoch] {
    run_epoch(wanted, *images, (*epoch)++);
  });
}

DataParts data_parts(const DataCase& wanted, const std::shared_ptr<const data::ImageIndex>& index,
                     int64_t count) {
  const auto images = images_of(wanted, index);
  const data::SampleMaker maker = maker_of(wanted, *images, /*epoch=*/0);
  std::vector<std::vector<float>> views;
  std::vector<float*> places;
  for (const data::ViewShape& view : maker.views) {
    views.emplace_back(static_cast<size_t>(view.channels * view.height * view.width));
    places.push_back(views.back().data());
  }
  DataParts parts;
  count = std::min(count, static_cast<int64_t>(wanted.order.size()));
  for (int64_t n = 0; n < count; ++n) {
    const data::SampleRequest& request = wanted.order[static_cast<size_t>(n)];
    const auto begin = std::chrono::steady_clock::now();
    formats::read_image(index->path(request.sample));
    const double decode = ms_since(begin);
    const auto whole = std::chrono::steady_clock::now();
    maker.make(request, places);
    parts.decode_ms += decode / static_cast<double>(count);
    parts.transform_ms += (ms_since(whole) - decode) / static_cast<double>(count);
  }
  return parts;
}

}  // namespace dyt::bench
