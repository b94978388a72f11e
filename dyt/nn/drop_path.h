// Stochastic depth (Huang et al., arXiv 1603.09382): in training a sample loses its whole branch
// with probability `rate`, and what stays is divided by 1 - rate.
//
//   set_random_place(model, seed, step);   // before each training forward
//
// The draws come from the stream (seed, "drop_path/<dotted name of the layer>", step): neither
// threads nor other layers change them.
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dyt::nn {

class DropPath final : public torch::nn::Module {
 public:
  // Error(kUsage) unless 0 <= rate < 1.
  explicit DropPath(double rate);

  // (B, ...) -> (B, ...). In training with rate > 0 the place must be set (else Error(kInternal)).
  at::Tensor forward(const at::Tensor& branch) const;

  double rate() const { return rate_; }
  void set_place(uint64_t seed, uint64_t step, std::string site);

 private:
  struct Place {
    uint64_t seed = 0;
    uint64_t step = 0;
    std::string site;
  };

  double rate_;
  std::optional<Place> place_;
};

// The rate of each block: from 0 for the first to `rate` for the last in equal steps.
std::vector<double> drop_path_rates(double rate, int64_t depth);

// Tells every layer of the module that draws at random where in the training it is.
void set_random_place(torch::nn::Module& module, uint64_t seed, int64_t step);

}  // namespace dyt::nn
