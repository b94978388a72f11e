// SHA-256 (libcrypto), for data checksums, run identities and the keys of random streams.
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

}  // namespace dyt::core
