// SPDX-License-Identifier: Apache-2.0
#include "dyt/pixels/crop.h"

#include <algorithm>
#include <cmath>

#include "dyt/core/error.h"

namespace dyt::pixels {
namespace {

Image empty_image(int64_t height, int64_t width, int64_t channels) {
  Image image{.height = height, .width = width, .channels = channels};
  image.pixels.resize(static_cast<size_t>(height * width * channels));
  return image;
}

// Half of a whole number, halves of 1 rounded to even.
int64_t half_to_even(int64_t value) {
  return static_cast<int64_t>(std::nearbyint(static_cast<double>(value) / 2));
}

std::string text_of(const Rectangle& part) {
  return std::to_string(part.width) + "x" + std::to_string(part.height) + " at (" +
         std::to_string(part.left) + ", " + std::to_string(part.top) + ")";
}

// A row of pixels.
template <int64_t kChannels>
void mirror(const uint8_t* from, int64_t width, uint8_t* to) {
  for (int64_t column = width - 1; column >= 0; --column) {
    for (int64_t channel = 0; channel < kChannels; ++channel) {
      *to++ = from[column * kChannels + channel];
    }
  }
}

}  // namespace

Image crop(const Image& image, const Rectangle& part) {
  const bool inside = part.top >= 0 && part.left >= 0 && part.height >= 1 && part.width >= 1 &&
                      part.height <= image.height - part.top &&
                      part.width <= image.width - part.left;
  if (!inside) {
    throw core::Error(core::ErrorKind::kInternal,
                      {.what = "a rectangle to be cut out is empty or not inside the image",
                       .where = "pixels::crop",
                       .expected = "inside " + std::to_string(image.width) + "x" +
                                   std::to_string(image.height) + " pixels",
                       .found = text_of(part)});
  }
  Image output = empty_image(part.height, part.width, image.channels);
  const int64_t line = part.width * image.channels;
  for (int64_t row = 0; row < part.height; ++row) {
    const int64_t place = ((part.top + row) * image.width + part.left) * image.channels;
    std::copy_n(image.pixels.begin() + place, line, output.pixels.begin() + row * line);
  }
  return output;
}

Image flip_horizontal(const Image& image) {
  Image output = empty_image(image.height, image.width, image.channels);
  const int64_t line = image.width * image.channels;
  for (int64_t row = 0; row < image.height; ++row) {
    const uint8_t* from = image.pixels.data() + row * line;
    uint8_t* to = output.pixels.data() + row * line;
    image.channels == 3 ? mirror<3>(from, image.width, to) : mirror<1>(from, image.width, to);
  }
  return output;
}

Image pad(const Image& image, const Border& border) {
  Image output = empty_image(image.height + border.top + border.bottom,
                             image.width + border.left + border.right, image.channels);
  const int64_t line = image.width * image.channels;
  for (int64_t row = 0; row < image.height; ++row) {
    const int64_t place = ((row + border.top) * output.width + border.left) * image.channels;
    std::copy_n(image.pixels.begin() + row * line, line, output.pixels.begin() + place);
  }
  return output;
}

Image center_crop(const Image& image, int64_t size) {
  const int64_t rows = std::max<int64_t>(0, size - image.height);
  const int64_t columns = std::max<int64_t>(0, size - image.width);
  if (rows > 0 || columns > 0) {
    return center_crop(pad(image, {.left = columns / 2,
                                   .top = rows / 2,
                                   .right = (columns + 1) / 2,
                                   .bottom = (rows + 1) / 2}),
                       size);
  }
  return crop(image, {.top = half_to_even(image.height - size),
                      .left = half_to_even(image.width - size),
                      .height = size,
                      .width = size});
}

Size shorter_side_size(const Image& image, int64_t shorter) {
  const int64_t side = std::min(image.height, image.width);
  return {.height = image.height == side ? shorter : shorter * image.height / side,
          .width = image.width == side ? shorter : shorter * image.width / side};
}

Image resize_shorter(const Image& image, int64_t shorter, Filter filter) {
  return resize(image, shorter_side_size(image, shorter), filter);
}

Image adm_center_crop(const Image& image, int64_t size) {
  if (std::min(image.height, image.width) >= 2 * size) {
    return adm_center_crop(
        resize(image, {.height = image.height / 2, .width = image.width / 2}, Filter::kBox), size);
  }
  const auto side = static_cast<double>(std::min(image.height, image.width));
  const double scale = static_cast<double>(size) / side;
  const auto scaled = [scale](int64_t length) {
    return static_cast<int64_t>(std::nearbyint(static_cast<double>(length) * scale));
  };
  const Image fitting = resize(
      image, {.height = scaled(image.height), .width = scaled(image.width)}, Filter::kBicubic);
  return crop(fitting, {.top = (fitting.height - size) / 2,
                        .left = (fitting.width - size) / 2,
                        .height = size,
                        .width = size});
}

Image to_rgb(const Image& image) {
  if (image.channels == 3) {
    return image;
  }
  Image output = empty_image(image.height, image.width, 3);
  for (size_t i = 0; i < image.pixels.size(); ++i) {
    std::fill_n(output.pixels.begin() + static_cast<int64_t>(3 * i), 3, image.pixels[i]);
  }
  return output;
}

}  // namespace dyt::pixels
