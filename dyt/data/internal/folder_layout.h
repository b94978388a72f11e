// SPDX-License-Identifier: Apache-2.0
// Where in a folder of images the training images are, and where those to test on.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dyt/data/passed_over.h"

namespace dyt::data {

struct FolderLayout {
  std::filesystem::path train;
  std::filesystem::path test;         // "": there are no test images of their own
  std::vector<std::string> warnings;  // what a person should know about the choice
  PassedOver passed;                  // beside the two
};

// The layouts of docs/data.md. Names of parts are known in any case, whatever digits and signs
// are among the letters, with or without "set", "images", "data" or "split" behind them: train, training; test, testing; holdout, heldout, eval,
// evaluation; val, valid, validation, validate, dev, devel, development. Without such folders, or
// where those hold images themselves beside folders of classes, all folders are classes.
// `test_folder`: data.test_folder: where it is given `folder` itself holds the classes.
//
// Error(kData) where the folder is not there and where its parts can be understood in two ways; it
// names what was found and says how to say what is meant.
FolderLayout layout_of(const std::filesystem::path& folder, const std::string& test_folder = "");

}  // namespace dyt::data
