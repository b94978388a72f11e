// One reader for each row of the table of data sets. They fill train, test, num_classes and scale;
// open_data does the rest.
#pragma once

#include <string_view>

#include "dyt/data/dataset.h"

namespace dyt::data {

ImageData read_digits(const DataConfig& config);
ImageData read_mnist(
    const DataConfig& config);  // also fashion_mnist: the files have the same names
ImageData read_user_images(const DataConfig& config);

// Divides by a fixed shuffle: the first `train_count` of the stream's permutation are for training,
// the rest for testing. The stream's seed is 0, whatever the run's.
ImageData split_by_shuffle(const ImageSplit& all, std::string_view stream, int64_t train_count);

}  // namespace dyt::data
