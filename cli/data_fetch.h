// SPDX-License-Identifier: Apache-2.0
// What `dyt data fetch` and `dyt data verify` do and print.
#pragma once

#include <filesystem>
#include <string>

namespace dyt::cli {

struct FetchRequest {
  std::string name;
  std::string summary;           // of the data set's row
  std::filesystem::path folder;  // of all data sets
  std::string from;
  bool json = false;
  bool quiet = false;
};

// Both return the exit code. A data set with nothing to fetch is said to be one: 0.
int run_fetch(const FetchRequest& request);
int run_verify(const FetchRequest& request);  // 3 unless every file is right

}  // namespace dyt::cli
