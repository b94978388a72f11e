// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/internal/readers.h"

namespace dyt::data {
namespace {

constexpr DatasetRow kRows[] = {
    {.name = "digits",
     .summary = "1,797 handwritten digits, 8x8 grey, 10 classes; built in",
     .licence = "CC BY 4.0 (UCI); packed by scikit-learn (BSD-3-Clause)",
     .source = "https://doi.org/10.24432/C50P49",
     .read = read_digits},
    {.name = "mnist",
     .summary = "70,000 handwritten digits, 28x28 grey, 10 classes",
     .licence = "CC BY-SA 3.0 (LeCun, Cortes, Burges)",
     .source = "https://ossci-datasets.s3.amazonaws.com/mnist/",
     .read = read_mnist},
    {.name = "fashion_mnist",
     .summary = "70,000 pieces of clothing, 28x28 grey, 10 classes",
     .licence = "MIT (Zalando SE)",
     .source = "https://github.com/zalandoresearch/fashion-mnist (folder data/fashion)",
     .read = read_mnist},
    {.name = "cifar10",
     .summary = "60,000 photographs of animals and vehicles, 32x32 RGB, 10 classes",
     .licence = "none stated; the authors ask for a citation (Krizhevsky 2009)",
     .source = "https://www.cs.toronto.edu/~kriz/cifar.html",
     .read = read_cifar10},
    {.name = "images",
     .summary = "your own square grey images: data.images and data.labels, IDX files",
     .licence = "yours",
     .source = "the files that data.images and data.labels name",
     .read = read_user_images},
    {.name = "folder",
     .summary = "your own JPEG or PNG files, one folder a class: data.folder",
     .licence = "yours",
     .source = "the folder that data.folder names",
     .read = read_folder},
};

}  // namespace

std::span<const DatasetRow> dataset_table() { return kRows; }

}  // namespace dyt::data
