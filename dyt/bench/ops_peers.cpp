// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/ops_peers.h"

#include <nlohmann/json.hpp>

#include "dyt/bench/internal/embedded.h"
#include "dyt/bench/internal/python_peer.h"

namespace dyt::bench {

OpsPeers::OpsPeers(const std::string& python, std::function<bool()> stop)
    : peer_(std::make_shared<PythonPeer>(
          python,
          PeerScript{.name = "ops_peers.py",
                     .text = ops_peers_py(),
                     .todo = "torch.compile needs a C++ compiler and Python's headers (Debian, "
                             "Ubuntu: apt install g++ python3-dev); if it is not that, leave out "
                             "'python', and the other contenders are measured"},
          std::move(stop))) {}

OpsPeers::~OpsPeers() = default;

std::string OpsPeers::python_version() const { return peer_->version("python"); }
std::string OpsPeers::torch_version() const { return peer_->version("torch"); }

std::vector<Contender> OpsPeers::contenders(const OpsCase& wanted) {
  return peer_contenders(peer_, peer_->ask({{"case",
                                             {{"shape", {wanted.shape.rows, wanted.shape.channels}},
                                              {"dtype", wanted.dtype},
                                              {"pass", wanted.pass},
                                              {"outputs", wanted.outputs},
                                              {"buffers", buffers_of(wanted)},
                                              {"threads", wanted.threads},
                                              {"device", wanted.device.str()},
                                              {"function", wanted.function},
                                              {"eps", kNormEps}}}},
                                           "compile"));
}

}  // namespace dyt::bench
