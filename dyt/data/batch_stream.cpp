// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/batch_stream.h"

#include <torch/types.h>

#include <algorithm>
#include <chrono>

namespace dyt::data {

std::vector<at::Tensor> made_batch(const SampleMaker& maker,
                                   std::span<const SampleRequest> requests) {
  std::vector<at::Tensor> batch;
  for (const ViewShape& view : maker.views) {
    batch.push_back(
        at::empty({static_cast<int64_t>(requests.size()), view.channels, view.height, view.width},
                  at::kFloat));
  }
  for (size_t n = 0; n < requests.size(); ++n) {
    std::vector<float*> places;
    for (const at::Tensor& view : batch) {
      places.push_back(view[static_cast<int64_t>(n)].mutable_data_ptr<float>());
    }
    maker.make(requests[n], places);
  }
  return batch;
}

bool BatchStream::is_next(const BatchPass& pass, std::span<const SampleRequest> requests) const {
  return prefetcher_ && pass.name == name_ &&
         requests.size() == std::min(batch_size_, order_.size() - taken_) &&
         std::ranges::equal(requests, std::span(order_).subspan(taken_, requests.size()));
}

bool BatchStream::was_last(const BatchPass& pass, std::span<const SampleRequest> requests) const {
  return prefetcher_ && pass.name == name_ && requests.size() <= taken_ &&
         std::ranges::equal(requests,
                            std::span(order_).subspan(taken_ - requests.size(), requests.size()));
}

void BatchStream::start(const BatchPass& pass, std::span<const SampleRequest> requests) {
  prefetcher_.reset();
  name_ = pass.name;
  order_ = pass.coming();
  taken_ = 0;
  batch_size_ = requests.size();
  prefetcher_ =
      std::make_unique<Prefetcher>(order_, pass.maker.views, pass.maker.make,
                                   PrefetchConfig{.batch_size = static_cast<int64_t>(batch_size_),
                                                  .workers = static_cast<int>(workers_)});
}

std::vector<at::Tensor> BatchStream::batch(const BatchPass& pass,
                                           std::span<const SampleRequest> requests) {
  const auto begin = std::chrono::steady_clock::now();
  std::vector<at::Tensor> views = made_or_taken(pass, requests);
  waited_seconds_ +=
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return views;
}

std::vector<at::Tensor> BatchStream::made_or_taken(const BatchPass& pass,
                                                   std::span<const SampleRequest> requests) {
  // Asked twice for the same, as who calibrates on the first batch does: no reason to start anew.
  if (workers_ == 0 || requests.empty() || was_last(pass, requests)) {
    return made_batch(pass.maker, requests);
  }
  if (!is_next(pass, requests)) {
    start(pass, requests);
  }
  if (!is_next(pass, requests)) {
    return made_batch(pass.maker, requests);  // of no announced order
  }
  taken_ += requests.size();
  return prefetcher_->next()->views;
}

}  // namespace dyt::data
