// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/internal/class_coverage.h"

#include <torch/types.h>

#include "dyt/core/error.h"
#include "dyt/core/text.h"
#include "dyt/data/internal/readers.h"

namespace dyt::data {
namespace {

constexpr size_t kNamesShown = 5;

std::vector<int64_t> class_counts(const at::Tensor& labels, int64_t num_classes) {
  const at::Tensor counts = at::bincount(labels, {}, num_classes);
  const int64_t* first = counts.const_data_ptr<int64_t>();
  return {first, first + counts.numel()};
}

std::string class_name(const ImageData& data, size_t label) {
  return data.class_names.empty() ? std::to_string(label) : "'" + data.class_names[label] + "'";
}

// "2 of 10 classes have no image to test on: 'ant', 'bee'".
std::string lacking_text(const ImageData& data, const std::vector<size_t>& labels,
                         const std::string& what) {
  std::vector<std::string> names;
  for (size_t n = 0; n < std::min(labels.size(), kNamesShown); ++n) {
    names.push_back(class_name(data, labels[n]));
  }
  const size_t more = labels.size() - names.size();
  return std::to_string(labels.size()) + " of " + std::to_string(data.num_classes) +
         (labels.size() == 1 ? " classes has" : " classes have") + " no image to " + what + ": " +
         core::join(names, ", ") + (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

std::string limit_text(const std::string& key, int64_t limit, int64_t num_classes) {
  return limit > 0 && limit < num_classes ? " (" + key + " is " + std::to_string(limit) + ")" : "";
}

}  // namespace

void add_class_warnings(ImageData& data, const DataConfig& config) {
  const std::vector<int64_t> train = class_counts(data.train.labels, data.num_classes);
  const std::vector<int64_t> test = class_counts(data.test.labels, data.num_classes);
  std::vector<size_t> untrained, untested;
  for (size_t label = 0; label < train.size(); ++label) {
    if (train[label] == 0) {
      untrained.push_back(label);
    } else if (test[label] == 0) {
      untested.push_back(label);
    }
  }
  if (!untrained.empty()) {
    const bool from_one = untrained.front() == 0 && config.train_limit == 0;
    data.warnings.push_back(
        lacking_text(data, untrained, "train on") +
        limit_text("data.train_limit", config.train_limit, data.num_classes) +
        (from_one ? "; labels count from 0, and an output of the network stands for each" : ""));
  }
  if (!untested.empty()) {
    data.warnings.push_back(lacking_text(data, untested, "test on") +
                            limit_text("data.test_limit", config.test_limit, data.num_classes) +
                            "; the accuracy says nothing about " +
                            (untested.size() == 1 ? "it" : "them"));
  }
}

void check_tested_are_trained(const at::Tensor& train_labels, const at::Tensor& test_labels,
                              int64_t num_classes, const std::string& where) {
  const std::vector<int64_t> train = class_counts(train_labels, num_classes);
  const std::vector<int64_t> test = class_counts(test_labels, num_classes);
  for (size_t label = 0; label < train.size(); ++label) {
    if (train[label] == 0 && test[label] > 0) {
      throw core::Error(core::ErrorKind::kData,
                        {.what = "the class " + std::to_string(label) + " has no training images",
                         .where = where,
                         .found = std::to_string(test[label]) + " images of it to test on",
                         .todo = "name training and test files with the same classes"});
    }
  }
}

}  // namespace dyt::data
