#include "dyt/nn/drop_path.h"

#include <ATen/ops/tensor.h>

#include "dyt/core/error.h"
#include "dyt/core/random.h"

namespace dyt::nn {

DropPath::DropPath(double rate) : rate_(rate) {
  if (!(rate >= 0 && rate < 1)) {
    throw core::Error(core::ErrorKind::kUsage, {.what = "a drop-path rate out of bounds",
                                                .expected = "at least 0, below 1",
                                                .found = std::to_string(rate)});
  }
}

void DropPath::set_place(uint64_t seed, uint64_t step, std::string site) {
  place_ = Place{seed, step, std::move(site)};
}

at::Tensor DropPath::forward(const at::Tensor& branch) const {
  if (!is_training() || rate_ == 0) {
    return branch;
  }
  if (!place_) {
    throw core::Error(core::ErrorKind::kInternal,
                      {.what = "drop path in training without a place in the random streams",
                       .todo = "call set_random_place before the forward"});
  }
  core::RandomStream stream(place_->seed, "drop_path/" + place_->site, {place_->step});
  const double keep = 1 - rate_;
  const int64_t B = branch.size(0);
  std::vector<double> factors;
  for (int64_t sample = 0; sample < B; ++sample) {
    factors.push_back(stream.uniform() < keep ? 1 / keep : 0.0);
  }
  std::vector<int64_t> shape(branch.dim(), 1);
  shape[0] = B;
  return branch * at::tensor(factors, at::kDouble).to(branch.options()).view(shape);
}

std::vector<double> drop_path_rates(double rate, int64_t depth) {
  std::vector<double> rates;
  for (int64_t block = 0; block < depth; ++block) {
    rates.push_back(depth > 1 ? rate * static_cast<double>(block) / static_cast<double>(depth - 1)
                              : 0.0);
  }
  return rates;
}

void set_random_place(torch::nn::Module& module, uint64_t seed, int64_t step) {
  for (const auto& item : module.named_modules()) {
    if (auto* layer = dynamic_cast<DropPath*>(item.value().get())) {
      layer->set_place(seed, static_cast<uint64_t>(step), item.key());
    }
  }
}

}  // namespace dyt::nn
