#include "dyt/models/transfer.h"

#include <cmath>
#include <set>
#include <sstream>
#include <string_view>

#include "dyt/core/error.h"
#include "dyt/models/layer_init.h"

namespace dyt::models {
namespace {

using Parameters = torch::OrderedDict<std::string, at::Tensor>;

[[noreturn]] void throw_misfit(const char* what, const std::string& name, std::string expected,
                               std::string found) {
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

bool belongs_to_pretraining(const std::string& name, const std::string& head, bool model_has_norm) {
  return name == "mask_token" || name.starts_with("decoder") || name.starts_with(head) ||
         (name.starts_with("norm.") && !model_has_norm);
}

bool may_be_missing(const std::string& name, const std::string& head,
                    const TransferOptions& options) {
  return name.starts_with(head) || name.starts_with("fc_norm.") ||
         (options.allow_missing_alpha && name.ends_with(".alpha"));
}

at::Tensor fitted(const at::Tensor& value, const at::Tensor& to, const std::string& name,
                  const TransferOptions& options) {
  const bool table = name == "pos_embed" && value.dim() == 3 && to.dim() == 3;
  if (table && value.size(1) != to.size(1) && value.size(2) == to.size(2)) {
    const auto side = std::llround(std::sqrt(static_cast<double>(to.size(1) - 1)));
    return options.resample(value, side);
  }
  if (value.sizes() != to.sizes()) {
    throw_misfit("a tensor of the checkpoint has another shape than the model's", name,
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
  bool has_norm = false;
  for (const auto& item : parameters) {
    has_norm = has_norm || item.key().starts_with("norm.");
  }
  const std::string head = head_prefix(parameters);
  Transfer transfer;
  std::vector<std::pair<at::Tensor, at::Tensor>> copies;  // to, from
  std::set<std::string> loaded;
  for (const auto& [full_name, value] : checkpoint) {
    const std::string name = encoder_name(full_name);
    if (belongs_to_pretraining(name, head, has_norm)) {
      transfer.dropped.push_back(full_name);
      continue;
    }
    const at::Tensor* to = parameters.find(name);
    to = to == nullptr ? buffers.find(name) : to;
    if (to == nullptr) {
      throw_misfit("the model has no place for a tensor of the checkpoint", full_name, "", "");
    }
    copies.emplace_back(*to, fitted(value, *to, name, options));
    loaded.insert(name);
    transfer.loaded.push_back(name);
  }
  for (const Parameters* tensors : {&parameters, &buffers}) {
    for (const auto& item : *tensors) {
      if (loaded.contains(item.key())) {
        continue;
      }
      if (!may_be_missing(item.key(), head, options)) {
        throw_misfit("the checkpoint lacks a tensor of the model", item.key(),
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
