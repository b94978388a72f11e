// SPDX-License-Identifier: Apache-2.0
// The peer of `dyt bench data`: torchvision's ImageFolder behind PyTorch's DataLoader, in the
// user's Python.
//
//   DataPeer peer("python3", stop);
//   DataPeer::Made made = peer.make(wanted, index.size());
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "dyt/bench/data_contenders.h"

namespace dyt::bench {

class PythonPeer;

// One child for all cases; it runs dyt/bench/data_peer.py and ends with this object and its
// contenders.
class DataPeer {
 public:
  // As OpsPeers; torchvision is needed as well.
  DataPeer(const std::string& python, std::function<bool()> stop);
  ~DataPeer();

  const nlohmann::ordered_json& versions() const;

  struct Made {
    std::vector<Contender> contenders;  // one, or none
    std::string left_out;               // which, and why
  };

  // Worker processes start at the first turn and stay until the next call of this function.
  // Error(kData) where torchvision finds another number of images than `images`.
  Made make(const DataCase& wanted, int64_t images);

  // Of the last case that had a contender.
  DataParts parts(int64_t count);

 private:
  std::shared_ptr<PythonPeer> peer_;
};

}  // namespace dyt::bench
