// SPDX-License-Identifier: Apache-2.0
// Classes that a split lacks: what is said about them, and what is refused.
#pragma once

#include "dyt/data/dataset.h"

namespace dyt::data {

// A sentence into data.warnings for the classes without an image to train on, and one for those
// that are trained and have none to test on; it names them. After the limits of the configuration.
void add_class_warnings(ImageData& data, const DataConfig& config);

}  // namespace dyt::data
