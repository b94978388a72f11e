// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/prefetch.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "dyt/core/error.h"
#include "dyt/core/random.h"
#include "tests/support/expect_error.h"

namespace dyt::data {
namespace {

using core::Error;
using core::ErrorKind;

constexpr int64_t kSamples = 37;

const std::vector<ViewShape> kViews = {{.channels = 2, .height = 3, .width = 4},
                                       {.channels = 1, .height = 2, .width = 2}};

// Values that depend on the sample; now and then slow, so that samples end out of order.
int64_t make(const SampleRequest& request, std::span<float* const> views) {
  core::RandomStream random(0, "values", {static_cast<uint64_t>(request.sample)});
  if (request.sample % 5 == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  for (int i = 0; i < 24; ++i) {
    views[0][i] = static_cast<float>(random.uniform());
  }
  for (int i = 0; i < 4; ++i) {
    views[1][i] = static_cast<float>(request.sample * 10 + i);
  }
  return request.sample % 3;
}

std::vector<ImageBatch> all_batches(Prefetcher& prefetcher) {
  std::vector<ImageBatch> batches;
  while (auto batch = prefetcher.next()) {
    batches.push_back(std::move(*batch));
  }
  EXPECT_FALSE(prefetcher.next().has_value());
  return batches;
}

std::vector<ImageBatch> all_batches(const PrefetchConfig& config) {
  Prefetcher prefetcher(shuffled_order(1, 2, kSamples), kViews, make, config);
  return all_batches(prefetcher);
}

TEST(Prefetch, BatchesAreInOrderAndWhole) {
  const auto order = shuffled_order(1, 2, kSamples);
  const auto batches = all_batches({.batch_size = 8, .workers = 3});
  ASSERT_EQ(batches.size(), 5u);
  size_t place = 0;
  for (const ImageBatch& batch : batches) {
    const auto size = static_cast<int64_t>(batch.samples.size());
    ASSERT_EQ(batch.views.size(), 2u);
    EXPECT_EQ(batch.views[0].sizes(), (std::vector<int64_t>{size, 2, 3, 4}));
    EXPECT_EQ(batch.views[1].sizes(), (std::vector<int64_t>{size, 1, 2, 2}));
    for (int64_t i = 0; i < size; ++i) {
      EXPECT_EQ(batch.samples[static_cast<size_t>(i)], order[place]);
      const int64_t sample = order[place++].sample;
      EXPECT_EQ(batch.labels[i].item<int64_t>(), sample % 3);
      EXPECT_EQ(batch.views[1][i].flatten()[3].item<float>(), static_cast<float>(sample * 10 + 3));
    }
  }
  EXPECT_EQ(place, 37u);
}

TEST(Prefetch, BitsAreTheSameForEveryNumberOfWorkers) {
  const auto expected = all_batches({.batch_size = 8, .workers = 0});
  for (const int workers : {1, 2, 4, 16}) {
    for (const int64_t ahead : {1, 4, 100}) {
      const auto found = all_batches({.batch_size = 8, .workers = workers, .ahead = ahead});
      ASSERT_EQ(found.size(), expected.size());
      for (size_t i = 0; i < found.size(); ++i) {
        EXPECT_EQ(found[i].samples, expected[i].samples);
        EXPECT_TRUE(found[i].labels.equal(expected[i].labels));
        EXPECT_TRUE(found[i].views[0].equal(expected[i].views[0]));
        EXPECT_TRUE(found[i].views[1].equal(expected[i].views[1]));
      }
    }
  }
}

TEST(Prefetch, AShortLastBatchCanBeLeftOut) {
  for (const int workers : {0, 2}) {
    const auto batches = all_batches({.batch_size = 8, .drop_last = true, .workers = workers});
    ASSERT_EQ(batches.size(), 4u);
    EXPECT_EQ(batches.back().samples.size(), 8u);
  }
  EXPECT_EQ(all_batches({.batch_size = 50, .workers = 2}).size(), 1u);
  EXPECT_EQ(all_batches({.batch_size = 50, .drop_last = true, .workers = 2}).size(), 0u);
}

TEST(Prefetch, AnEmptyOrderHasNoBatch) {
  Prefetcher prefetcher({}, kViews, make, {.batch_size = 4});
  EXPECT_EQ(prefetcher.batches(), 0);
  EXPECT_FALSE(prefetcher.next().has_value());
}

int64_t fail_on_20_and_22(const SampleRequest& request, std::span<float* const> views) {
  if (request.sample == 20 || request.sample == 22) {
    if (request.sample == 20) {  // the later one is likely to fail first
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    throw Error(ErrorKind::kData, {.what = "cannot be decoded",
                                   .where = "cat-" + std::to_string(request.sample) + ".jpg"});
  }
  return make(request, views);
}

TEST(Prefetch, AnErrorComesInItsTurnAndNamesTheFile) {
  for (const int workers : {0, 1, 2, 4}) {
    Prefetcher prefetcher(order_as_they_are(kSamples), kViews, fail_on_20_and_22,
                          {.batch_size = 8, .workers = workers});
    for (int batch = 0; batch < 2; ++batch) {
      ASSERT_TRUE(prefetcher.next().has_value());
    }
    for (int call = 0; call < 3; ++call) {
      dyt::testing::expect_error(ErrorKind::kData, "cat-20.jpg", [&] { prefetcher.next(); });
    }
  }
}

TEST(Prefetch, OtherExceptionsComeThrough) {
  Prefetcher prefetcher(
      order_as_they_are(3), kViews,
      [](const SampleRequest&, std::span<float* const>) -> int64_t { throw std::bad_alloc(); },
      {.batch_size = 2});
  EXPECT_THROW(prefetcher.next(), std::bad_alloc);
}

TEST(Prefetch, AViewThatIsTooLargeIsAnError) {
  constexpr int64_t kHuge = int64_t{1} << 40;
  Prefetcher prefetcher(order_as_they_are(3), {{.height = kHuge, .width = kHuge}}, make,
                        {.batch_size = 2});
  EXPECT_ANY_THROW(prefetcher.next());
}

TEST(Prefetch, EndsCleanlyInTheMiddle) {
  for (const int workers : {1, 2, 4}) {
    for (int taken = 0; taken < 4; ++taken) {
      std::atomic<int> running = 0;
      {
        Prefetcher prefetcher(
            shuffled_order(0, 0, 1000), kViews,
            [&running](const SampleRequest& request, std::span<float* const> views) {
              ++running;
              const int64_t label = make(request, views);
              --running;
              return label;
            },
            {.batch_size = 8, .workers = workers});
        for (int batch = 0; batch < taken; ++batch) {
          ASSERT_TRUE(prefetcher.next().has_value());
        }
      }
      EXPECT_EQ(running, 0);
    }
  }
}

TEST(Prefetch, WorksNoFurtherAheadThanItShould) {
  std::atomic<int64_t> made = 0;
  Prefetcher prefetcher(order_as_they_are(100), kViews,
                        [&made](const SampleRequest& request, std::span<float* const> views) {
                          ++made;
                          return make(request, views);
                        },
                        {.batch_size = 5, .workers = 4, .ahead = 2});
  // Waits until it is reached, then long enough for more to show.
  const auto expect_made = [&made](int64_t expected) {
    for (int i = 0; i < 2000 && made < expected; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(made, expected);
  };
  expect_made(10);
  ASSERT_TRUE(prefetcher.next().has_value());
  expect_made(15);
}

TEST(Prefetch, SeveralThreadsWork) {
  std::mutex mutex;
  std::condition_variable arrived;
  std::set<std::thread::id> threads;  // each waits for the others
  Prefetcher prefetcher(order_as_they_are(40), kViews,
                        [&](const SampleRequest& request, std::span<float* const> views) {
                          {
                            const std::lock_guard lock(mutex);
                            threads.insert(std::this_thread::get_id());
                          }
                          std::this_thread::sleep_for(std::chrono::milliseconds(2));
                          return make(request, views);
                        },
                        {.batch_size = 8, .workers = 4});
  EXPECT_EQ(all_batches(prefetcher).size(), 5u);
  EXPECT_EQ(threads.size(), 4u);
  EXPECT_EQ(threads.count(std::this_thread::get_id()), 0u);
}

TEST(Prefetch, ImpossibleSettingsAreErrors) {
  for (const PrefetchConfig& config :
       {PrefetchConfig{.batch_size = 0}, {.workers = -1}, {.ahead = 0}}) {
    dyt::testing::expect_error(ErrorKind::kUsage, "batch size",
                               [&] { Prefetcher({}, kViews, make, config); });
  }
}

}  // namespace
}  // namespace dyt::data
