#include "dyt/data/resize.h"

#include <algorithm>
#include <cmath>

namespace dyt::data {
namespace {

// What one pixel of the result takes from the row or column: `weights` of pixels first, first
// + 1...
struct Taps {
  int64_t first = 0;
  std::vector<double> weights;  // their sum is 1
};

// For `size` pixels from number `offset` on, of a line of `from` pixels scaled to `to`.
std::vector<Taps> taps_of(int64_t from, int64_t to, int64_t offset, int64_t size) {
  const double ratio = static_cast<double>(from) / static_cast<double>(to);
  const double width = std::max(1.0, ratio);
  std::vector<Taps> all(static_cast<size_t>(size));
  for (int64_t i = 0; i < size; ++i) {
    const double centre = (static_cast<double>(i + offset) + 0.5) * ratio;
    const auto first = std::max<int64_t>(0, static_cast<int64_t>(std::floor(centre - width)));
    const auto end = std::min<int64_t>(from, static_cast<int64_t>(std::ceil(centre + width)) + 1);
    Taps& taps = all[static_cast<size_t>(i)];
    taps.first = first;
    double sum = 0;
    for (int64_t j = first; j < end; ++j) {
      const double distance = std::abs(static_cast<double>(j) + 0.5 - centre) / width;
      taps.weights.push_back(std::max(0.0, 1 - distance));
      sum += taps.weights.back();
    }
    for (double& weight : taps.weights) {
      weight /= sum;
    }
  }
  return all;
}

// The kept columns of one row, all channels.
void scale_row(const uint8_t* row, const std::vector<Taps>& columns, int64_t channels,
               double* output) {
  for (const Taps& taps : columns) {
    for (int64_t channel = 0; channel < channels; ++channel) {
      const uint8_t* value = row + taps.first * channels + channel;
      double sum = 0;
      for (const double weight : taps.weights) {
        sum += weight * *value;
        value += channels;
      }
      *output++ = sum;
    }
  }
}

int64_t scaled(int64_t side, int64_t shorter, int64_t size) { return size * side / shorter; }

}  // namespace

formats::Image resize_crop(const formats::Image& image, int64_t size) {
  const int64_t shorter = std::min(image.height, image.width);
  const int64_t height = scaled(image.height, shorter, size);
  const int64_t width = scaled(image.width, shorter, size);
  const std::vector<Taps> rows = taps_of(image.height, height, (height - size) / 2, size);
  const std::vector<Taps> columns = taps_of(image.width, width, (width - size) / 2, size);

  const int64_t first = rows.front().first;
  const int64_t end = rows.back().first + static_cast<int64_t>(rows.back().weights.size());
  const auto stride = static_cast<size_t>(size * image.channels);
  std::vector<double> lines(static_cast<size_t>(end - first) * stride);
  for (int64_t row = first; row < end; ++row) {
    scale_row(image.pixels.data() + row * image.width * image.channels, columns, image.channels,
              lines.data() + static_cast<size_t>(row - first) * stride);
  }

  formats::Image square{.height = size, .width = size, .channels = image.channels};
  square.pixels.reserve(static_cast<size_t>(size) * stride);
  for (const Taps& taps : rows) {
    for (size_t place = 0; place < stride; ++place) {
      const double* value = lines.data() + static_cast<size_t>(taps.first - first) * stride + place;
      double sum = 0;
      for (const double weight : taps.weights) {
        sum += weight * *value;
        value += stride;
      }
      square.pixels.push_back(static_cast<uint8_t>(std::floor(sum + 0.5)));
    }
  }
  return square;
}

}  // namespace dyt::data
