// SPDX-License-Identifier: Apache-2.0
// A small team of threads that runs the pieces of kernels, for callers without a pool of their own.
//
//   Threads threads(4);  // starts three: the caller's own thread is the fourth
//   forward(problem, threads.parallel_for());  // as often as wanted: the team stays
#pragma once

#include <memory>

#include "dyt/kernels/types.h"

namespace dyt::kernels {

inline constexpr int kMostThreads = 1024;

// Threads that wait for work look out for it for some microseconds and then sleep. One loop runs at
// a time: who calls while the team is busy, from another thread or from inside a task, runs all of
// that loop in the calling thread and so never waits for others. Tasks must not throw. After fork()
// the child has to make a team of its own.
class Threads {
 public:
  // 0: one for each of the machine's. Throws std::invalid_argument where count is not from 0 to
  // kMostThreads, and std::system_error where the system starts no more threads.
  explicit Threads(int count = 0);
  ~Threads();  // no loop may be running
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  int count() const;  // the caller's included

  // Serves as long as the team lives.
  ParallelFor parallel_for() const;

 private:
  class Team;
  std::unique_ptr<Team> team_;
};

}  // namespace dyt::kernels
