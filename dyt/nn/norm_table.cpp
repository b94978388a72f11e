// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/norm_table.h"

#include <array>

#include "dyt/core/error.h"
#include "dyt/core/lookup.h"
#include "dyt/nn/norm.h"
#include "dyt/nn/norm_kinds.h"

namespace dyt::nn {
namespace {

template <class Kind>
std::shared_ptr<Norm> make(const NormSetup& setup) {
  return std::make_shared<Kind>(setup);
}

// A function of the Derf paper (arXiv 2512.10938) under its name there, with a shift as there.
constexpr NormRow family(std::string_view name, std::string_view summary) {
  return {.name = name,
          .summary = summary,
          .weight = true,
          .bias = true,
          .function = name,
          .shift = true,
          .make = make<PointwiseNorm>};
}

constexpr std::array kRows = {
    NormRow{.name = "layer_norm",
            .summary = "weight * (x - mean) / sqrt(var + eps) + bias, statistics over the channels",
            .statistics = true,
            .impl = true,
            .weight = true,
            .bias = true,
            .make = make<StatisticsNorm>},
    NormRow{.name = "rms_norm",
            .summary = "weight * x / sqrt(mean(x^2) + eps), statistics over the channels",
            .statistics = true,
            .impl = true,
            .weight = true,
            .make = make<StatisticsNorm>},
    NormRow{.name = "batch_norm",
            .summary = "weight * (x - mean) / sqrt(var + eps) + bias, statistics of a channel over "
                       "batch and tokens; in evaluation running ones",
            .statistics = true,
            .weight = true,
            .bias = true,
            .make = make<BatchNorm>},
    NormRow{.name = "group_norm_per_token",
            .summary = "weight * (x - mean) / sqrt(var + eps) + bias, statistics over a group of a "
                       "token's channels; not PyTorch's GroupNorm, whose are over a whole image",
            .statistics = true,
            .groups = true,
            .weight = true,
            .bias = true,
            .make = make<GroupNorm>},
    NormRow{.name = "none", .summary = "x: no norm at all", .make = make<NoNorm>},
    NormRow{.name = "dyt",
            .summary = "weight * tanh(alpha * x) + bias: Dynamic Tanh",
            .weight = true,
            .bias = true,
            .function = "tanh",
            .make = make<PointwiseNorm>},
    NormRow{.name = "derf",
            .summary = "weight * erf(alpha * x + shift) + bias: Derf",
            .weight = true,
            .bias = true,
            .function = "erf",
            .shift = true,
            .make = make<PointwiseNorm>},
    NormRow{.name = "isru",
            .summary = "weight * u / sqrt(1 + u^2) + bias, u = alpha * x: DyISRU",
            .weight = true,
            .bias = true,
            .function = "isru",
            .make = make<PointwiseNorm>},
    NormRow{.name = "linear_clip",
            .summary = "weight * clip(alpha * x, -1, 1) + bias",
            .weight = true,
            .bias = true,
            .function = "linear_clip",
            .make = make<PointwiseNorm>},
    NormRow{.name = "sigmoid",
            .summary = "weight * 1 / (1 + exp(-alpha * x)) + bias, from 0 to 1: not odd",
            .weight = true,
            .bias = true,
            .function = "sigmoid",
            .make = make<PointwiseNorm>},
    family("arctan", "weight * f(u) + bias, f = 2/pi * atan(u), u = alpha * x + shift"),
    family("satursin",
           "weight * f(u) + bias, f = sin(clip(u, -pi/2, pi/2)), u = alpha * x + shift"),
    family("smoothsign", "weight * f(u) + bias, f = u / (1 + |u|), u = alpha * x + shift"),
    family("relsign", "weight * f(u) + bias, f = u / (1 + sqrt(1 + u^2)), u = alpha * x + shift"),
    family("expsign", "weight * f(u) + bias, f = sign(u) * (1 - exp(-|u|)), u = alpha * x + shift"),
    family("exproot",
           "weight * f(u) + bias, f = sign(u) * (1 - exp(-sqrt(|u|))), u = alpha * x + shift"),
    family("cubsign", "weight * f(u) + bias, f = u^3 / (1 + |u|^3), u = alpha * x + shift"),
    family(
        "saturlog",
        "weight * f(u) + bias, f = sign(u) * L / (1 + L), L = ln(1 + |u|), u = alpha * x + shift"),
    family("logsign_clip",
           "weight * f(u) + bias, f = clip(sign(u) * ln(1 + |u|), -1, 1), u = alpha * x + shift"),
    family("logquad_clip",
           "weight * f(u) + bias, f = clip(sign(u) * ln(1 + u^2), -1, 1), u = alpha * x + shift"),
    family("power23_clip",
           "weight * f(u) + bias, f = clip(sign(u) * |u|^(2/3), -1, 1), u = alpha * x + shift"),
    NormRow{.name = "smoothsign_clip",
            .summary = "another name of smoothsign, which never reaches the clip",
            .alias_of = "smoothsign"},
    NormRow{
        .name = "hardtanh", .summary = "another name of linear_clip", .alias_of = "linear_clip"},
};

}  // namespace

std::span<const NormRow> norm_table() { return kRows; }

const NormRow& norm_row(std::string_view kind) {
  if (kind == "group_norm") {
    throw core::Error(
        core::ErrorKind::kUsage,
        {.what = "the norm slot group_norm is now called group_norm_per_token",
         .where = "norm slot",
         .expected = "group_norm_per_token: statistics of each token (pixel) by itself",
         .found = "group_norm, which in PyTorch takes them over a whole image",
         .todo = "write group_norm_per_token: it computes what group_norm did here"});
  }
  const NormRow& row = core::find_row(norm_table(), kind, "norm slot");
  return row.alias_of.empty() ? row : core::find_row(norm_table(), row.alias_of, "norm slot");
}

}  // namespace dyt::nn
