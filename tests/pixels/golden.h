// SPDX-License-Identifier: Apache-2.0
// The golden files of this folder (scripts/golden/transforms_golden.py): input images, and results
// whose names say the call, its parts divided by '/'.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "dyt/core/text.h"
#include "dyt/formats/image.h"
#include "dyt/formats/safetensors.h"

namespace dyt::pixels {

using Parts = std::vector<std::string>;

inline formats::Image image_of(const formats::TensorEntry& entry) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(entry.data.data());
  return {.height = entry.shape.at(0),
          .width = entry.shape.at(1),
          .channels = entry.shape.at(2),
          .pixels = {bytes, bytes + entry.data.size()}};
}

template <class Value>
std::vector<Value> values_of(const formats::TensorEntry& entry) {
  std::vector<Value> values(entry.data.size() / sizeof(Value));
  std::memcpy(values.data(), entry.data.data(), entry.data.size());
  return values;
}

class Golden {
 public:
  explicit Golden(const std::string& name)
      : file_(formats::SafetensorsFile::read(std::filesystem::path(DYT_SOURCE_DIR) /
                                             "tests/pixels/golden" / (name + ".safetensors"))) {}

  const formats::TensorEntry& tensor(const std::string& name) const {
    const formats::TensorEntry* entry = file_.find(name);
    if (entry == nullptr) {
      throw std::runtime_error("no tensor " + name);
    }
    return *entry;
  }

  formats::Image image(const std::string& name) const { return image_of(tensor("image/" + name)); }

  const formats::SafetensorsFile& file() const { return file_; }

  // check(parts, entry) for every result whose first part is `call`; there are `count` of them.
  template <class Check>
  void each(const std::string& call, int count, const Check& check) const {
    int found = 0;
    for (const formats::TensorEntry& entry : file_.tensors()) {
      const Parts parts = core::split(entry.name, '/');
      if (parts.front() == call) {
        SCOPED_TRACE(entry.name);
        ++found;
        check(parts, entry);
      }
    }
    EXPECT_EQ(found, count) << call;
  }

  // make(parts) gives the image; its bits are the stored ones.
  template <class Make>
  void same_bits(const std::string& call, int count, const Make& make) const {
    each(call, count, [&](const Parts& parts, const formats::TensorEntry& entry) {
      const formats::Image expected = image_of(entry);
      const formats::Image found = make(parts);
      ASSERT_EQ(found.height, expected.height);
      ASSERT_EQ(found.width, expected.width);
      ASSERT_EQ(found.channels, expected.channels);
      int different = 0;
      int largest = 0;
      for (size_t i = 0; i < expected.pixels.size(); ++i) {
        const int distance = std::abs(found.pixels[i] - expected.pixels[i]);
        different += distance > 0;
        largest = std::max(largest, distance);
      }
      EXPECT_EQ(different, 0) << "of " << expected.pixels.size() << ", by up to " << largest;
    });
  }

 private:
  formats::SafetensorsFile file_;
};

}  // namespace dyt::pixels
