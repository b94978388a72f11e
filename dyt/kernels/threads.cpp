// SPDX-License-Identifier: Apache-2.0
#include "dyt/kernels/threads.h"

#include <hwy/cache_control.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace dyt::kernels {
namespace {

int checked(int count) {
  if (count < 0 || count > kMostThreads) {
    throw std::invalid_argument(
        "number of threads: expected 0 (one for each of the machine's) to " +
        std::to_string(kMostThreads) + ", found " + std::to_string(count));
  }
  const int machine = static_cast<int>(std::thread::hardware_concurrency());
  return count > 0 ? count : std::clamp(machine, 1, kMostThreads);
}

// A loop as the team sees it.
struct Job {
  int64_t count = 0;
  ParallelFor::Task task = nullptr;
  void* data = nullptr;
};

}  // namespace

// A worker enters an open job, takes indices until none is left, and leaves. The caller closes the
// job when it finds no index itself, and waits for those inside only: who has not even woken by
// then is not waited for.
class Threads::Team {
 public:
  explicit Team(int count) : spins_(spins_for(count)) {}

  ~Team() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) {
      worker.join();
    }
  }

  // Apart from the constructor, so that the destructor ends those that did start if one does not.
  void start(int workers) {
    workers_.reserve(static_cast<size_t>(workers));
    for (int n = 0; n < workers; ++n) {
      workers_.emplace_back([this] { work(); });
    }
  }

  int count() const { return static_cast<int>(workers_.size()) + 1; }

  static void run(void* team, int64_t count, ParallelFor::Task task, void* data) {
    static_cast<Team*>(team)->run(Job{count, task, data});
  }

 private:
  // About what waking a sleeper costs. A thread that has no core for itself only holds up others.
  static int spins_for(int count) {
    return count <= static_cast<int>(std::thread::hardware_concurrency()) ? 500 : 0;
  }

  template <class Ready>
  void spin_until(const Ready& ready) const {
    for (int n = 0; n < spins_ && !ready(); ++n) {
      hwy::Pause();
    }
  }

  void run(const Job& job) {
    if (job.count <= 1 || workers_.empty() || busy_.test_and_set(std::memory_order_acquire)) {
      for (int64_t i = 0; i < job.count; ++i) {
        job.task(job.data, i);
      }
      return;
    }
    open(job);
    take_indices(job);
    close();
    busy_.clear(std::memory_order_release);
  }

  void take_indices(const Job& job) {
    for (;;) {
      const int64_t i = next_.fetch_add(1, std::memory_order_relaxed);
      if (i >= job.count) {
        return;
      }
      job.task(job.data, i);
    }
  }

  void open(const Job& job) {
    {
      const std::lock_guard lock(mutex_);
      job_ = job;
      open_ = true;
      next_.store(0, std::memory_order_relaxed);  // nobody is inside
      number_.fetch_add(1, std::memory_order_relaxed);
    }
    const int64_t helpers = std::min<int64_t>(job.count - 1, workers_.size());
    for (int64_t n = 0; n < helpers; ++n) {
      wake_.notify_one();
    }
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      open_ = false;
    }
    spin_until([this] { return inside_.load(std::memory_order_relaxed) == 0; });
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return inside_.load(std::memory_order_relaxed) == 0; });
  }

  void work() {
    int64_t seen = 0;
    while (const std::optional<Job> job = enter(seen)) {
      take_indices(*job);
      leave();
    }
  }

  // The next open job after number `seen`; nothing when the team ends.
  std::optional<Job> enter(int64_t& seen) {
    spin_until([&] { return number_.load(std::memory_order_relaxed) != seen; });
    std::unique_lock lock(mutex_);
    const auto is_new = [&] { return open_ && number_.load(std::memory_order_relaxed) != seen; };
    wake_.wait(lock, [&] { return stop_ || is_new(); });
    if (stop_) {
      return std::nullopt;
    }
    seen = number_.load(std::memory_order_relaxed);
    inside_.fetch_add(1, std::memory_order_relaxed);
    return job_;
  }

  void leave() {
    const std::lock_guard lock(mutex_);
    if (inside_.fetch_sub(1, std::memory_order_relaxed) == 1 && !open_) {
      done_.notify_one();
    }
  }

  // Numbers under the mutex are atomic where somebody looks at them while spinning.
  const int spins_;
  std::atomic_flag busy_;
  std::mutex mutex_;
  std::condition_variable wake_, done_;
  Job job_;
  bool open_ = false, stop_ = false;
  std::atomic<int64_t> number_ = 0;  // of the job
  std::atomic<int> inside_ = 0;      // workers in the job
  std::vector<std::thread> workers_;
  alignas(64) std::atomic<int64_t> next_ = 0;  // index; on a cache line of its own
};

Threads::Threads(int count) : team_(std::make_unique<Team>(checked(count))) {
  team_->start(checked(count) - 1);
}

Threads::~Threads() = default;

int Threads::count() const { return team_->count(); }

ParallelFor Threads::parallel_for() const { return {.run = Team::run, .executor = team_.get()}; }

}  // namespace dyt::kernels
