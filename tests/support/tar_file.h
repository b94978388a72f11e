// SPDX-License-Identifier: Apache-2.0
// Tar archives for tests, good and bad, made byte by byte (USTAR).
#pragma once

#include <cstdio>
#include <string>

namespace dyt::testing {

struct TarEntry {
  std::string name;
  std::string content;
  char type = '0';        // '0' file, '1' hard link, '2' symbolic link, '3' device, '5' folder
  std::string link = "";  // where a link leads
};

inline std::string tar_entry_bytes(const TarEntry& entry) {
  std::string header(512, '\0');
  const auto put = [&](size_t place, const std::string& text) {
    header.replace(place, text.size(), text);
  };
  char size[16];
  std::snprintf(size, sizeof(size), "%011zo", entry.content.size());
  put(0, entry.name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, size);
  put(136, "00000000000");
  put(148, "        ");
  header[156] = entry.type;
  put(157, entry.link);
  put(257, std::string("ustar\00000", 8));
  unsigned sum = 0;
  for (const char byte : header) {
    sum += static_cast<unsigned char>(byte);
  }
  char text[16];
  std::snprintf(text, sizeof(text), "%06o", sum);
  put(148, std::string(text) + std::string("\0 ", 2));
  const size_t padding = (512 - entry.content.size() % 512) % 512;
  return header + entry.content + std::string(padding, '\0');
}

template <class Entries>
std::string tar_bytes(const Entries& entries) {
  std::string bytes;
  for (const TarEntry& entry : entries) {
    bytes += tar_entry_bytes(entry);
  }
  return bytes + std::string(1024, '\0');
}

}  // namespace dyt::testing
