// Files that the library carries in itself.
#pragma once

#include <string_view>

namespace dyt::bench {

std::string_view ops_peers_py();  // dyt/bench/ops_peers.py

}  // namespace dyt::bench
