// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/base64.h"

#include <gtest/gtest.h>

namespace dyt::core {
namespace {

// RFC 4648, section 10.
TEST(Base64, TheStandardsVectors) {
  const std::pair<const char*, const char*> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(base64(bytes), text);
  }
}

TEST(Base64, PiecesJoinWithoutPadding) {
  const std::string bytes((3 << 20) + 4, 'a');  // a piece and a rest
  const std::string text = base64(bytes);
  EXPECT_EQ(text.size(), (bytes.size() + 2) / 3 * 4);
  EXPECT_EQ(text.find('='), text.size() - 2);
}

}  // namespace
}  // namespace dyt::core
