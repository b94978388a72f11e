// SPDX-License-Identifier: Apache-2.0
// VGG (Simonyan, Zisserman, arXiv 1409.1556) with a slot behind each convolution, for image
// classification, with the names and the semantics of torchvision 0.26's `vgg*_bn` models.
//
//   VggConfig config{.image_size = 224, .channels = 3, .num_classes = 1000, .norm = "dyt"};
//   auto model = std::make_shared<Vgg>(config);
//   initialize(*model, VggInit{}, /*seed=*/0);
//   at::Tensor logits = model->forward(images);   // (B, C, H, W) -> (B, num_classes)
//
// Parameters: features.n (convolutions and slots; activations and poolings have a number too),
// classifier.{0, 3, 6}.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dyt/core/config.h"
#include "dyt/models/image_classifier.h"
#include "dyt/nn/conv.h"
#include "dyt/nn/dropout.h"
#include "dyt/nn/linear.h"
#include "dyt/nn/norm.h"

namespace dyt::models {

struct VggConfig {
  int64_t image_size = 0;  // side; 0: the data's
  int64_t channels = 0;    // 0: the data's
  int64_t num_classes = 0;
  std::vector<int64_t> depths = {1, 1, 2};  // convolutions of each stage; a pooling by 2 ends it
  std::vector<int64_t> dims = {16, 32, 64};
  int64_t pool_size = 1;     // side of the map that the classifier sees, an adaptive mean
  int64_t hidden_dim = 128;  // of the classifier's two hidden layers
  double dropout = 0;        // behind each of them
  std::string norm = "batch_norm:eps=1e-5";

  void visit_fields(core::Fields& fields);

  // Whether a network can be built of it; Error(kUsage) names the key, as `model.<key>`.
  void validate() const;
};

struct VggInit {
  double linear_std = 0.01;

  void visit_fields(core::Fields& fields);
};

class Vgg final : public ImageClassifier {
 public:
  // All sizes must be set. Norm slots have their start values, everything else is zero until
  // initialize() or a checkpoint. `options`: type and device, the meta device too.
  explicit Vgg(const VggConfig& config, const at::TensorOptions& options = {});

  at::Tensor pooled(const at::Tensor& images) override;
  at::Tensor logits(const at::Tensor& pooled) const override;

  // Between a slot and the next convolution stands a ReLU: nothing can be folded.
  void fold() override {}

 private:
  struct Unit {
    std::shared_ptr<nn::Conv2d> conv;
    std::shared_ptr<nn::Norm> norm;
    bool pools = false;  // the stage's last
  };

  void add_features(const at::TensorOptions& options);
  void add_classifier(const at::TensorOptions& options);

  VggConfig config_;
  std::vector<Unit> units_;
  std::vector<std::shared_ptr<nn::Linear>> classifier_;
  std::vector<std::shared_ptr<nn::Dropout>> dropouts_;
};

// torchvision's: convolutions normal(0, sqrt(2 / (out * k * k))), matrices normal(0, linear_std),
// biases 0; norm slots: their own start.
void initialize(Vgg& model, const VggInit& init, uint64_t seed);

}  // namespace dyt::models
