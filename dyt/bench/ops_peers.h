// SPDX-License-Identifier: Apache-2.0
// Contenders of `dyt bench ops` that need Python: what torch.compile makes, in a child process.
//
//   OpsPeers peers("python3", stop);                       // starts it, imports torch
//   const auto contenders = peers.contenders(wanted);      // compiled there and warm
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dyt/bench/interleave.h"
#include "dyt/bench/ops_contenders.h"

namespace dyt::bench {

class PythonPeer;

// One child for all cases; it runs dyt/bench/ops_peers.py, which says the protocol, and ends with
// this object and its contenders. Threads, tensors, buffers and what becomes of freed memory are as
// in this process; OpenMP's variables are inherited.
class OpsPeers {
 public:
  // `python` is a program (PATH is searched). `stop` is asked while an answer is waited for; may be
  // empty. Error(kResources) where the program cannot be started or has no PyTorch.
  OpsPeers(const std::string& python, std::function<bool()> stop);
  ~OpsPeers();

  std::string python_version() const;
  std::string torch_version() const;

  // "compiled layer_norm", "compiled rms_norm", for tanh "compiled dyt", on a GPU "triton dyt" too.
  // They serve until the next call of this function; their turns are timed in the child.
  // Error(kResources) where compiling fails, Error(kInterrupted) where stop says so,
  // Error(kInternal) where the child ends or answers what nobody asked for.
  std::vector<Contender> contenders(const OpsCase& wanted);

 private:
  std::shared_ptr<PythonPeer> peer_;
};

}  // namespace dyt::bench
