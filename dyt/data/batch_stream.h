// SPDX-License-Identifier: Apache-2.0
// Batches for a caller who asks for them one by one and mostly, but not always, in an order that is
// known before: those come from a Prefetcher's threads, the others are made on the spot. The values
// are the same either way.
//
//   BatchStream stream(/*workers=*/8);
//   stream.batch({"epoch 3", maker, [&] { return order; }}, requests);
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dyt/data/prefetch.h"
#include "dyt/data/sample_makers.h"

namespace dyt::data {

// The views of these samples, float (B, C, H, W) each, made here and now.
std::vector<at::Tensor> made_batch(const SampleMaker& maker,
                                   std::span<const SampleRequest> requests);

// What a caller is going through: an epoch, an evaluation.
struct BatchPass {
  std::string name;   // of equal passes equal
  SampleMaker maker;  // must work as long as the stream
  // The samples that come from this batch on, it included; asked once a pass.
  std::function<std::vector<SampleRequest>()> coming;
};

class BatchStream {
 public:
  explicit BatchStream(int64_t workers) : workers_(workers) {}

  // The views of the samples `requests`. What `make` throws for one of them is thrown here.
  std::vector<at::Tensor> batch(const BatchPass& pass, std::span<const SampleRequest> requests);

  // Seconds that callers have spent in batch(): what is left of the work when threads do it.
  double waited_seconds() const { return waited_seconds_; }

 private:
  std::vector<at::Tensor> made_or_taken(const BatchPass& pass,
                                        std::span<const SampleRequest> requests);
  bool is_next(const BatchPass& pass, std::span<const SampleRequest> requests) const;
  bool was_last(const BatchPass& pass, std::span<const SampleRequest> requests) const;
  void start(const BatchPass& pass, std::span<const SampleRequest> requests);

  int64_t workers_;
  std::string name_;
  std::vector<SampleRequest> order_;
  size_t taken_ = 0;       // samples of the order
  size_t batch_size_ = 0;  // of the pass
  double waited_seconds_ = 0;
  std::unique_ptr<Prefetcher> prefetcher_;
};

}  // namespace dyt::data
