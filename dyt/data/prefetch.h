// SPDX-License-Identifier: Apache-2.0
// Batches made ahead of time by threads of their own: decoding and transforming beside the training
// step.
//
//   Prefetcher batches(shuffled_order(seed, epoch, index.size()), {{3, 224, 224}}, make,
//                      {.batch_size = 64, .workers = 8});
//   while (auto batch = batches.next()) {
//     model->forward(batch->views[0]);                       // float (64, 3, 224, 224)
//   }
//
// The batches and their contents are the same for every number of workers: a sample's values are
// what `make` gives for it, and it must give the same from whichever thread.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "dyt/data/sample_order.h"

namespace dyt::data {

// What a sample has of one view (a crop).
struct ViewShape {
  int64_t channels = 3;
  int64_t height = 0;
  int64_t width = 0;
};

struct ImageBatch {
  std::vector<at::Tensor> views;       // float (B, C, H, W) each
  at::Tensor labels;                   // int64 (B)
  std::vector<SampleRequest> samples;  // B
};

// Fills the sample's part of each view, C * H * W values, and gives its label. Called from several
// threads at once.
using MakeSample = std::function<int64_t(const SampleRequest&, std::span<float* const> views)>;

struct PrefetchConfig {
  int64_t batch_size = 1;
  bool drop_last = false;  // leave out a last batch that is short
  int workers = 2;         // 0: next() makes the batch itself
  int64_t ahead = 4;  // so many batches are made or being made beyond the one that is taken; >= 1
};

class Prefetcher {
 public:
  // Starts the workers. Error(kUsage) for a batch size or an `ahead` below 1 or fewer than 0
  // workers.
  Prefetcher(std::vector<SampleRequest> order, std::vector<ViewShape> views, MakeSample make,
             const PrefetchConfig& config);
  // Waits for the samples that are being made, no others.
  ~Prefetcher();
  Prefetcher(const Prefetcher&) = delete;
  Prefetcher& operator=(const Prefetcher&) = delete;

  int64_t batches() const;

  // The next batch; nothing after the last. What `make` threw for one of its samples (of several,
  // the first in order) is thrown here, after the batches before it, and again by every later call.
  std::optional<ImageBatch> next();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace dyt::data
