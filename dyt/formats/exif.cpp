// SPDX-License-Identifier: Apache-2.0
#include "dyt/formats/internal/exif.h"

#include <string>

namespace dyt::formats {
namespace {

constexpr int64_t kUpright = 1;
constexpr std::string_view kExifStart("Exif\0\0", 6);

// A number of `length` bytes; 0 outside.
uint64_t number_at(std::string_view bytes, uint64_t place, size_t length, bool high_first) {
  if (place > bytes.size() || bytes.size() - place < length) {
    return 0;
  }
  uint64_t number = 0;
  for (size_t n = 0; n < length; ++n) {
    const size_t next = high_first ? n : length - 1 - n;
    number = number * 256 + static_cast<unsigned char>(bytes[place + next]);
  }
  return number;
}

std::string_view part_of(std::string_view bytes, uint64_t begin, uint64_t length) {
  return begin > bytes.size() ? std::string_view() : bytes.substr(begin, length);
}

int64_t orientation_in_tiff(std::string_view tiff) {
  const bool high_first = tiff.starts_with("MM");
  const auto number = [&](uint64_t place, size_t length) {
    return number_at(tiff, place, length, high_first);
  };
  if ((!high_first && !tiff.starts_with("II")) || number(2, 2) != 42) {
    return kUpright;
  }
  const uint64_t directory = number(4, 4);
  const uint64_t entries = number(directory, 2);
  for (uint64_t entry = 0; entry < entries; ++entry) {
    const uint64_t place = directory + 2 + 12 * entry;
    if (number(place, 2) == 0x0112 && number(place + 2, 2) == 3) {
      const auto value = static_cast<int64_t>(number(place + 8, 2));
      return value >= 1 && value <= 8 ? value : kUpright;
    }
  }
  return kUpright;
}

int64_t orientation_in_jpeg(std::string_view file) {
  uint64_t place = 2;
  while (number_at(file, place, 1, true) == 0xff) {
    const uint64_t marker = number_at(file, place + 1, 1, true);
    const uint64_t length = number_at(file, place + 2, 2, true);
    if (marker == 0xff) {  // padding
      ++place;
      continue;
    }
    if (marker == 0xda || length < 2) {  // the pixels begin, or nonsense
      break;
    }
    const std::string_view segment = part_of(file, place + 4, length - 2);
    if (marker == 0xe1 && segment.starts_with(kExifStart)) {
      return orientation_in_tiff(segment.substr(kExifStart.size()));
    }
    place += 2 + length;
  }
  return kUpright;
}

int64_t orientation_in_png(std::string_view file) {
  for (uint64_t place = 8; place + 12 <= file.size();) {
    const uint64_t length = number_at(file, place, 4, true);
    const std::string_view name = part_of(file, place + 4, 4);
    if (name == "eXIf") {
      return orientation_in_tiff(part_of(file, place + 8, length));
    }
    if (name == "IEND") {
      break;
    }
    place += 12 + length;
  }
  return kUpright;
}

}  // namespace

int64_t exif_orientation(std::string_view file) {
  if (file.starts_with("\xff\xd8")) {
    return orientation_in_jpeg(file);
  }
  return file.starts_with("\x89PNG") ? orientation_in_png(file) : kUpright;
}

}  // namespace dyt::formats
