// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/knn_evaluation.h"

#include <ATen/ops/cat.h>

#include "dyt/analysis/knn.h"
#include "dyt/tasks/top_five.h"

namespace dyt::tasks {
namespace {

constexpr int64_t kBatch = 256;

}  // namespace

at::Tensor all_features(const KnnInput& input, const data::ImageSplit& split) {
  const at::NoGradGuard no_grad;
  const int64_t count = split.labels.numel();
  std::vector<at::Tensor> parts;
  for (int64_t begin = 0; begin < count; begin += kBatch) {
    const int64_t end = std::min(count, begin + kBatch);
    parts.push_back(input.features(split, begin, end).to(at::kCPU, at::kDouble));
  }
  return at::cat(parts);
}

void KnnConfig::visit_fields(core::Fields& fields) {
  fields.add("k", k, {.help = "neighbours that vote", .min = 1, .max = 10000});
  fields.add("temperature", temperature,
             {.help = "of the votes' weights exp(cosine / temperature)", .min = 0.01, .max = 100});
  fields.add(
      "train_images", train_images,
      {.help = "training images among which neighbours are sought, some of every class; 0: all",
       .min = 0,
       .max = 1e9});
}

void add_knn_accuracy(const KnnInput& input, const at::Tensor& features, const at::Tensor& labels,
                      train::Evaluation& result) {
  const data::ImageData& data = input.data;
  const int64_t all = data.train.labels.numel();
  const int64_t wanted = input.config.train_images;
  const int64_t count = wanted == 0 ? all : std::min(wanted, all);
  const data::ImageSplit voters =
      data::stratified_part(data.train, data.num_classes, count, "images/neighbours");
  const at::Tensor votes = analysis::knn_votes(all_features(input, voters), voters.labels, features,
                                               {.k = input.config.k,
                                                .temperature = input.config.temperature,
                                                .num_classes = data.num_classes});
  train::add_correct(votes.argmax(1) == labels, result);
  TopFive top_five(data.num_classes);
  top_five.add(votes, labels);
  top_five.add_to(result);
}

}  // namespace dyt::tasks
