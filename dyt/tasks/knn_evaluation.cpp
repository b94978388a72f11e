#include "dyt/tasks/knn_evaluation.h"

#include <ATen/ops/cat.h>

#include "dyt/analysis/knn.h"

namespace dyt::tasks {
namespace {

constexpr int64_t kBatch = 256;

at::Tensor all_features(const KnnInput& input, const data::ImageSplit& split, int64_t count) {
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> parts;
  for (int64_t begin = 0; begin < count; begin += kBatch) {
    parts.push_back(input.features(split, begin, std::min(count, begin + kBatch)).cpu());
  }
  return at::cat(parts);
}

}  // namespace

void KnnConfig::visit_fields(core::Fields& fields) {
  fields.add("k", k, {.help = "neighbours that vote", .min = 1, .max = 10000});
  fields.add("temperature", temperature,
             {.help = "of the votes' weights exp(cosine / temperature)", .min = 1e-3, .max = 100});
  fields.add(
      "train_images", train_images,
      {.help = "training images among which neighbours are sought, the first of them; 0: all",
       .min = 0,
       .max = 1e9});
}

void add_knn_accuracy(const KnnInput& input, const at::Tensor& features, const at::Tensor& labels,
                      train::Evaluation& result) {
  const data::ImageData& data = input.data;
  const int64_t all = data.train.labels.numel();
  const int64_t wanted = input.config.train_images;
  const int64_t count = wanted == 0 ? all : std::min(wanted, all);
  const at::Tensor votes = analysis::knn_votes(all_features(input, data.train, count),
                                               data.train.labels.slice(0, 0, count), features,
                                               {.k = input.config.k,
                                                .temperature = input.config.temperature,
                                                .num_classes = data.num_classes});
  train::add_correct(votes.argmax(1) == labels, result);
}

void add_knn_accuracy(const KnnInput& input, train::Evaluation& result) {
  const data::ImageSplit& test = input.data.test;
  add_knn_accuracy(input, all_features(input, test, test.labels.numel()), test.labels, result);
}

}  // namespace dyt::tasks
