// SPDX-License-Identifier: Apache-2.0
// One file over HTTP(S) or from the disk through libcurl, resumed where it can be.
#pragma once

#include <filesystem>
#include <string>

#include "dyt/data/fetch.h"

namespace dyt::data {

// Gets the address into the file `part`, going on after what it holds. `bytes` is the expected
// length (0: not known); a server that sends more gives Error(kData). Errors as in fetch.h. When it
// returns, the server has sent all it had: whether that is right is for the caller to check.
void download(const std::string& address, const std::filesystem::path& part, uint64_t bytes,
              const FetchOptions& options);

// The address of a file below `from`: an address, or a folder of this machine.
std::string address_of(const std::string& from, std::string_view name);

}  // namespace dyt::data
