// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/batch_stream.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "dyt/core/error.h"

namespace dyt::data {
namespace {

constexpr int64_t kCount = 20;
constexpr size_t kBatch = 4;

// The sample's number in every place; notes who asked.
class Source {
 public:
  SampleMaker maker() {
    return {.views = {{.channels = 1, .height = 2, .width = 2},
                      {.channels = 1, .height = 1, .width = 1}},
            .make = [this](const SampleRequest& request, std::span<float* const> views) {
              std::fill_n(views[0], 4, static_cast<float>(request.sample));
              views[1][0] = static_cast<float>(request.repeat);
              const std::lock_guard lock(mutex_);
              ++made_;
              threads_.insert(std::this_thread::get_id());
              return request.sample;
            }};
  }
  BatchPass pass(uint64_t epoch, size_t first) {
    return {.name = std::to_string(epoch), .maker = maker(), .coming = [this, epoch, first] {
              ++starts;
              const auto order = shuffled_order(0, epoch, kCount);
              return std::vector(order.begin() + static_cast<std::ptrdiff_t>(first), order.end());
            }};
  }
  std::set<std::thread::id> threads() {
    const std::lock_guard lock(mutex_);
    return threads_;
  }

  int starts = 0;

 private:
  std::mutex mutex_;
  int64_t made_ = 0;
  std::set<std::thread::id> threads_;
};

std::vector<SampleRequest> requests_of(uint64_t epoch, size_t first, size_t count = kBatch) {
  const auto order = shuffled_order(0, epoch, kCount);
  return {order.begin() + static_cast<std::ptrdiff_t>(first),
          order.begin() + static_cast<std::ptrdiff_t>(first + count)};
}

void expect_batch(const std::vector<at::Tensor>& views,
                  const std::vector<SampleRequest>& requests) {
  ASSERT_EQ(views.size(), 2u);
  ASSERT_EQ(views[0].sizes(),
            (std::vector<int64_t>{static_cast<int64_t>(requests.size()), 1, 2, 2}));
  for (size_t n = 0; n < requests.size(); ++n) {
    EXPECT_EQ(views[0][static_cast<int64_t>(n)][0][1][1].item<int64_t>(), requests[n].sample);
    EXPECT_EQ(views[1][static_cast<int64_t>(n)].item<int64_t>(), requests[n].repeat);
  }
}

TEST(BatchStream, InOrderThreadsMakeThem) {
  for (const int64_t workers : {0, 1, 3}) {
    Source source;
    BatchStream stream(workers);
    for (const uint64_t epoch : {0, 1}) {
      for (size_t first = 0; first < kCount; first += kBatch) {
        const auto requests = requests_of(epoch, first);
        expect_batch(stream.batch(source.pass(epoch, first), requests), requests);
      }
    }
    EXPECT_EQ(source.starts, workers == 0 ? 0 : 2) << "the order is asked for once an epoch";
    EXPECT_EQ(source.threads().contains(std::this_thread::get_id()), workers == 0);
    EXPECT_GT(stream.waited_seconds(), 0);
  }
}

TEST(BatchStream, OutOfOrderTheyAreTheSame) {
  Source source;
  BatchStream stream(2);
  const auto ask = [&](uint64_t epoch, size_t first, size_t count) {
    const auto requests = requests_of(epoch, first, count);
    expect_batch(stream.batch(source.pass(epoch, first), requests), requests);
  };
  ask(0, 8, 4);   // as a resumed run begins
  ask(0, 8, 4);   // again
  ask(0, 12, 4);  // on
  ask(0, 0, 4);   // back
  ask(1, 4, 3);   // another size
  ask(1, 7, 3);
  ask(1, 18, 2);  // a short last batch
  const std::vector<SampleRequest> strange = {{.sample = 3}, {.sample = 3, .repeat = 2}};
  expect_batch(stream.batch(source.pass(0, 0), strange), strange);
  expect_batch(stream.batch(source.pass(0, 0), {}), {});
}

TEST(BatchStream, AShortLastBatchComesInOrder) {
  Source source;
  BatchStream stream(2);
  for (const size_t first : {0u, 8u, 16u}) {
    const auto requests = requests_of(0, first, std::min<size_t>(8, kCount - first));
    expect_batch(stream.batch(source.pass(0, first), requests), requests);
  }
  EXPECT_EQ(source.starts, 1);
}

TEST(BatchStream, WhatASampleThrowsArrives) {
  BatchStream stream(2);
  Source source;
  BatchPass pass = source.pass(0, 0);
  pass.maker.make = [](const SampleRequest&, std::span<float* const>) -> int64_t {
    throw core::Error(core::ErrorKind::kData, {.what = "cannot be read"});
  };
  EXPECT_THROW(stream.batch(pass, requests_of(0, 0)), core::Error);
  EXPECT_THROW(stream.batch(pass, requests_of(0, 4)), core::Error);
}

}  // namespace
}  // namespace dyt::data
