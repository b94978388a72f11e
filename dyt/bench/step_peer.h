// SPDX-License-Identifier: Apache-2.0
// The contenders of `dyt bench step` that need Python: the same ViT built of PyTorch's own modules,
// its steps run eagerly, in a child process.
//
//   StepPeer peer("python3", stop);
//   const auto contenders = peer.contenders(wanted);   // of models that peer_builds()
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "dyt/bench/interleave.h"
#include "dyt/bench/step_contenders.h"
#include "dyt/bench/step_memory.h"

namespace dyt::bench {

class PythonPeer;

inline constexpr const char* kPyTorch = "eager PyTorch";

// Whether dyt/bench/step_peer.py has this model: ViTs.
bool peer_builds(const StepCase& wanted);

// One child for all cases; it runs dyt/bench/step_peer.py and ends with this object and its
// contenders. Batch, type, threads, hyperparameters and what becomes of freed memory are as here.
class StepPeer {
 public:
  // As OpsPeers.
  StepPeer(const std::string& python, std::function<bool()> stop);
  ~StepPeer();

  const nlohmann::ordered_json& versions() const;

  // kPyTorch, in training also one with the fused AdamW, which ours is: PyTorch's default on a CPU
  // goes tensor by tensor. Inference stands for "folded" too. Made at their first turn; they serve
  // until the next call of this function. Error(kInternal) where the network has another number of
  // parameters than ours with LayerNorm.
  std::vector<Contender> contenders(const StepCase& wanted);

  // Of this process, which should have had turns of one contender alone.
  StepMemory memory();

 private:
  std::shared_ptr<PythonPeer> peer_;
};

}  // namespace dyt::bench
