// SPDX-License-Identifier: Apache-2.0
// Files that the library carries in itself.
#pragma once

#include <string_view>

namespace dyt::bench {

std::string_view peer_protocol_py();  // dyt/bench/peer_protocol.py
std::string_view ops_peers_py();      // dyt/bench/ops_peers.py
std::string_view step_peer_py();      // dyt/bench/step_peer.py
std::string_view data_peer_py();      // dyt/bench/data_peer.py

}  // namespace dyt::bench
