// SPDX-License-Identifier: Apache-2.0
// Hashes. libcrypto: SHA-256 for data checksums, run identities and the keys of random streams; MD5
// only where a publisher gives no better checksum of a file. xxHash: XXH3 against damage to what we
// wrote ourselves, as fast as memory; it is no defence against an adversary.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace dyt::core {

std::array<uint8_t, 32> sha256(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);
std::string sha256_hex_of_file(const std::filesystem::path& path);  // Error(kData) if unreadable

enum class HashKind { kMd5, kSha256 };

std::string_view hash_name(HashKind kind);  // "MD5", "SHA-256"
std::string hash_hex(HashKind kind, std::string_view bytes);
// Reads piece by piece; Error(kData) if unreadable.
std::string hash_hex_of_file(HashKind kind, const std::filesystem::path& path);

// XXH3's 64 bits as 16 hex digits, the canonical form.
std::string xxh3_hex(std::string_view bytes);
// Reads piece by piece; Error(kData) if unreadable.
std::string xxh3_hex_of_file(const std::filesystem::path& path);

}  // namespace dyt::core
