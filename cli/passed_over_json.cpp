// SPDX-License-Identifier: Apache-2.0
#include "cli/passed_over_json.h"

#include <nlohmann/json.hpp>

namespace dyt::cli {

nlohmann::ordered_json passed_over_json(const data::PassedOver& passed) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& [kind, one] : passed.kinds()) {
    list.push_back({{"kind", kind}, {"count", one.count}, {"first", one.first}});
  }
  return list;
}

}  // namespace dyt::cli
