#include "dyt/pixels/resample.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "dyt/core/error.h"
#include "dyt/core/text.h"

namespace dyt::pixels {
namespace {

constexpr int kPrecisionBits = 22;

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

// What one output takes: inputs first, first + 1, ...
struct Taps {
  int64_t first = 0;
  std::vector<int32_t> weights;  // of 2^-22
};

Taps taps_at(Filter filter, double centre, double stretch, int64_t inputs) {
  const double reach = support_of(filter) * stretch;
  const double shrink = 1 / stretch;
  Taps taps{.first = std::max<int64_t>(0, static_cast<int64_t>(centre - reach + 0.5))};
  const int64_t end = std::min<int64_t>(inputs, static_cast<int64_t>(centre + reach + 0.5));
  std::vector<double> weights;
  double sum = 0;
  for (int64_t j = taps.first; j < end; ++j) {
    weights.push_back(weight_of(filter, (static_cast<double>(j) - centre + 0.5) * shrink));
    sum += weights.back();
  }
  for (const double weight : weights) {
    const double share = sum == 0 ? weight : weight / sum;
    taps.weights.push_back(
        static_cast<int32_t>((share < 0 ? -0.5 : 0.5) + share * (1 << kPrecisionBits)));
  }
  return taps;
}

std::vector<Taps> taps_of(Filter filter, int64_t inputs, float begin, float end, int64_t outputs) {
  const double scale = static_cast<double>(end - begin) / static_cast<double>(outputs);
  std::vector<Taps> all;
  all.reserve(static_cast<size_t>(outputs));
  for (int64_t o = 0; o < outputs; ++o) {
    const double centre = begin + (static_cast<double>(o) + 0.5) * scale;
    all.push_back(taps_at(filter, centre, std::max(scale, 1.0), inputs));
  }
  return all;
}

// The weighted sum of values that lie `stride` apart.
uint8_t weighted(const uint8_t* value, int64_t stride, const std::vector<int32_t>& weights) {
  int32_t sum = 1 << (kPrecisionBits - 1);
  for (const int32_t weight : weights) {
    sum += *value * weight;
    value += stride;
  }
  return static_cast<uint8_t>(std::clamp(sum >> kPrecisionBits, 0, 255));
}

Image across(const Image& image, const std::vector<Taps>& columns) {
  Image output{.height = image.height,
               .width = static_cast<int64_t>(columns.size()),
               .channels = image.channels};
  output.pixels.reserve(static_cast<size_t>(output.height * output.width * output.channels));
  for (int64_t row = 0; row < image.height; ++row) {
    const uint8_t* line = image.pixels.data() + row * image.width * image.channels;
    for (const Taps& taps : columns) {
      for (int64_t channel = 0; channel < image.channels; ++channel) {
        output.pixels.push_back(
            weighted(line + taps.first * image.channels + channel, image.channels, taps.weights));
      }
    }
  }
  return output;
}

Image down(const Image& image, const std::vector<Taps>& rows) {
  Image output{.height = static_cast<int64_t>(rows.size()),
               .width = image.width,
               .channels = image.channels};
  const int64_t stride = image.width * image.channels;
  output.pixels.reserve(static_cast<size_t>(output.height * stride));
  for (const Taps& taps : rows) {
    const uint8_t* line = image.pixels.data() + taps.first * stride;
    for (int64_t place = 0; place < stride; ++place) {
      output.pixels.push_back(weighted(line + place, stride, taps.weights));
    }
  }
  return output;
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

// Only the rows that the second pass takes go through the first.
Image rows_of(const Image& image, int64_t first, int64_t end) {
  const int64_t stride = image.width * image.channels;
  return {.height = end - first,
          .width = image.width,
          .channels = image.channels,
          .pixels = {image.pixels.begin() + first * stride, image.pixels.begin() + end * stride}};
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
  std::vector<Taps> rows = taps_of(filter, image.height, box.top, box.bottom, size.height);
  if (same_width) {
    return down(image, rows);
  }
  const std::vector<Taps> columns = taps_of(filter, image.width, box.left, box.right, size.width);
  if (same_height) {
    return across(image, columns);
  }
  const int64_t first = rows.front().first;
  const int64_t end = rows.back().first + static_cast<int64_t>(rows.back().weights.size());
  for (Taps& taps : rows) {
    taps.first -= first;
  }
  return down(across(rows_of(image, first, end), columns), rows);
}

}  // namespace dyt::pixels
