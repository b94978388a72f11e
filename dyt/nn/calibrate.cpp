// SPDX-License-Identifier: Apache-2.0
// calibrate() of norm.h.
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "dyt/core/error.h"
#include "dyt/core/text.h"
#include "dyt/nn/norm.h"

namespace dyt::nn {
namespace {

constexpr double kSmallestAlpha = 0.05;
constexpr double kLargestAlpha = 20;

// sqrt(mean((x - mean(x))^2)) over all elements in fp64, summed in the elements' order: LibTorch's
// own reduction splits the work by the number of threads, and its last bits with it.
double population_std(const at::Tensor& tensor) {
  const at::Tensor values = tensor.detach().to(at::kCPU, at::kDouble).contiguous();
  const double* begin = values.const_data_ptr<double>();
  const double* end = begin + values.numel();
  const auto count = static_cast<double>(values.numel());
  double sum = 0;
  for (const double* value = begin; value != end; ++value) {
    sum += *value;
  }
  const double mean = sum / count;
  double squares = 0;
  for (const double* value = begin; value != end; ++value) {
    squares += (*value - mean) * (*value - mean);
  }
  return std::sqrt(squares / count);
}

[[noreturn]] void throw_not_measured(const std::string& slot, Site site, std::string what) {
  throw core::Error(core::ErrorKind::kUsage,
                    {.what = std::move(what),
                     .where = "norm slot " + slot,
                     .todo = "give these slots a number instead of alpha0=auto, for instance "
                             "alpha0." +
                             site_name(site) + "=0.5"});
}

using NamedNorm = std::pair<std::string, Norm*>;

std::vector<NamedNorm> measuring_norms(torch::nn::Module& module) {
  std::vector<NamedNorm> norms;
  for (const auto& item : module.named_modules()) {
    auto* norm = dynamic_cast<Norm*>(item.value().get());
    if (norm != nullptr && norm->measures_alpha()) {
      norms.emplace_back(item.key().empty() ? "(root)" : item.key(), norm);
    }
  }
  return norms;
}

// Train mode and armed slots; at the end modes and buffers are as they were, whatever happened.
class MeasuringPass {
 public:
  MeasuringPass(torch::nn::Module& module, const std::vector<NamedNorm>& norms) : norms_(norms) {
    for (const auto& submodule : module.modules()) {
      modes_.emplace_back(submodule, submodule->is_training());
    }
    for (const at::Tensor& buffer : module.buffers()) {
      buffers_.emplace_back(buffer, buffer.clone());
    }
    module.train();
    for (const auto& [name, norm] : norms_) {
      norm->begin_measuring(name);
    }
  }
  ~MeasuringPass() {
    for (const auto& [name, norm] : norms_) {
      norm->end_measuring();
    }
    for (const auto& [buffer, value] : buffers_) {
      buffer.copy_(value);
    }
    for (const auto& [submodule, was_training] :
         modes_) {  // parents first: a child has the last word
      submodule->train(was_training);
    }
  }
  MeasuringPass(const MeasuringPass&) = delete;
  MeasuringPass& operator=(const MeasuringPass&) = delete;

 private:
  const std::vector<NamedNorm>& norms_;
  std::vector<std::pair<std::shared_ptr<torch::nn::Module>, bool>> modes_;
  std::vector<std::pair<at::Tensor, at::Tensor>> buffers_;
};

}  // namespace

void Norm::measure_alpha(const at::Tensor& input) {
  const std::string slot = *std::exchange(awaiting_, std::nullopt);
  const double std = population_std(input);
  if (!std::isfinite(std) || std == 0) {
    const std::string found = std::isnan(std) ? "nan" : core::number_text(std);  // never "-nan"
    throw_not_measured(
        slot, site_,
        "alpha0=auto cannot be measured: the slot's input has a standard deviation of " + found);
  }
  alpha_.detach().fill_(std::clamp(1 / std, kSmallestAlpha, kLargestAlpha));
}

bool Norm::end_measuring() { return !std::exchange(awaiting_, std::nullopt).has_value(); }

void calibrate(torch::nn::Module& module, const std::function<void()>& forward) {
  const std::vector<NamedNorm> norms = measuring_norms(module);
  if (norms.empty()) {
    return;
  }
  const at::NoGradGuard no_grad;
  const MeasuringPass pass(module, norms);
  forward();
  for (const auto& [name, norm] : norms) {
    if (!norm->end_measuring()) {
      throw_not_measured(
          name, norm->site(),
          "alpha0=auto cannot be measured: the training forward never reached the slot");
    }
  }
}

}  // namespace dyt::nn
