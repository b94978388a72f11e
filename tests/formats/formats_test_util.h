// SPDX-License-Identifier: Apache-2.0
// Helpers of this folder's tests: errors as text, files made in memory.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "dyt/core/error.h"
#include "tests/support/expect_error.h"

namespace dyt::formats {

// The message of the Error(kData) that the call throws; "" with a test failure if it throws none.
template <class Call>
std::string data_error(const Call& call) {
  try {
    call();
  } catch (const core::Error& error) {
    EXPECT_EQ(error.kind(), core::ErrorKind::kData) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error was thrown";
  return "";
}

using dyt::testing::mentions;

inline std::filesystem::path golden(const std::string& name) {
  return std::filesystem::path(DYT_SOURCE_DIR) / "tests/formats/golden" / name;
}

inline std::string gzip(const std::string& bytes) {
  z_stream state{};
  deflateInit2(&state, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&state, bytes.size()), '\0');
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  state.avail_in = static_cast<uInt>(bytes.size());
  state.next_out = reinterpret_cast<Bytef*>(packed.data());
  state.avail_out = static_cast<uInt>(packed.size());
  deflate(&state, Z_FINISH);
  packed.resize(state.total_out);
  deflateEnd(&state);
  return packed;
}

}  // namespace dyt::formats
