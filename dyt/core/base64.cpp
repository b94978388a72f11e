// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/base64.h"

#include <openssl/evp.h>

#include <algorithm>

namespace dyt::core {
namespace {

constexpr size_t kPiece =
    3 << 20;  // a multiple of three: no padding inside; libcrypto counts in int

}  // namespace

std::string base64(std::string_view bytes) {
  std::string text;
  for (size_t begin = 0; begin < bytes.size(); begin += kPiece) {
    const std::string_view piece = bytes.substr(begin, kPiece);
    std::string part((piece.size() + 2) / 3 * 4 + 1, '\0');  // libcrypto ends it with a zero
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(part.data()),
                    reinterpret_cast<const unsigned char*>(piece.data()),
                    static_cast<int>(piece.size()));
    part.pop_back();
    text += part;
  }
  return text;
}

}  // namespace dyt::core
