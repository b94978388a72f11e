// SPDX-License-Identifier: Apache-2.0
// Shared by the files of core that read and print configurations; not for users.
#pragma once

#include <string>
#include <string_view>

namespace dyt::core {

// A TOML basic string, quoted and escaped.
std::string toml_string(std::string_view text);

}  // namespace dyt::core
