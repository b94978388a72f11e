// SPDX-License-Identifier: Apache-2.0
// Words of a command line as a person can paste them into a POSIX shell.
//
//   shell_quoted("data.folder=/a b")  // 'data.folder=/a b'
#pragma once

#include <string>

namespace dyt::core {

// The word as it is where a shell takes it so, else in single quotes.
std::string shell_quoted(const std::string& word);

}  // namespace dyt::core
