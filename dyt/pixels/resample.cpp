// SPDX-License-Identifier: Apache-2.0
#include "dyt/pixels/resample.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "dyt/core/error.h"
#include "dyt/core/text.h"
#include "dyt/pixels/internal/resample_passes.h"

namespace dyt::pixels {
namespace {

using internal::kPrecisionBits;
using internal::Rows;
using internal::Taps;

constexpr std::array<std::string_view, 5> kNames = {"nearest", "box", "bilinear", "bicubic",
                                                    "lanczos"};

double support_of(Filter filter) {
  switch (filter) {
    case Filter::kBox:
      return 0.5;
    case Filter::kBilinear:
      return 1;
    case Filter::kBicubic:
      return 2;
    default:
      return 3;
  }
}

double cubic(double t) {
  constexpr double a = -0.5;
  if (t < 1) {
    return ((a + 2) * t - (a + 3)) * t * t + 1;
  }
  return t < 2 ? (((t - 5) * t + 8) * t - 4) * a : 0;
}

double sinc(double x) {
  const double angle = x * std::numbers::pi;
  return x == 0 ? 1 : std::sin(angle) / angle;
}

double weight_of(Filter filter, double x) {
  switch (filter) {
    case Filter::kBox:
      return x > -0.5 && x <= 0.5 ? 1 : 0;
    case Filter::kBilinear:
      return std::max(0.0, 1 - std::abs(x));
    case Filter::kBicubic:
      return cubic(std::abs(x));
    default:
      return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
  }
}

// The weights of the output with that centre, added to the others.
void add_taps(Filter filter, double centre, double stretch, int64_t inputs, Taps& taps) {
  const double reach = support_of(filter) * stretch;
  const double shrink = 1 / stretch;
  const int64_t first = std::max<int64_t>(0, static_cast<int64_t>(centre - reach + 0.5));
  const int64_t end = std::min<int64_t>(inputs, static_cast<int64_t>(centre + reach + 0.5));
  std::vector<double> weights;
  weights.reserve(static_cast<size_t>(taps.reach));
  double sum = 0;
  for (int64_t j = first; j < end; ++j) {
    weights.push_back(weight_of(filter, (static_cast<double>(j) - centre + 0.5) * shrink));
    sum += weights.back();
  }
  for (const double weight : weights) {
    const double share = sum == 0 ? weight : weight / sum;
    taps.weights.push_back(
        static_cast<int32_t>((share < 0 ? -0.5 : 0.5) + share * (1 << kPrecisionBits)));
  }
  taps.first.push_back(first);
  taps.count.push_back(static_cast<int64_t>(weights.size()));
  taps.weights.resize(static_cast<size_t>(taps.reach * taps.outputs()));
}

Taps taps_of(Filter filter, int64_t inputs, float begin, float end, int64_t outputs) {
  const double scale = static_cast<double>(end - begin) / static_cast<double>(outputs);
  const double stretch = std::max(scale, 1.0);
  Taps taps{.reach = static_cast<int64_t>(std::ceil(support_of(filter) * stretch)) * 2 + 1};
  for (int64_t o = 0; o < outputs; ++o) {
    const double centre = begin + (static_cast<double>(o) + 0.5) * scale;
    add_taps(filter, centre, stretch, inputs, taps);
  }
  return taps;
}

// Which input each output takes; the position is summed up step by step, as Pillow has it.
std::vector<int64_t> nearest_of(int64_t inputs, float begin, float end, int64_t outputs) {
  const double step = static_cast<double>(end - begin) / static_cast<double>(outputs);
  double position = begin + step * 0.5;
  std::vector<int64_t> places;
  for (int64_t o = 0; o < outputs; ++o) {
    places.push_back(std::min(inputs - 1, static_cast<int64_t>(position)));
    position += step;
  }
  return places;
}

Image resize_nearest(const Image& image, const Size& size, const Box& box) {
  const std::vector<int64_t> rows = nearest_of(image.height, box.top, box.bottom, size.height);
  const std::vector<int64_t> columns = nearest_of(image.width, box.left, box.right, size.width);
  Image output{.height = size.height, .width = size.width, .channels = image.channels};
  output.pixels.reserve(static_cast<size_t>(size.height * size.width * image.channels));
  for (const int64_t row : rows) {
    for (const int64_t column : columns) {
      const uint8_t* pixel = image.pixels.data() + (row * image.width + column) * image.channels;
      output.pixels.insert(output.pixels.end(), pixel, pixel + image.channels);
    }
  }
  return output;
}

Rows rows_of(const Image& image) {
  return {.pixels = image.pixels.data(),
          .height = image.height,
          .width = image.width,
          .channels = image.channels,
          .stride = image.width * image.channels};
}

Image empty_image(int64_t height, int64_t width, int64_t channels) {
  Image image{.height = height, .width = width, .channels = channels};
  image.pixels.resize(static_cast<size_t>(height * width * channels));
  return image;
}

// The first pass, with room for the byte behind each row.
struct Across {
  std::vector<uint8_t> pixels;
  Rows rows;
};

Across first_pass(const Rows& rows, const Taps& columns) {
  const int64_t stride = columns.outputs() * rows.channels + 1;
  Across result{.pixels = std::vector<uint8_t>(static_cast<size_t>(rows.height * stride))};
  internal::across(rows, columns, result.pixels.data(), stride);
  result.rows = {.pixels = result.pixels.data(),
                 .height = rows.height,
                 .width = columns.outputs(),
                 .channels = rows.channels,
                 .stride = stride};
  return result;
}

Image resized_across(const Rows& rows, const Taps& columns) {
  const Across wide = first_pass(rows, columns);
  Image output = empty_image(rows.height, columns.outputs(), rows.channels);
  const int64_t line = output.width * output.channels;
  for (int64_t row = 0; row < rows.height; ++row) {
    std::copy_n(wide.rows.pixels + row * wide.rows.stride, line,
                output.pixels.begin() + row * line);
  }
  return output;
}

// `skipped`: how many rows of the image stand before these.
Image resized_down(const Rows& rows, const Taps& taps, int64_t skipped) {
  Image output = empty_image(taps.outputs(), rows.width, rows.channels);
  internal::down(rows, taps, skipped, output.pixels.data());
  return output;
}

// Only the rows that the second pass takes go through the first.
Image resized_both_ways(Rows rows, const Taps& columns, const Taps& lines) {
  const int64_t first = lines.first.front();
  rows.pixels += first * rows.stride;
  rows.height = lines.first.back() + lines.count.back() - first;
  const Across wide = first_pass(rows, columns);
  return resized_down(wide.rows, lines, first);
}

void check(const Image& image, const Size& size, const Box& box) {
  const bool good_size = size.height >= 1 && size.width >= 1 &&
                         size.height <= formats::kMaxImageSide &&
                         size.width <= formats::kMaxImageSide;
  const bool good_box = box.left >= 0 && box.top >= 0 && box.left < box.right &&
                        box.top < box.bottom && box.right <= static_cast<float>(image.width) &&
                        box.bottom <= static_cast<float>(image.height);
  if (!good_size || !good_box) {
    throw core::Error(
        core::ErrorKind::kInternal,
        {.what = good_size ? "a box of an image is empty or not inside it"
                           : "an image cannot be resized to that size",
         .where = "pixels::resize",
         .expected = good_size ? "inside " + std::to_string(image.width) + "x" +
                                     std::to_string(image.height) + " pixels"
                               : "from 1 to " + std::to_string(formats::kMaxImageSide) + " pixels",
         .found = good_size ? std::to_string(box.left) + "," + std::to_string(box.top) + " to " +
                                  std::to_string(box.right) + "," + std::to_string(box.bottom)
                            : std::to_string(size.width) + "x" + std::to_string(size.height)});
  }
}

}  // namespace

std::string_view filter_name(Filter filter) { return kNames[static_cast<size_t>(filter)]; }

std::vector<std::string> filter_names() { return {kNames.begin(), kNames.end()}; }

Filter filter_of_name(const std::string& name) {
  const auto place = std::find(kNames.begin(), kNames.end(), name);
  if (place == kNames.end()) {
    throw core::Error(core::ErrorKind::kUsage, {.what = "unknown filter '" + name + "'",
                                                .where = "configuration",
                                                .todo = core::suggestion(name, filter_names())});
  }
  return static_cast<Filter>(place - kNames.begin());
}

Image resize(const Image& image, const Size& size, Filter filter,
             const std::optional<Box>& wanted) {
  const Box whole{.right = static_cast<float>(image.width),
                  .bottom = static_cast<float>(image.height)};
  const Box box = wanted.value_or(whole);
  check(image, size, box);
  const bool same_width = size.width == image.width && box.left == 0 && box.right == whole.right;
  const bool same_height =
      size.height == image.height && box.top == 0 && box.bottom == whole.bottom;
  if (same_width && same_height) {
    return image;
  }
  if (filter == Filter::kNearest) {
    return resize_nearest(image, size, box);
  }
  const Rows rows = rows_of(image);
  if (same_width) {
    return resized_down(rows, taps_of(filter, rows.height, box.top, box.bottom, size.height), 0);
  }
  const Taps columns = taps_of(filter, rows.width, box.left, box.right, size.width);
  return same_height
             ? resized_across(rows, columns)
             : resized_both_ways(rows, columns,
                                 taps_of(filter, rows.height, box.top, box.bottom, size.height));
}

}  // namespace dyt::pixels
