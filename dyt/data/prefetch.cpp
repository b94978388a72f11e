// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/prefetch.h"

#include <torch/types.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

#include "dyt/core/error.h"

namespace dyt::data {
namespace {

// A batch that is being made.
struct Slot {
  ImageBatch batch;
  std::vector<float*> values;  // of the views
  int64_t* labels = nullptr;
  int64_t missing = 0;
  std::exception_ptr error;
  int64_t error_place = 0;
};

void check_config(const PrefetchConfig& config) {
  if (config.batch_size < 1 || config.ahead < 1 || config.workers < 0) {
    throw core::Error(
        core::ErrorKind::kUsage,
        {.what = "batches cannot be made like this",
         .where = "configuration",
         .expected = "a batch size and batches ahead from 1, workers from 0",
         .found = std::to_string(config.batch_size) + ", " + std::to_string(config.ahead) + ", " +
                  std::to_string(config.workers)});
  }
}

}  // namespace

class Prefetcher::State {
 public:
  State(std::vector<SampleRequest> order, std::vector<ViewShape> views, MakeSample make,
        const PrefetchConfig& config)
      : order_(std::move(order)),
        views_(std::move(views)),
        make_(std::move(make)),
        config_(config) {
    const auto samples = static_cast<int64_t>(order_.size());
    batches_ = config.drop_last ? samples / config.batch_size
                                : (samples + config.batch_size - 1) / config.batch_size;
    items_ = std::min(samples, batches_ * config.batch_size);
    try {
      for (int worker = 0; worker < config.workers; ++worker) {
        workers_.emplace_back([this] { work(); });
      }
    } catch (...) {
      stop();
      throw;
    }
  }
  ~State() { stop(); }

  int64_t batches() const { return batches_; }

  std::optional<ImageBatch> next() {
    if (taken_ == batches_) {
      return std::nullopt;
    }
    if (failure_) {
      std::rethrow_exception(failure_);
    }
    Slot slot = config_.workers == 0 ? made_here() : made_by_workers();
    if (slot.error) {
      failure_ = slot.error;
      stop();
      std::rethrow_exception(failure_);
    }
    return std::move(slot.batch);
  }

 private:
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    room_.notify_all();
    for (std::thread& worker : workers_) {
      worker.join();
    }
    workers_.clear();
  }

  Slot empty_slot(int64_t batch) const {
    const int64_t begin = batch * config_.batch_size;
    const int64_t size = std::min(config_.batch_size, items_ - begin);
    Slot slot{.missing = size};
    for (const ViewShape& view : views_) {
      slot.batch.views.push_back(
          at::empty({size, view.channels, view.height, view.width}, at::kFloat));
      slot.values.push_back(slot.batch.views.back().mutable_data_ptr<float>());
    }
    slot.batch.labels = at::empty({size}, at::kLong);
    slot.labels = slot.batch.labels.mutable_data_ptr<int64_t>();
    slot.batch.samples.assign(order_.begin() + begin, order_.begin() + begin + size);
    return slot;
  }

  // `values` and `labels` are the slot's: they stay where they are while it waits to be filled.
  void make_item(const std::vector<float*>& values, int64_t* labels, int64_t item) const {
    const int64_t place = item % config_.batch_size;
    std::vector<float*> places;
    for (size_t i = 0; i < views_.size(); ++i) {
      const ViewShape& view = views_[i];
      places.push_back(values[i] + place * view.channels * view.height * view.width);
    }
    labels[place] = make_(order_[static_cast<size_t>(item)], places);
  }

  Slot made_here() {
    Slot slot = empty_slot(taken_);
    const int64_t begin = taken_ * config_.batch_size;
    try {
      for (int64_t item = begin; item < begin + slot.missing; ++item) {
        make_item(slot.values, slot.labels, item);
      }
    } catch (...) {
      slot.error = std::current_exception();
      return slot;
    }
    ++taken_;
    return slot;
  }

  Slot made_by_workers() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] {
      const auto place = slots_.find(taken_);
      return place != slots_.end() && place->second.missing == 0;
    });
    Slot slot = std::move(slots_.extract(taken_).mapped());
    if (!slot.error) {
      ++taken_;
      room_.notify_all();
    }
    return slot;
  }

  bool item_allowed() const {
    return next_item_ < std::min(items_, (taken_ + config_.ahead) * config_.batch_size);
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      room_.wait(lock, [this] { return stopping_ || next_item_ == items_ || item_allowed(); });
      if (stopping_ || next_item_ == items_) {
        return;
      }
      const int64_t item = next_item_++;
      const int64_t batch = item / config_.batch_size;
      std::exception_ptr error;
      Slot* slot = nullptr;
      try {
        slot = &slot_of(batch);
      } catch (...) {  // no memory for the batch
        error = std::current_exception();
        slot = &slots_[batch];
        slot->missing = std::min(config_.batch_size, items_ - batch * config_.batch_size);
      }
      if (slot->labels != nullptr) {
        lock.unlock();
        try {
          make_item(slot->values, slot->labels, item);
        } catch (...) {
          error = std::current_exception();
        }
        lock.lock();
      }
      finish(*slot, item, error);
    }
  }

  Slot& slot_of(int64_t batch) {
    const auto place = slots_.find(batch);
    return place != slots_.end() ? place->second
                                 : slots_.emplace(batch, empty_slot(batch)).first->second;
  }

  void finish(Slot& slot, int64_t item, const std::exception_ptr& error) {
    if (error && (!slot.error || item < slot.error_place)) {
      slot.error = error;
      slot.error_place = item;
    }
    if (--slot.missing == 0) {
      done_.notify_all();
    }
  }

  const std::vector<SampleRequest> order_;
  const std::vector<ViewShape> views_;
  const MakeSample make_;
  const PrefetchConfig config_;
  int64_t batches_ = 0;
  int64_t items_ = 0;  // that are made: all but those of a dropped batch
  std::exception_ptr failure_;

  std::mutex mutex_;
  std::condition_variable room_;  // for the workers: another item may be made
  std::condition_variable done_;  // for the caller: a batch is whole
  bool stopping_ = false;
  int64_t next_item_ = 0;
  int64_t taken_ = 0;              // batches
  std::map<int64_t, Slot> slots_;  // by batch; a map keeps them where they are
  std::vector<std::thread> workers_;
};

Prefetcher::Prefetcher(std::vector<SampleRequest> order, std::vector<ViewShape> views,
                       MakeSample make, const PrefetchConfig& config) {
  check_config(config);
  state_ = std::make_unique<State>(std::move(order), std::move(views), std::move(make), config);
}

Prefetcher::~Prefetcher() = default;

int64_t Prefetcher::batches() const { return state_->batches(); }

std::optional<ImageBatch> Prefetcher::next() { return state_->next(); }

}  // namespace dyt::data
