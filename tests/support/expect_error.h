// SPDX-License-Identifier: Apache-2.0
// expect_error(kind, "part of the message", [&] { ... }): the call throws that Error.
// EXPECT_TRUE(mentions(message, "part")): the part is in it; a failure shows the whole message.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>

#include "dyt/core/error.h"

namespace dyt::testing {

inline void expect_error(core::ErrorKind kind, const std::string& part,
                         const std::function<void()>& call) {
  try {
    call();
    ADD_FAILURE() << "no error; expected one with '" << part << "'";
  } catch (const core::Error& error) {
    EXPECT_EQ(static_cast<int>(error.kind()), static_cast<int>(kind)) << error.what();
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos)
        << "expected '" << part << "' in: " << error.what();
  }
}

inline ::testing::AssertionResult mentions(const std::string& message, std::string_view part) {
  if (message.find(part) != std::string::npos) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << "'" << part << "' is not in:\n" << message;
}

}  // namespace dyt::testing
