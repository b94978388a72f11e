// SPDX-License-Identifier: Apache-2.0
// Bytes as text (RFC 4648, with padding), by libcrypto.
#pragma once

#include <string>
#include <string_view>

namespace dyt::core {

std::string base64(std::string_view bytes);

}  // namespace dyt::core
