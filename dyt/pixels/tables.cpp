// SPDX-License-Identifier: Apache-2.0
#include "dyt/pixels/tables.h"

#include <algorithm>

namespace dyt::pixels {
namespace {

using Histogram = std::array<int64_t, 256>;

Histogram histogram_of(const Image& image, int64_t channel) {
  Histogram counts{};
  for (size_t i = static_cast<size_t>(channel); i < image.pixels.size();
       i += static_cast<size_t>(image.channels)) {
    ++counts[image.pixels[i]];
  }
  return counts;
}

template <class Function>
Table table_of(const Function& function) {
  Table table{};
  for (int value = 0; value < 256; ++value) {
    table[static_cast<size_t>(value)] =
        static_cast<uint8_t>(std::clamp<int64_t>(function(value), 0, 255));
  }
  return table;
}

Image mapped(Image image, const Table& table) {
  for (uint8_t& value : image.pixels) {
    value = table[value];
  }
  return image;
}

// Each channel by the table of its histogram.
Image mapped_by_histogram(Image image, Table (*table_for)(const Histogram&)) {
  for (int64_t channel = 0; channel < image.channels; ++channel) {
    const Table table = table_for(histogram_of(image, channel));
    for (size_t i = static_cast<size_t>(channel); i < image.pixels.size();
         i += static_cast<size_t>(image.channels)) {
      image.pixels[i] = table[image.pixels[i]];
    }
  }
  return image;
}

int lowest_of(const Histogram& counts) {
  return static_cast<int>(
      std::find_if(counts.begin(), counts.end(), [](int64_t n) { return n > 0; }) - counts.begin());
}

int highest_of(const Histogram& counts) {
  int value = 255;
  while (value > 0 && counts[static_cast<size_t>(value)] == 0) {
    --value;
  }
  return value;
}

Table identity() {
  return table_of([](int value) { return value; });
}

Table stretching(const Histogram& counts) {
  const int low = lowest_of(counts);
  const int high = highest_of(counts);
  if (high <= low) {
    return identity();
  }
  const double scale = 255.0 / (high - low);
  const double offset = -low * scale;
  return table_of([=](int value) { return static_cast<int64_t>(value * scale + offset); });
}

Table equalizing(const Histogram& counts) {
  const int highest = highest_of(counts);
  int64_t below_highest = 0;
  for (int value = 0; value < highest; ++value) {
    below_highest += counts[static_cast<size_t>(value)];
  }
  const int64_t step = below_highest / 255;
  if (step == 0) {  // also where there is one value only
    return identity();
  }
  int64_t sum = step / 2;
  return table_of([&](int value) {
    const int64_t target = sum / step;
    sum += counts[static_cast<size_t>(value)];
    return target;
  });
}

}  // namespace

Image autocontrast(const Image& image) { return mapped_by_histogram(image, stretching); }

Image equalize(const Image& image) { return mapped_by_histogram(image, equalizing); }

Image invert(const Image& image) {
  return mapped(image, table_of([](int value) { return 255 - value; }));
}

Image posterize(const Image& image, int bits) {
  const int dropped = (1 << (8 - std::clamp(bits, 0, 8))) - 1;
  return mapped(image, table_of([=](int value) { return value & ~dropped; }));
}

Image solarize(const Image& image, int threshold) {
  return mapped(image,
                table_of([=](int value) { return value < threshold ? value : 255 - value; }));
}

Image solarize_add(const Image& image, int add, int threshold) {
  return mapped(image,
                table_of([=](int value) { return value < threshold ? value + add : value; }));
}

}  // namespace dyt::pixels
