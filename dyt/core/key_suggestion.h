// SPDX-License-Identifier: Apache-2.0
// What to offer for a key that does not exist: shared by the files of core that read
// configurations; not for users.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace dyt::core {

// In this order: the near keys of the same group, keys that other programs call so
// (optim.learning_rate is optim.lr), keys that end so in other groups (lr is optim.lr), else the
// group's keys, else the names of the groups. Never the whole list of a large configuration.
std::string key_suggestion(std::string_view key, std::span<const std::string> keys);

}  // namespace dyt::core
