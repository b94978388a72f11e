// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/key_suggestion.h"

#include <algorithm>
#include <vector>

#include "dyt/core/text.h"

namespace dyt::core {
namespace {

using Names = std::vector<std::string>;

// What other programs and papers call our keys.
struct OtherName {
  std::string_view other, ours;
};

constexpr OtherName kOtherNames[] = {{"learning_rate", "lr"},
                                     {"learningrate", "lr"},
                                     {"base_lr", "lr"},
                                     {"max_lr", "lr"},
                                     {"peak_lr", "lr"},
                                     {"rate", "lr"},
                                     {"min_lr", "lr_min"},
                                     {"end_lr", "lr_min"},
                                     {"eta_min", "lr_min"},
                                     {"wd", "weight_decay"},
                                     {"decay", "weight_decay"},
                                     {"warmup_steps", "warmup"},
                                     {"warmup_epochs", "warmup"},
                                     {"warmup_ratio", "warmup"},
                                     {"scheduler", "schedule"},
                                     {"lr_scheduler", "schedule"},
                                     {"grad_clip", "clip_norm"},
                                     {"clip_grad", "clip_norm"},
                                     {"max_grad_norm", "clip_norm"},
                                     {"betas", "beta1"},
                                     {"bs", "batch_size"},
                                     {"batch", "batch_size"},
                                     {"batchsize", "batch_size"},
                                     {"num_epochs", "epochs"},
                                     {"max_epochs", "epochs"},
                                     {"n_epochs", "epochs"},
                                     {"smoothing", "label_smoothing"},
                                     {"random_seed", "seed"},
                                     {"gpu", "device"},
                                     {"heads", "num_heads"},
                                     {"n_heads", "num_heads"},
                                     {"n_head", "num_heads"},
                                     {"num_attention_heads", "num_heads"},
                                     {"layers", "depth"},
                                     {"n_layers", "depth"},
                                     {"n_layer", "depth"},
                                     {"num_layers", "depth"},
                                     {"num_hidden_layers", "depth"},
                                     {"blocks", "depth"},
                                     {"width", "dim"},
                                     {"embed_dim", "dim"},
                                     {"hidden_size", "dim"},
                                     {"d_model", "dim"},
                                     {"n_embd", "dim"},
                                     {"classes", "num_classes"},
                                     {"norm_layer", "norm"},
                                     {"img_size", "image_size"},
                                     {"input_size", "image_size"},
                                     {"resolution", "image_size"},
                                     {"patch", "patch_size"},
                                     {"path", "folder"},
                                     {"root", "folder"},
                                     {"num_workers", "workers"},
                                     {"num_threads", "threads"},
                                     {"limit", "train_limit"},
                                     {"max_samples", "train_limit"},
                                     {"output", "out"},
                                     {"out_dir", "out"},
                                     {"output_dir", "out"},
                                     {"pretrained", "from"},
                                     {"checkpoint", "from"},
                                     {"weights", "from"}};

std::string key_group(std::string_view key) {
  const size_t dot = key.rfind('.');
  return dot == std::string_view::npos ? "" : std::string(key.substr(0, dot + 1));
}

std::string key_leaf(const std::string& key) { return std::string(key.substr(key.rfind('.') + 1)); }

template <class Wanted>
Names chosen(std::span<const std::string> keys, const Wanted& wanted) {
  Names result;
  std::copy_if(keys.begin(), keys.end(), std::back_inserter(result), wanted);
  return result;
}

Names with_leaf(std::span<const std::string> keys, std::string_view leaf) {
  return chosen(keys, [&](const std::string& key) { return key_leaf(key) == leaf; });
}

Names known_otherwise(std::span<const std::string> keys, std::string_view leaf) {
  for (const OtherName& name : kOtherNames) {
    if (name.other == leaf) {
      return with_leaf(keys, name.ours);
    }
  }
  return {};
}

// Those of the group whose last part is near: the group's name is no slip and counts for nothing.
Names near_siblings(const Names& siblings, const std::string& leaf) {
  Names leaves;
  std::transform(siblings.begin(), siblings.end(), std::back_inserter(leaves), key_leaf);
  const Names near = near_names(leaf, leaves);
  return chosen(siblings, [&](const std::string& key) {
    return std::find(near.begin(), near.end(), key_leaf(key)) != near.end();
  });
}

// "model.*, optim.*, seed": groups, and keys that stand in none.
std::string groups_text(std::span<const std::string> keys) {
  Names names;
  for (const std::string& key : keys) {
    const size_t dot = key.find('.');
    const std::string name = dot == std::string::npos ? key : key.substr(0, dot) + ".*";
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
  return "known: " + join(names, ", ") + "; --help lists all keys";
}

}  // namespace

std::string key_suggestion(std::string_view key, std::span<const std::string> keys) {
  const std::string group = key_group(key), leaf = key_leaf(std::string(key));
  const Names siblings =
      chosen(keys, [&](const std::string& other) { return key_group(other) == group; });
  const bool has_group = !group.empty() && !siblings.empty();
  for (const Names& found :
       {known_otherwise(siblings, leaf), has_group ? near_siblings(siblings, leaf) : Names(),
        with_leaf(keys, leaf), known_otherwise(keys, leaf)}) {
    if (!found.empty()) {
      return did_you_mean(found);
    }
  }
  if (has_group) {
    return "keys of " + group.substr(0, group.size() - 1) + ": " + join(siblings, ", ");
  }
  const Names near = near_names(key, keys);
  return near.empty() ? groups_text(keys) : did_you_mean(near);
}

}  // namespace dyt::core
