// SPDX-License-Identifier: Apache-2.0
// Self-distillation without labels (DINO, Caron et al., arXiv 2104.14294; release of April 2023):
// the network that student and teacher both are. What stands at the backbone's norm slots is a key;
// the head has none.
//
//   DinoConfig config = core::find_row(dino_table(), "dino_vit_base_patch16", "model").config;
//   auto student = std::make_shared<DinoNetwork>(config);
//   auto teacher = std::make_shared<DinoNetwork>(config.teacher());   // no drop path
//   initialize(*student, /*seed=*/0);
//   become_teacher(*teacher, *student);
//   at::Tensor s = student->forward({g1, g2, l1, l2});   // (4 B, out_dim)
//   at::Tensor t = teacher->forward({g1, g2});           // (2 B, out_dim)
//
// Parameters: backbone.* as VitEncoder's, head.* as DinoHead's. Loss, centre and temperatures:
// dino_loss.h; the teacher's moving average: dyt/optim/average.h.
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dyt/core/config.h"
#include "dyt/models/dino_head.h"
#include "dyt/models/vit_encoder.h"

namespace dyt::models {

struct DinoConfig {
  int64_t image_size = 0;  // side of the global crops; 0: the data's
  int64_t patch_size = 2;
  int64_t channels = 0;  // 0: the data's
  int64_t dim = 64;
  int64_t depth = 4;
  int64_t num_heads = 4;
  double mlp_ratio = 4;
  double drop_path = 0.1;  // of the student
  std::string norm = "layer_norm";
  int64_t out_dim = 65536;
  int64_t head_hidden_dim = 2048;
  int64_t head_bottleneck_dim = 256;
  int64_t head_layers = 3;
  bool head_batch_norm = false;
  bool norm_last_layer = true;

  void visit_fields(core::Fields& fields);

  // Whether a network can be built of it; Error(kUsage) names the key, as `model.<key>`.
  void validate() const;

  VitConfig backbone() const;
  DinoHeadOptions head() const;
  DinoConfig teacher() const;  // without drop path
};

struct DinoRow {
  std::string_view name;
  std::string_view summary;
  DinoConfig config;  // for RGB crops of 224
};

// The published backbones, dino_vit_{tiny,small,base}_patch{16,8}, each with the head of the DyT
// paper's runs.
std::span<const DinoRow> dino_table();

class DinoNetwork final : public torch::nn::Module {
 public:
  // `options`: type and device, the meta device too.
  explicit DinoNetwork(const DinoConfig& config, const at::TensorOptions& options = {});

  // Crops (B, C, s, s), not all of one size -> (B * crops, out_dim), in the order of the crops.
  // Neighbours of one size go through the backbone together, and all features through the head at
  // once. Error(kUsage) without crops.
  at::Tensor forward(const std::vector<at::Tensor>& crops);

  VitEncoder& backbone() { return *backbone_; }
  DinoHead& head() { return *head_; }
  const DinoConfig& config() const { return config_; }

 private:
  DinoConfig config_;
  std::shared_ptr<VitEncoder> backbone_;
  std::shared_ptr<DinoHead> head_;
};

// Backbone and head as their own initialize() do, the backbone with linear_std 0.02.
void initialize(DinoNetwork& network, uint64_t seed, double linear_std = 0.02);

// Copies the student's parameters and buffers by name and takes the teacher's parameters out of
// training. Error(kInternal) where the two differ in names or shapes.
void become_teacher(DinoNetwork& teacher, const DinoNetwork& student);

}  // namespace dyt::models
