// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/hash.h"

#include <openssl/evp.h>
#include <xxhash.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <vector>

#include "dyt/core/error.h"

namespace dyt::core {
namespace {

constexpr size_t kPiece = size_t{1} << 20;

class Hasher {
 public:
  explicit Hasher(HashKind kind) : context_(EVP_MD_CTX_new()) {
    check(EVP_DigestInit_ex(context_.get(), kind == HashKind::kMd5 ? EVP_md5() : EVP_sha256(),
                            nullptr));
  }

  void add(std::string_view bytes) {
    check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
  }

  std::string hex() {
    constexpr char kDigits[] = "0123456789abcdef";
    std::array<uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    check(EVP_DigestFinal_ex(context_.get(), digest.data(), &size));
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
      text += kDigits[digest[i] >> 4];
      text += kDigits[digest[i] & 15];
    }
    return text;
  }

 private:
  static void check(int status) {
    if (status != 1) {
      throw Error(ErrorKind::kInternal, {.what = "libcrypto could not compute a hash"});
    }
  }

  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

void read_pieces(const std::filesystem::path& path,
                 const std::function<void(std::string_view)>& take) {
  const auto fail = [&](const std::string& what) {
    throw Error(ErrorKind::kData, {.what = what + ": " + std::strerror(errno),
                                   .where = path.string(),
                                   .todo = "check the path and its permissions"});
  };
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "rbe"), std::fclose);
  if (file == nullptr) {
    fail("cannot open the file");
  }
  std::vector<char> piece(kPiece);
  while (const size_t count = std::fread(piece.data(), 1, piece.size(), file.get())) {
    take({piece.data(), count});
  }
  if (std::ferror(file.get()) != 0) {
    fail("cannot read the file");
  }
}

std::string hex_of(uint64_t number) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(number));
  return text;
}

}  // namespace

std::array<uint8_t, 32> sha256(std::string_view bytes) {
  std::array<uint8_t, 32> digest{};
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    throw Error(ErrorKind::kInternal, {.what = "libcrypto could not compute a SHA-256"});
  }
  return digest;
}

std::string sha256_hex(std::string_view bytes) { return hash_hex(HashKind::kSha256, bytes); }

std::string sha256_hex_of_file(const std::filesystem::path& path) {
  return hash_hex_of_file(HashKind::kSha256, path);
}

std::string_view hash_name(HashKind kind) { return kind == HashKind::kMd5 ? "MD5" : "SHA-256"; }

std::string hash_hex(HashKind kind, std::string_view bytes) {
  Hasher hasher(kind);
  hasher.add(bytes);
  return hasher.hex();
}

std::string hash_hex_of_file(HashKind kind, const std::filesystem::path& path) {
  Hasher hasher(kind);
  read_pieces(path, [&](std::string_view piece) { hasher.add(piece); });
  return hasher.hex();
}

std::string xxh3_hex(std::string_view bytes) {
  return hex_of(XXH3_64bits(bytes.data(), bytes.size()));
}

std::string xxh3_hex_of_file(const std::filesystem::path& path) {
  const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(XXH3_createState(),
                                                                              XXH3_freeState);
  XXH3_64bits_reset(state.get());
  read_pieces(path, [&](std::string_view piece) {
    XXH3_64bits_update(state.get(), piece.data(), piece.size());
  });
  return hex_of(XXH3_64bits_digest(state.get()));
}

}  // namespace dyt::core
