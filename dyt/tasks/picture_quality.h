// SPDX-License-Identifier: Apache-2.0
// How good generated pictures are, beside real ones: what `dyt fid` does. With the Inception
// network of 2015 these are FID, sFID, the Inception score, precision and recall as the field
// reports them; with a classifier trained here they are the same formulas on that network's
// features, which are NOT comparable to FID and are named so everywhere.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "dyt/core/config.h"
#include "dyt/data/passed_over.h"
#include "dyt/tasks/picture_network.h"

namespace dyt::tasks {

struct QualityConfig {
  std::string inception;  // one of the two
  std::string classifier;
  std::string split = "test";  // of run=RUN
  std::string device = "auto";
  int64_t threads = 1;
  bool other_data = false;

  void visit_fields(core::Fields& fields);
};

struct QualityNumber {
  std::string key;    // for machines: fid, sfid, inception_score, precision, recall;
                      // feature_distance, classifier_score, precision, recall
  std::string title;  // for people
  double value = 0;
};

struct PictureQuality {
  std::string network;     // "Inception", "classifier RUN"
  int64_t dimensions = 0;  // features of a picture
  std::string reference_name, samples_name;
  int64_t reference_count = 0, samples_count = 0;
  data::PassedOver reference_passed, samples_passed;  // of folders
  std::vector<QualityNumber> numbers;
  std::vector<std::string> warnings;
};

struct QualityInput {
  std::string reference, samples;  // as of pictures_of()
  QualityConfig config;
  std::function<void(const std::string& source, int64_t done, int64_t count)> on_progress;
};

// Error(kUsage) unless exactly one network is named; Error(kData) for sets of fewer than four
// pictures and for what features_of() refuses. The formulas, and what few pictures, features
// without variance and copies of a picture give, are those of analysis/sample_quality.h.
PictureQuality picture_quality(const QualityInput& input);

// "feature distance (classifier RUN), not FID": what the distance is called wherever it stands.
std::string feature_distance_title(const PictureNetwork& classifier);

}  // namespace dyt::tasks
