// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/dino.h"

#include <ATen/ops/cat.h>

#include "dyt/core/error.h"

namespace dyt::models {
namespace {

using NamedTensors = torch::OrderedDict<std::string, at::Tensor>;

void copy_by_name(const NamedTensors& to, const NamedTensors& from) {
  const at::NoGradGuard no_grad;
  for (const auto& item : to) {
    const at::Tensor* source = from.find(item.key());
    if (to.size() != from.size() || source == nullptr || source->sizes() != item.value().sizes()) {
      throw core::Error(
          core::ErrorKind::kInternal,
          {.what = "a teacher that is built otherwise than its student", .where = item.key()});
    }
    item.value().copy_(*source);
  }
}

}  // namespace

DinoNetwork::DinoNetwork(const DinoConfig& config, const at::TensorOptions& options)
    : config_(config) {
  config.validate();
  backbone_ = register_module("backbone", std::make_shared<VitEncoder>(config.backbone(), options));
  head_ = register_module("head", std::make_shared<DinoHead>(config.head(), options));
}

at::Tensor DinoNetwork::forward(const std::vector<at::Tensor>& crops) {
  if (crops.empty()) {
    throw core::Error(core::ErrorKind::kUsage, {.what = "no crops to look at"});
  }
  std::vector<at::Tensor> features;
  for (size_t first = 0, next = 0; first < crops.size(); first = next) {
    while (next < crops.size() && crops[next].size(-1) == crops[first].size(-1)) {
      ++next;
    }
    const std::vector<at::Tensor> same_size(crops.begin() + first, crops.begin() + next);
    features.push_back(backbone_->forward(at::cat(same_size)));
  }
  return head_->forward(at::cat(features));
}

void initialize(DinoNetwork& network, uint64_t seed, double linear_std) {
  initialize(network.backbone(), linear_std, seed, "backbone.");
  initialize(network.head(), seed, "head.");
}

void become_teacher(DinoNetwork& teacher, const DinoNetwork& student) {
  copy_by_name(teacher.named_parameters(), student.named_parameters());
  copy_by_name(teacher.named_buffers(), student.named_buffers());
  for (const at::Tensor& parameter : teacher.parameters()) {
    parameter.set_requires_grad(false);
  }
}

}  // namespace dyt::models
