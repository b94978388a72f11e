// expect_error(kind, "part of the message", [&] { ... }): the call throws that Error.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

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

}  // namespace dyt::testing
