// SPDX-License-Identifier: Apache-2.0
// The built-in handwritten digits; assets/digits/README.md says where they come from.
#include <torch/types.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <numeric>
#include <random>

#include "dyt/core/error.h"
#include "dyt/data/internal/embedded.h"
#include "dyt/data/internal/readers.h"
#include "dyt/formats/gzip.h"

namespace dyt::data {
namespace {

constexpr int64_t kCount = 1797;
constexpr int64_t kTrainCount = 1437;
constexpr int64_t kSide = 8;
constexpr int64_t kPixels = kSide * kSide;
constexpr int64_t kClasses = 10;
constexpr double kMaxDigitPixel = 16;

// Takes the next number and the separator after it off the text.
int take_number(std::string_view& text) {
  int value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  const size_t length = static_cast<size_t>(end - text.data());
  if (code != std::errc() || length == text.size() || value < 0 || value > kMaxDigitPixel) {
    throw core::Error(core::ErrorKind::kInternal, {.what = "the built-in digits are damaged"});
  }
  text.remove_prefix(length + 1);
  return value;
}

// The split of scikit-learn's train_test_split(test_size=0.2, random_state=0), training part first,
// so that results on it can be set beside those of other tools. It is numpy's legacy permutation: a
// Fisher-Yates shuffle whose indices are masked outputs of MT19937, drawn again while too large.
std::vector<int64_t> scikit_learn_order() {
  std::mt19937 generator(0);
  std::vector<int64_t> order(kCount);
  std::iota(order.begin(), order.end(), int64_t{0});
  for (uint32_t last = kCount - 1; last > 0; --last) {
    const uint32_t mask = std::bit_ceil(last + 1) - 1;
    uint32_t chosen = 0;
    do {
      chosen = static_cast<uint32_t>(generator()) & mask;
    } while (chosen > last);
    std::swap(order[last], order[chosen]);
  }
  std::rotate(order.begin(), order.begin() + (kCount - kTrainCount), order.end());
  return order;
}

}  // namespace

ImageData read_digits(const DataConfig&) {
  const std::string csv = formats::gunzip(digits_csv_gz(), "built-in digits.csv.gz");
  ImageSplit all{.images = at::empty({kCount, 1, kSide, kSide}, at::kByte),
                 .labels = at::empty({kCount}, at::kLong)};
  auto* pixel = all.images.mutable_data_ptr<uint8_t>();
  auto* label = all.labels.mutable_data_ptr<int64_t>();
  std::string_view rest = csv;
  for (int64_t sample = 0; sample < kCount; ++sample) {
    for (int64_t i = 0; i < kPixels; ++i) {
      *pixel++ = static_cast<uint8_t>(take_number(rest));
    }
    *label++ = take_number(rest);
  }
  ImageData data = split_in_order(all, scikit_learn_order(), kTrainCount);
  data.num_classes = kClasses;
  data.scale = kMaxDigitPixel;
  return data;
}

ImageData split_in_order(const ImageSplit& all, std::vector<int64_t> order, int64_t train_count) {
  const int64_t count = all.labels.numel();
  const at::Tensor index = torch::tensor(order);
  const auto take = [&](int64_t begin, int64_t end) {
    return select_images(all, index.slice(0, begin, end));
  };
  return {.train = take(0, train_count), .test = take(train_count, count)};
}

}  // namespace dyt::data
