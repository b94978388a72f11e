// SPDX-License-Identifier: Apache-2.0
#include "dyt/models/transfer.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>
#include <string_view>

#include "dyt/core/error.h"
#include "dyt/models/layer_init.h"

namespace dyt::models {
namespace {

using Parameters = torch::OrderedDict<std::string, at::Tensor>;

[[noreturn]] void throw_tensor_misfit(const char* what, const std::string& name,
                                      std::string expected, std::string found) {
  throw core::Error(
      core::ErrorKind::kData,
      {.what = what, .where = name, .expected = std::move(expected), .found = std::move(found)});
}

std::string shape_text(const at::Tensor& tensor) {
  std::ostringstream text;
  text << tensor.sizes();
  return text.str();
}

std::string encoder_name(std::string_view name) {
  for (const std::string_view prefix : {"module.", "backbone."}) {
    if (name.starts_with(prefix)) {
      name.remove_prefix(prefix.size());
    }
  }
  return std::string(name);
}

// Of the last matrix, which is new for new classes: a ConvNeXt's `head` has a slot, too.
std::string head_prefix(const Parameters& parameters) {
  return parameters.contains("head.fc.weight") ? "head.fc." : "head.";
}

// `drops_norm`: the slot after the last block goes, too.
bool belongs_to_pretraining(const std::string& name, const std::string& head, bool drops_norm) {
  return name == "mask_token" || name.starts_with("decoder") || name.starts_with(head) ||
         (name.starts_with("norm.") && drops_norm);
}

bool any_starts_with(const std::vector<std::pair<std::string, at::Tensor>>& checkpoint,
                     std::string_view prefix) {
  return std::any_of(checkpoint.begin(), checkpoint.end(), [&](const auto& item) {
    return encoder_name(item.first).starts_with(prefix);
  });
}

// Average pooling has no `norm`. A pre-training's goes, as MAE's fine-tuning lets it go; in a
// classifier of the class token the head was trained on it: dropping it would change the features.
bool norm_may_go(const Parameters& parameters,
                 const std::vector<std::pair<std::string, at::Tensor>>& checkpoint) {
  const auto has = [&](std::string_view prefix) {
    const std::vector<std::string> names = parameters.keys();
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return name.starts_with(prefix); });
  };
  if (has("norm.")) {
    return false;
  }
  if (has("fc_norm.") && any_starts_with(checkpoint, "norm.") &&
      any_starts_with(checkpoint, "head.weight")) {
    throw core::Error(
        core::ErrorKind::kData,
        {.what = "the checkpoint is of a classifier of the class token, the model pools by average",
         .where = "norm.weight",
         .expected = "fc_norm.*, of a classifier with model.global_pool=avg",
         .found = "norm.* and head.*",
         .todo = "train with model.global_pool=token"});
  }
  return true;
}

bool may_be_missing(const std::string& name, const std::string& head,
                    const TransferOptions& options) {
  return name.starts_with(head) || name.starts_with("fc_norm.") ||
         (options.allow_missing_alpha && name.ends_with(".alpha"));
}

at::Tensor resampled(const at::Tensor& value, const at::Tensor& to, const std::string& name,
                     const TransferOptions& options) {
  const auto side = std::llround(std::sqrt(static_cast<double>(to.size(1) - 1)));
  try {
    return options.resample(value, side);
  } catch (const core::Error& error) {  // the file's table, not a setting
    core::ErrorParts words = error.parts();
    words.where = name;
    words.expected = "a class entry and a square grid of patches, as " + shape_text(to);
    words.found = shape_text(value);
    words.todo = "a table without a class entry, or of images that are not square, does not fit";
    throw core::Error(core::ErrorKind::kData, words);
  }
}

at::Tensor fitted(const at::Tensor& value, const at::Tensor& to, const std::string& name,
                  const TransferOptions& options) {
  const bool table = name == "pos_embed" && value.dim() == 3 && to.dim() == 3;
  if (table && value.size(1) != to.size(1) && value.size(2) == to.size(2)) {
    return resampled(value, to, name, options);
  }
  if (value.sizes() != to.sizes()) {
    throw_tensor_misfit("a tensor of the checkpoint has another shape than the model's", name,
                        shape_text(to), shape_text(value));
  }
  return value;
}

}  // namespace

Transfer load_pretrained(torch::nn::Module& model,
                         const std::vector<std::pair<std::string, at::Tensor>>& checkpoint,
                         const TransferOptions& options) {
  const at::NoGradGuard no_grad;
  const Parameters parameters = model.named_parameters();
  const Parameters buffers = model.named_buffers();
  const bool drops_norm = norm_may_go(parameters, checkpoint);
  const std::string head = head_prefix(parameters);
  Transfer transfer;
  std::vector<std::pair<at::Tensor, at::Tensor>> copies;  // to, from
  std::set<std::string> loaded;
  for (const auto& [full_name, value] : checkpoint) {
    const std::string name = encoder_name(full_name);
    if (belongs_to_pretraining(name, head, drops_norm)) {
      transfer.dropped.push_back(full_name);
      continue;
    }
    const at::Tensor* to = parameters.find(name);
    to = to == nullptr ? buffers.find(name) : to;
    if (to == nullptr) {
      throw_tensor_misfit("the model has no place for a tensor of the checkpoint", full_name, "",
                          shape_text(value));
    }
    copies.emplace_back(*to, fitted(value, *to, name, options));
    if (value.sizes() != to->sizes()) {
      transfer.resampled.push_back(name);
    }
    loaded.insert(name);
    transfer.loaded.push_back(name);
  }
  for (const Parameters* tensors : {&parameters, &buffers}) {
    for (const auto& item : *tensors) {
      if (loaded.contains(item.key())) {
        continue;
      }
      if (!may_be_missing(item.key(), head, options)) {
        throw_tensor_misfit("the checkpoint lacks a tensor of the model", item.key(),
                            shape_text(item.value()), "");
      }
      transfer.missing.push_back(item.key());
    }
  }
  for (const auto& [to, from] : copies) {
    to.copy_(from);
  }
  return transfer;
}

void initialize_head(torch::nn::Module& model, uint64_t seed, double std) {
  const Parameters parameters = model.named_parameters();
  const std::string head = head_prefix(parameters);
  truncated_normal(std)(parameters[head + "weight"], seed, head + "weight");
  parameters[head + "bias"].detach().zero_();
}

}  // namespace dyt::models
