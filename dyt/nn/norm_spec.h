// SPDX-License-Identifier: Apache-2.0
// What a model's configuration says about its norm slots, and its text form `kind[:key=value]...`.
//
//   NormSpec spec = parse_norm_spec("dyt:alpha0=auto");
//   norm_spec_text(parse_norm_spec("hardtanh:alpha0=0.50:shift=true"));   // linear_clip:shift=true
//
// Keys (a kind takes those that act on it; see norm_table.h):
//   eps               added to the variance inside the root
//   groups            of channels with statistics of their own
//   weight, bias      whether the per-channel affine parameters exist (true, false)
//   shift             whether the shift inside f exists; default: the kind's
//   alpha0            where alpha starts: a number, `paper` or `auto`
//   alpha0.<site>     a number for the slots of one site (site.h: attention, ffn, ...)
//   shift0            where shift starts
//   impl              `auto`, or `torch` for LibTorch's own implementation
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "dyt/nn/site.h"

namespace dyt::nn {

struct Alpha0 {
  enum class Rule {
    kNumber,  // `value`
    kPaper,   // published_alpha0(width, site)
    kAuto     // 1 / std of the slot's input, measured by calibrate()
  };
  Rule rule = Rule::kNumber;
  double value = 0.5;
  std::map<Site, double> by_site;  // sites that start at a number of their own

  bool operator==(const Alpha0&) const = default;
};

struct NormSpec {
  std::string kind = "layer_norm";
  double eps = 1e-6;
  int64_t groups = 32;
  bool weight = true;         // LLaMA form: no bias;
  bool bias = true;           // DiT form: neither
  std::optional<bool> shift;  // nothing: the kind's default
  Alpha0 alpha0;
  double shift0 = 0.0;
  std::string impl = "auto";

  bool operator==(const NormSpec&) const = default;
};

// Error(kUsage) on an unknown kind or key (the nearest one is named), a key that the kind does not
// take, a wrong value.
NormSpec parse_norm_spec(std::string_view text);

// The canonical text: the kind's own name (no alias), then the keys that differ from the defaults.
// parse_norm_spec(norm_spec_text(spec)) == spec for every spec that was parsed.
std::string norm_spec_text(const NormSpec& spec);

// The rule of the DyT paper (arXiv 2503.10622v2, section 7.2 and tables 10, 11 and 13) by the
// slot's width:
//   below 2048     0.5 everywhere (all vision, speech and DNA models; widths 128 to 1280)
//   from 2048      attention 1.0, others 0.5      (LLaMA)
//   from 4096      attention 0.8, others 0.2      (LLaMA 7B)
//   from 5120      attention 0.6, others 0.15     (LLaMA 13B)
//   from 8192      attention 0.2, others 0.05     (LLaMA 34B, 70B)
// At 1024 the paper has 1.0 for LLaMA and 0.5 for ViT-L, which diverges above 0.6: 0.5 is taken.
double published_alpha0(int64_t width, Site site);

// Where alpha starts in a slot of this width and site; nothing if it is measured (`auto`).
std::optional<double> alpha0_at(const NormSpec& spec, int64_t width, Site site);

// The one number that alpha starts at in every slot; nothing if the kind has no alpha, or if it is
// measured, by site or by the published rule.
std::optional<double> fixed_alpha0(const NormSpec& spec);

}  // namespace dyt::nn
