// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/picture_quality.h"

#include <ATen/Parallel.h>

#include "dyt/analysis/sample_quality.h"
#include "dyt/core/error.h"
#include "dyt/core/text.h"

namespace dyt::tasks {
namespace {

using core::Error;
using core::ErrorKind;

constexpr int64_t kNeighbours = 3;  // of precision and recall

void check_one_network(const QualityConfig& config) {
  if (config.inception.empty() == config.classifier.empty()) {
    throw Error(ErrorKind::kUsage,
                {.what = config.inception.empty() ? "no network to compare pictures by is named"
                                                  : "two networks to compare pictures by are named",
                 .where = "command line",
                 .expected = "inception=FILE.safetensors for FID and its relatives, or "
                             "classifier=RUN for the distance by a classifier trained here"});
  }
}

void check_count(const PictureSource& source) {
  if (source.count <= kNeighbours) {
    throw Error(ErrorKind::kData,
                {.what = "too few pictures to compare",
                 .where = source.name,
                 .expected = "at least " + std::to_string(kNeighbours + 1),
                 .found = std::to_string(source.count) +
                          (source.passed.empty() ? "" : "; not taken: " + source.passed.text())});
  }
}

PictureNetwork network_of(const QualityConfig& config) {
  if (!config.inception.empty()) {
    return inception_network(config.inception, config.device);
  }
  return classifier_network(
      config.classifier,
      {"device=" + config.device, "train.threads=" + std::to_string(config.threads),
       std::string("other_data=") + (config.other_data ? "true" : "false")});
}

void warn_of_few(const std::string& name, int64_t count, PictureQuality& quality) {
  if (count <= quality.dimensions) {
    quality.warnings.push_back(
        name + ": " + std::to_string(count) + " pictures for " +
        std::to_string(quality.dimensions) +
        " features. The covariance is singular and the distance too large: it compares only with "
        "others of as many pictures, beside the same reference.");
  }
}

void warn_of_other_data(const std::string& whose, const std::vector<std::string>& differences,
                        PictureQuality& quality) {
  if (!differences.empty()) {
    quality.warnings.push_back("other data: " + whose +
                               " are not those of its training: " + core::join(differences, "; "));
  }
}

std::vector<QualityNumber> inception_numbers(const PictureFeatures& reference,
                                             const PictureFeatures& samples) {
  return {
      {"fid", "FID", analysis::frechet_distance(reference.pooled, samples.pooled)},
      {"sfid", "sFID", analysis::frechet_distance(reference.spatial, samples.spatial)},
      {"inception_score", "Inception score", analysis::inception_score(samples.logits)},
  };
}

std::vector<QualityNumber> classifier_numbers(const PictureFeatures& reference,
                                              const PictureFeatures& samples,
                                              const PictureNetwork& network) {
  return {
      {"feature_distance", feature_distance_title(network),
       analysis::frechet_distance(reference.pooled, samples.pooled)},
      {"classifier_score", "score by its classes, not the Inception score",
       analysis::inception_score(samples.logits)},
  };
}

}  // namespace

void QualityConfig::visit_fields(core::Fields& fields) {
  fields.add("inception", inception,
             {.help = "weights of the Inception network of 2015, a .safetensors file: FID, sFID, "
                      "Inception score, precision, recall"});
  fields.add("classifier", classifier,
             {.help = "or a run's folder of a classifier trained here: the same on its features, "
                      "which is no FID"});
  fields.add(
      "split", split,
      {.help = "of run=RUN: which of its images are the reference", .choices = {"test", "train"}});
  fields.add("device", device,
             {.help = "where the network lives: auto, cpu, cuda, cuda:i", .identity = false});
  fields.add("threads", threads,
             {.help = "threads to compute with", .min = 1, .max = 1024, .identity = false});
  fields.add("other_data", other_data,
             {.help = "take run=RUN and classifier=RUN though their data are no longer those that "
                      "they were trained on; the result says so"});
}

std::string feature_distance_title(const PictureNetwork& classifier) {
  return "feature distance (" + classifier.name + "), not FID";
}

PictureQuality picture_quality(const QualityInput& input) {
  check_one_network(input.config);
  const PictureSource reference =
      pictures_of(input.reference, input.config.split, input.config.other_data);
  const PictureSource samples =
      pictures_of(input.samples, input.config.split, input.config.other_data);
  check_count(reference);
  check_count(samples);
  at::set_num_threads(static_cast<int>(input.config.threads));
  const PictureNetwork network = network_of(input.config);
  const auto features = [&](const PictureSource& source) {
    return features_of(source, network, [&](int64_t done) {
      if (input.on_progress) {
        input.on_progress(source.name, done, source.count);
      }
    });
  };
  const PictureFeatures real = features(reference), drawn = features(samples);

  PictureQuality quality{.network = network.name,
                         .dimensions = real.pooled.size(1),
                         .reference_name = reference.name,
                         .samples_name = samples.name,
                         .reference_count = reference.count,
                         .samples_count = samples.count};
  for (const PictureSource* source : {&reference, &samples}) {
    std::string text = data::passed_over_warning(source->name, source->passed);
    if (!text.empty()) {
      quality.warnings.push_back(std::move(text));
    }
  }
  quality.reference_passed = reference.passed;
  quality.samples_passed = samples.passed;
  warn_of_other_data("the data of " + input.reference, reference.data_differences, quality);
  warn_of_other_data("the data of " + input.samples, samples.data_differences, quality);
  warn_of_other_data("the data of " + network.name, network.data_differences, quality);
  warn_of_few(reference.name, reference.count, quality);
  warn_of_few(samples.name, samples.count, quality);
  quality.numbers = input.config.inception.empty() ? classifier_numbers(real, drawn, network)
                                                   : inception_numbers(real, drawn);
  const analysis::PrecisionRecall share =
      analysis::precision_recall(real.pooled, drawn.pooled, kNeighbours);
  const std::string by = input.config.inception.empty() ? " (" + network.name + ")" : "";
  quality.numbers.push_back({"precision", "precision" + by, share.precision});
  quality.numbers.push_back({"recall", "recall" + by, share.recall});
  return quality;
}

}  // namespace dyt::tasks
