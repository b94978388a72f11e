// A small ViT against PyTorch and timm: scripts/golden/vit_golden.py says what its files hold.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "dyt/core/text.h"
#include "dyt/formats/safetensors.h"
#include "dyt/models/vit.h"
#include "dyt/optim/adamw.h"
#include "tests/support/fill.h"

namespace dyt::models {
namespace {

using testing::fill_module;
using testing::fill_values;

constexpr int kSteps = 10;
constexpr double kLr = 1e-3;

struct GoldenCase {
  std::string file, norm;
  at::ScalarType type;
  double tolerance, tolerance_after;  // of each tensor's largest magnitude
};

class Golden : public ::testing::TestWithParam<GoldenCase> {
 protected:
  Golden()
      : file_(formats::SafetensorsFile::read(DYT_SOURCE_DIR "/tests/models/golden/" +
                                             GetParam().file + ".safetensors")),
        model_(std::make_shared<VisionTransformer>(VitConfig{.image_size = 16,
                                                             .patch_size = 4,
                                                             .channels = 3,
                                                             .num_classes = 5,
                                                             .dim = 32,
                                                             .depth = 2,
                                                             .num_heads = 4,
                                                             .norm = GetParam().norm},
                                                   GetParam().type)) {
    fill_module(*model_, 0.3);
    images_ = fill_values("x", {4, 3, 16, 16}).to(GetParam().type);
    labels_ = stored("labels", at::kLong);
  }

  at::Tensor stored(const std::string& name, at::ScalarType type = at::kDouble) const {
    const formats::TensorEntry* entry = file_.find(name);
    if (entry == nullptr) {
      throw std::runtime_error("the golden file has no '" + name + "'");
    }
    const at::Tensor tensor = at::empty(entry->shape, type);
    EXPECT_EQ(tensor.nbytes(), entry->data.size()) << name;
    std::copy(entry->data.begin(), entry->data.end(),
              static_cast<char*>(tensor.mutable_data_ptr()));
    return tensor;
  }

  at::Tensor loss() { return at::cross_entropy_loss(model_->forward(images_), labels_); }

  void expect_close(const at::Tensor& found, const std::string& name, double tolerance,
                    int64_t skip_from = 0, int64_t skip_to = 0) const {
    const at::Tensor expected = stored(name);
    ASSERT_EQ(found.sizes(), expected.sizes()) << name;
    at::Tensor error = (found.detach().to(at::kDouble) - expected).abs();
    if (skip_to > skip_from) {
      error.slice(0, skip_from, skip_to).zero_();
    }
    const double scale = expected.abs().max().item<double>();
    EXPECT_LE(error.max().item<double>(), tolerance * scale) << name;
  }

  formats::SafetensorsFile file_;
  std::shared_ptr<VisionTransformer> model_;
  at::Tensor images_, labels_;
};

TEST_P(Golden, NamesStandInTimmsOrder) {
  EXPECT_EQ(model_->named_parameters().keys(), core::split(file_.metadata().at("names"), '\n'));
}

TEST_P(Golden, LogitsLossAndEveryGradient) {
  const double tolerance = GetParam().tolerance;
  expect_close(model_->forward(images_), "logits", tolerance);
  const at::Tensor value = loss();
  expect_close(value, "loss", tolerance);
  value.backward();
  for (const auto& item : model_->named_parameters()) {
    expect_close(item.value().grad(), "grad." + item.key(), tolerance);
  }
}

TEST_P(Golden, TenAdamWSteps) {
  const double tolerance = GetParam().tolerance_after;
  optim::AdamW optimizer(optim::named_parameters(*model_),
                         {.beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8, .weight_decay = 0.05});
  for (int step = 1; step <= kSteps; ++step) {
    optimizer.zero_grad();
    loss().backward();
    optimizer.step(kLr);
  }
  for (const auto& item : model_->named_parameters()) {
    // Softmax does not feel a shift of the keys: their bias has a true gradient of zero, and AdamW
    // turns its rounding noise into steps of full size.
    const bool keys = item.key().ends_with("qkv.bias");
    expect_close(item.value(), "after." + item.key(), tolerance, keys ? 32 : 0, keys ? 64 : 0);
  }
  expect_close(loss(), "loss_after", tolerance);
}

INSTANTIATE_TEST_SUITE_P(
    Vit, Golden,
    ::testing::Values(GoldenCase{"vit_ln", "layer_norm", at::kDouble, 1e-9, 1e-9},
                      GoldenCase{"vit_ln", "layer_norm", at::kFloat, 1e-5, 1e-4},
                      GoldenCase{"vit_dyt", "dyt", at::kDouble, 1e-9, 1e-9},
                      GoldenCase{"vit_dyt", "dyt", at::kFloat, 1e-5, 1e-4}),
    [](const auto& info) {
      return info.param.norm + (info.param.type == at::kDouble ? "_float64" : "_float32");
    });

}  // namespace
}  // namespace dyt::models
