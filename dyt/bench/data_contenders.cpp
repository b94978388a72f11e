#include "dyt/bench/data_contenders.h"

#include <chrono>
#include <memory>

#include "dyt/core/error.h"
#include "dyt/data/image_samples.h"
#include "dyt/data/prefetch.h"
#include "dyt/formats/image.h"

namespace dyt::bench {
namespace {

constexpr int64_t kSmallShareOf224 = 96;  // DINO's small crops beside large ones of 224

struct Pipeline {
  std::vector<data::ViewShape> views;
  data::MakeSample make;
};

Pipeline train_pipeline(const data::ImageIndex& index, const pixels::TrainTransform& transform,
                        uint64_t epoch) {
  return {data::views_of(transform), data::train_samples(index, transform, /*seed=*/0, epoch)};
}

Pipeline dino_pipeline(const data::ImageIndex& index, int64_t size, uint64_t epoch) {
  const pixels::MultiCrop crops = pixels::dino_multi_crop(
      {.global_size = size, .local_size = std::max<int64_t>(1, size * kSmallShareOf224 / 224)});
  return {data::views_of(crops), data::crop_samples(index, crops, /*seed=*/0, epoch)};
}

Pipeline pipeline_of(const DataCase& wanted, const data::ImageIndex& index, uint64_t epoch) {
  const int64_t size = wanted.image_size;
  if (wanted.transform == "resized_crop") {
    return train_pipeline(index, {.size = size}, epoch);
  }
  if (wanted.transform == "supervised") {
    return train_pipeline(index, pixels::supervised_train(size), epoch);
  }
  if (wanted.transform == "evaluation") {
    const pixels::EvalTransform transform = pixels::supervised_eval(size);
    return {data::views_of(transform), data::eval_samples(index, transform)};
  }
  if (wanted.transform == "dino") {
    return dino_pipeline(index, size, epoch);
  }
  throw core::Error(
      core::ErrorKind::kInternal,
      {.what = "unknown transform '" + wanted.transform + "'", .where = "bench::data_contender"});
}

void run_epoch(const DataCase& wanted, const data::ImageIndex& index, uint64_t epoch) {
  Pipeline pipeline = pipeline_of(wanted, index, epoch);
  data::Prefetcher batches(wanted.order, pipeline.views, std::move(pipeline.make),
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

Contender data_contender(const DataCase& wanted, const data::ImageIndex& index) {
  auto epoch = std::make_shared<uint64_t>(0);
  return clocked(kOurPipeline, [wanted, &index, epoch] { run_epoch(wanted, index, (*epoch)++); });
}

DataParts data_parts(const DataCase& wanted, const data::ImageIndex& index, int64_t count) {
  const Pipeline pipeline = pipeline_of(wanted, index, /*epoch=*/0);
  std::vector<std::vector<float>> views;
  std::vector<float*> places;
  for (const data::ViewShape& view : pipeline.views) {
    views.emplace_back(static_cast<size_t>(view.channels * view.height * view.width));
    places.push_back(views.back().data());
  }
  DataParts parts;
  count = std::min(count, static_cast<int64_t>(wanted.order.size()));
  for (int64_t n = 0; n < count; ++n) {
    const data::SampleRequest& request = wanted.order[static_cast<size_t>(n)];
    const auto begin = std::chrono::steady_clock::now();
    formats::read_image(index.path(request.sample));
    const double decode = ms_since(begin);
    const auto whole = std::chrono::steady_clock::now();
    pipeline.make(request, places);
    parts.decode_ms += decode / static_cast<double>(count);
    parts.transform_ms += (ms_since(whole) - decode) / static_cast<double>(count);
  }
  return parts;
}

}  // namespace dyt::bench
