#include "dyt/analysis/saturation.h"

#include <torch/nn/module.h>

#include "dyt/nn/norm.h"

namespace dyt::analysis {
namespace {

struct Recorder {
  nn::Norm* norm = nullptr;
  SlotHealth health;
  int64_t saturated = 0;
  int64_t seen = 0;
};

std::vector<Recorder> recorders_of(torch::nn::Module& module) {
  std::vector<Recorder> recorders;
  for (const auto& item : module.named_modules()) {
    auto* norm = dynamic_cast<nn::Norm*>(item.value().get());
    if (norm != nullptr && norm->alpha().defined()) {
      recorders.push_back({norm,
                           {.name = item.key(),
                            .site = nn::site_name(norm->site()),
                            .alpha = norm->alpha().item<double>()}});
    }
  }
  return recorders;
}

}  // namespace

std::vector<SlotHealth> measure_saturation(torch::nn::Module& module,
                                           const std::function<void()>& forward) {
  std::vector<Recorder> recorders = recorders_of(module);
  for (Recorder& recorder : recorders) {
    recorder.norm->set_observer([&recorder](const nn::Norm& norm, const at::Tensor& input) {
      const at::NoGradGuard no_grad;
      recorder.saturated += ((norm.alpha() * input).abs() > kSaturationLimit).sum().item<int64_t>();
      recorder.seen += input.numel();
    });
  }
  forward();
  std::vector<SlotHealth> list;
  for (Recorder& recorder : recorders) {
    recorder.norm->set_observer(nullptr);
    if (recorder.seen > 0) {
      recorder.health.saturated =
          static_cast<double>(recorder.saturated) / static_cast<double>(recorder.seen);
    }
    list.push_back(recorder.health);
  }
  return list;
}

}  // namespace dyt::analysis
