// SPDX-License-Identifier: Apache-2.0
// The norm slot: whatever stands where a norm stands, behind one interface.
//
//   auto norm = make_norm(parse_norm_spec("dyt:alpha0=auto"), dim, Site::kAttention);
//   at::Tensor y = norm->forward(x);                       // (..., C) -> (..., C)
//   auto [y2, sum] = norm->forward_add(branch, residual);  // sum = branch + residual, y2 of it
#pragma once

#include <torch/nn/module.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "dyt/nn/norm_spec.h"

namespace dyt::nn {

struct NormRow;

enum class Layout {
  kChannelsLast,  // (..., C)
  kChannelsFirst  // (B, C, ...)
};

struct NormSum {
  at::Tensor y;    // the slot's output
  at::Tensor sum;  // its input: the residual stream goes on with it
};

// What stands behind the function; undefined where the slot has none.
struct Affine {
  at::Tensor weight, bias;  // (C)
};

struct NormSetup {
  const NormSpec& spec;
  const NormRow& row;
  int64_t channels = 0;
  Site site = Site::kAttention;
  Layout layout = Layout::kChannelsLast;
  at::TensorOptions options;  // type and device of the parameters
};

// Parameters, where the spec and the kind have them: alpha (1), weight (C), bias (C), shift (1).
class Norm : public torch::nn::Module {
 public:
  // Called with the slot's input (for forward_add: the sum) before the output is computed.
  using Observer = std::function<void(const Norm&, const at::Tensor& input)>;

  at::Tensor forward(const at::Tensor& input);
  // An undefined residual adds nothing: sum is the input itself.
  NormSum forward_add(const at::Tensor& input, const at::Tensor& residual);

  // Puts the parameters at their start: weight 1, bias 0, shift shift0, alpha alpha0. An alpha that
  // is to be measured is NaN until calibrate() or a checkpoint sets it, so that it cannot be
  // forgotten.
  void reset();

  const NormSpec& spec() const { return spec_; }
  const std::string& kind() const { return spec_.kind; }
  Site site() const { return site_; }
  Layout layout() const { return layout_; }
  int64_t channels() const { return channels_; }
  const at::Tensor& alpha() const { return alpha_; }  // undefined if the kind has none
  bool measures_alpha() const;                        // alpha0 is `auto` here

  // Hands weight and bias over: the slot goes on without them (see fold.h).
  Affine take_affine();

  // For inference: where no gradient is wanted, forward_add may write its results into its two
  // arguments. Only for a slot whose arguments nobody else reads.
  void set_in_place(bool in_place) { in_place_ = in_place; }
  bool in_place() const { return in_place_; }

  void set_observer(Observer observer) { observer_ = std::move(observer); }

  // For calibrate(): until end_measuring, the first input that arrives sets alpha. `name` is the
  // slot's dotted path, for errors. end_measuring says whether an input did arrive.
  void begin_measuring(std::string name) { awaiting_ = std::move(name); }
  bool end_measuring();

 protected:
  explicit Norm(const NormSetup& setup);

  virtual at::Tensor normalize(const at::Tensor& input) const = 0;
  // A fused implementation overrides it; this one adds and normalizes.
  virtual NormSum add_normalize(const at::Tensor& input, const at::Tensor& residual) const;

  const at::Tensor& weight() const { return weight_; }
  const at::Tensor& bias() const { return bias_; }
  const at::Tensor& shift() const { return shift_; }

 private:
  void see(const at::Tensor& input);
  void measure_alpha(const at::Tensor& input);

  NormSpec spec_;
  int64_t channels_;
  Site site_;
  Layout layout_;
  at::Tensor alpha_, weight_, bias_, shift_;
  bool in_place_ = false;
  Observer observer_;
  std::optional<std::string> awaiting_;
};

std::shared_ptr<Norm> make_norm(const NormSpec& spec, int64_t channels, Site site,
                                Layout layout = Layout::kChannelsLast,
                                const at::TensorOptions& options = {});

// Sets the alpha of every slot with alpha0 = auto in one pass of `forward`, which has to run the
// module on one training batch: alpha = 1 / std of the slot's input when it is first reached (for
// forward_add, of the sum), population over all elements, in fp64, clamped to [0.05, 20], before
// the slot computes its output; later visits keep it. Train mode, no gradient; modes and buffers
// are put back afterwards. Error(kUsage) names a slot whose std is 0 or not finite, or that is
// never reached. Without such slots nothing runs. Bits do not depend on the number of threads.
void calibrate(torch::nn::Module& module, const std::function<void()>& forward);

}  // namespace dyt::nn
