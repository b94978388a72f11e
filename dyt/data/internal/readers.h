// SPDX-License-Identifier: Apache-2.0
// One reader for each row of the table of data sets. They fill train, test, num_classes, scale
// and, where there are any, class_names;
// open_data does the rest.
#pragma once

#include <string_view>

#include "dyt/data/dataset.h"

namespace dyt::data {

ImageData read_digits(const DataConfig& config);
ImageData read_mnist(
    const DataConfig& config);  // also fashion_mnist: its files have the same names
ImageData read_cifar10(const DataConfig& config);
ImageData read_user_images(const DataConfig& config);
ImageData read_folder(const DataConfig& config);  // with data.stream: the next
// Fills what open_data fills of other sets, too: channels, image_size, checksum.
ImageData read_streamed_folder(const DataConfig& config);

// Error(kData): files that `dyt data fetch` gets are not in any of these places.
[[noreturn]] void throw_missing(const DataConfig& config, const std::string& what,
                                const std::vector<std::filesystem::path>& looked_for);

// Divides by an order of all samples: the first `train_count` of it are for training, the rest for
// testing.
ImageData split_in_order(const ImageSplit& all, std::vector<int64_t> order, int64_t train_count);

// A fifth of every class is for testing, drawn by a permutation that is the same for all runs
// (stratify.h). Error(kData) where no class has two images.
ImageData hold_out_fifth(const ImageSplit& all, int64_t num_classes);

// Error(kData): a class has images to test on and none to train on. `names`: by label, or empty.
void check_tested_are_trained(const at::Tensor& train_labels, const at::Tensor& test_labels,
                              int64_t num_classes, const std::string& where);

}  // namespace dyt::data
