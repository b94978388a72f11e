// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/mixup.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "dyt/core/error.h"

namespace dyt::data {
namespace {

// Gamma(shape, 1).
double draw_gamma(double shape, core::RandomStream& random) {
  if (shape < 1) {
    // 1 - uniform() is in (0, 1].
    const double power = std::pow(1 - random.uniform(), 1 / shape);
    return draw_gamma(shape + 1, random) * power;
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = random.normal();
    const double root = 1 + c * x;
    if (root <= 0) {
      continue;
    }
    const double v = root * root * root;
    if (std::log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) {
      return d * v;
    }
  }
}

at::Tensor one_hot(const at::Tensor& labels, int64_t classes, double smoothing) {
  const double off = smoothing / static_cast<double>(classes);
  const at::Tensor rows =
      at::full({labels.size(0), classes}, off, labels.options().dtype(at::kFloat));
  return rows.scatter(1, labels.view({-1, 1}), 1 - smoothing + off);
}

}  // namespace

void MixConfig::visit_fields(core::Fields& fields) {
  fields.add("mixup", mixup,
             {.help = "Mixup's lam is drawn from Beta(mixup, mixup); 0: no Mixup", .min = 0});
  fields.add("cutmix", cutmix,
             {.help = "CutMix's lam is drawn from Beta(cutmix, cutmix); 0: no CutMix", .min = 0});
  fields.add("probability", probability,
             {.help = "probability that a batch is mixed", .min = 0, .max = 1});
  fields.add("cutmix_share", cutmix_share,
             {.help = "probability of CutMix where Mixup is on, too", .min = 0, .max = 1});
}

double draw_beta(double a, double b, core::RandomStream& random) {
  const double first = draw_gamma(a, random);
  const double second = draw_gamma(b, random);
  // Both underflow for tiny a and b only; the distribution then sits at the ends.
  return first + second > 0 ? first / (first + second) : 1.0;
}

Mix draw_mix(const MixConfig& config, const pixels::Size& image, core::RandomStream& random) {
  const bool mixed = random.uniform() < config.probability;
  const bool share = random.uniform() < config.cutmix_share;
  if (!mixed || (config.mixup == 0 && config.cutmix == 0)) {
    return {};
  }
  const bool is_cutmix = config.cutmix > 0 && (config.mixup == 0 || share);
  const double shape = is_cutmix ? config.cutmix : config.mixup;
  const double lam = draw_beta(shape, shape, random);
  if (!is_cutmix) {
    return {.lam = lam};
  }
  const auto row = static_cast<int64_t>(random.below(static_cast<uint64_t>(image.height)));
  const auto column = static_cast<int64_t>(random.below(static_cast<uint64_t>(image.width)));
  return cutmix_box(lam, row, column, image);
}

Mix cutmix_box(double lam, int64_t row, int64_t column, const pixels::Size& image) {
  const double ratio = std::sqrt(1 - lam);
  const auto part = [ratio](int64_t centre, int64_t side) {
    const int64_t half = static_cast<int64_t>(static_cast<double>(side) * ratio) / 2;
    const int64_t begin = std::clamp<int64_t>(centre - half, 0, side);
    return std::pair(begin, std::clamp<int64_t>(centre + half, 0, side) - begin);
  };
  const auto [top, height] = part(row, image.height);
  const auto [left, width] = part(column, image.width);
  const double share =
      static_cast<double>(height * width) / static_cast<double>(image.height * image.width);
  return {.lam = 1 - share,
          .box = pixels::Rectangle{.top = top, .left = left, .height = height, .width = width}};
}

void apply_mix(at::Tensor& images, const Mix& mix) {
  if (mix.lam == 1) {
    return;
  }
  if (images.size(0) % 2 != 0) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "Mixup and CutMix need batches of an even size",
                       .where = "configuration",
                       .found = std::to_string(images.size(0)) + " images",
                       .todo = "choose an even batch size, and leave out the last short batch"});
  }
  if (!mix.box) {
    const at::Tensor partner = images.flip(0).mul_(1 - mix.lam);
    images.mul_(mix.lam).add_(partner);
    return;
  }
  const auto part = [&mix](const at::Tensor& tensor) {
    return tensor.narrow(2, mix.box->top, mix.box->height).narrow(3, mix.box->left, mix.box->width);
  };
  part(images).copy_(part(images).flip(0));
}

at::Tensor soft_targets(const at::Tensor& labels, int64_t classes, double lam, double smoothing) {
  return one_hot(labels, classes, smoothing) * lam +
         one_hot(labels.flip(0), classes, smoothing) * (1 - lam);
}

}  // namespace dyt::data
