// SPDX-License-Identifier: Apache-2.0
#include "dyt/nn/norm_spec.h"

#include <gtest/gtest.h>

#include "dyt/nn/norm_table.h"
#include "tests/support/expect_error.h"

namespace dyt::nn {
namespace {

using core::ErrorKind;
using testing::expect_error;

TEST(NormSpec, EveryKindReadsBackItself) {
  for (const NormRow& row : norm_table()) {
    const NormSpec spec = parse_norm_spec(row.name);
    const std::string kind(row.alias_of.empty() ? row.name : row.alias_of);
    EXPECT_EQ(spec.kind, kind);
    EXPECT_EQ(norm_spec_text(spec), kind);
    EXPECT_EQ(spec, NormSpec{.kind = kind});
  }
}

struct TextCase {
  std::string given;
  std::string canonical;
};

TEST(NormSpec, CanonicalText) {
  const TextCase cases[] = {
      {" dyt:alpha0=auto ", "dyt:alpha0=auto"},
      {"dyt:alpha0=0.50", "dyt"},  // the default, written out
      {"hardtanh:alpha0=1:bias=false", "linear_clip:bias=false:alpha0=1"},  // alias, own order
      {"derf:shift=true", "derf"},  // the kind's own default
      {"derf:shift=false", "derf:shift=false"},
      {"dyt:shift=true:shift0=0.25", "dyt:shift=true:shift0=0.25"},
      {"dyt:alpha0.attention=0.8:alpha0.ffn=0.2:alpha0.final=0.2",
       "dyt:alpha0.attention=0.8:alpha0.ffn=0.2:alpha0.final=0.2"},
      {"dyt:alpha0=paper:alpha0.qk=4", "dyt:alpha0=paper:alpha0.qk=4"},
      {"layer_norm:eps=0.00001:impl=torch", "layer_norm:eps=1e-05:impl=torch"},
      {"rms_norm:weight=false", "rms_norm:weight=false"},
      {"batch_norm:eps=1e-5", "batch_norm:eps=1e-05"},
      {"group_norm_per_token:groups=8", "group_norm_per_token:groups=8"},
      {"group_norm_per_token:groups=32", "group_norm_per_token"},
  };
  for (const TextCase& c : cases) {
    const NormSpec spec = parse_norm_spec(c.given);
    EXPECT_EQ(norm_spec_text(spec), c.canonical) << c.given;
    EXPECT_EQ(parse_norm_spec(c.canonical), spec) << c.given;
  }
}

TEST(NormSpec, ErrorsNameTheNearest) {
  const ErrorKind usage = ErrorKind::kUsage;
  expect_error(usage, "unknown norm slot 'layernorm'", [] { parse_norm_spec("layernorm"); });
  expect_error(usage, "did you mean 'layer_norm'?", [] { parse_norm_spec("layernorm"); });
  expect_error(usage, "did you mean 'hardtanh'?", [] { parse_norm_spec("hard_tanh"); });
  expect_error(usage, "unknown norm slot ''", [] { parse_norm_spec(""); });
  expect_error(usage, "did you mean 'alpha0'", [] { parse_norm_spec("dyt:alpha=1"); });
  expect_error(usage, "unknown key 'alpha0'", [] { parse_norm_spec("layer_norm:alpha0=1"); });
  expect_error(usage, "unknown key 'eps'", [] { parse_norm_spec("dyt:eps=1"); });
  expect_error(usage, "unknown key 'impl'", [] { parse_norm_spec("batch_norm:impl=torch"); });
  expect_error(usage, "unknown key 'groups'", [] { parse_norm_spec("layer_norm:groups=2"); });
  expect_error(usage, "unknown key 'bias'", [] { parse_norm_spec("rms_norm:bias=true"); });
  expect_error(usage, "unknown key 'alpha0.atention'",
               [] { parse_norm_spec("dyt:alpha0.atention=1"); });
  expect_error(usage, "not an assignment: 'auto'", [] { parse_norm_spec("dyt:auto"); });
  expect_error(usage, "paper or auto", [] { parse_norm_spec("dyt:alpha0=fast"); });
  expect_error(usage, "paper or auto", [] { parse_norm_spec("dyt:alpha0=0"); });
  expect_error(usage, "paper or auto", [] { parse_norm_spec("dyt:alpha0=nan"); });
  expect_error(usage, "norm slot 'dyt:alpha0.ffn=-1'",
               [] { parse_norm_spec("dyt:alpha0.ffn=-1"); });
  expect_error(usage, "one of true, false", [] { parse_norm_spec("dyt:shift=maybe"); });
  expect_error(usage, "has no shift here", [] { parse_norm_spec("dyt:shift0=0.1"); });
  expect_error(usage, "one of auto, torch", [] { parse_norm_spec("layer_norm:impl=torhc"); });
}

TEST(Alpha0, RuleNumberSiteAndPaper) {
  const NormSpec by_site = parse_norm_spec("dyt:alpha0=0.2:alpha0.attention=0.8");
  EXPECT_EQ(alpha0_at(by_site, 64, Site::kAttention), 0.8);
  EXPECT_EQ(alpha0_at(by_site, 64, Site::kFinal), 0.2);
  const NormSpec measured = parse_norm_spec("dyt:alpha0=auto:alpha0.final=1");
  EXPECT_EQ(alpha0_at(measured, 64, Site::kFfn), std::nullopt);
  EXPECT_EQ(alpha0_at(measured, 64, Site::kFinal), 1.0);
  const NormSpec paper = parse_norm_spec("dyt:alpha0=paper");
  EXPECT_EQ(alpha0_at(paper, 4096, Site::kAttention), 0.8);
}

TEST(Alpha0, FixedIsOneNumberForAllSlots) {
  EXPECT_EQ(fixed_alpha0(parse_norm_spec("dyt")), 0.5);
  EXPECT_EQ(fixed_alpha0(parse_norm_spec("derf:alpha0=1")), 1.0);
  EXPECT_EQ(fixed_alpha0(parse_norm_spec("dyt:alpha0=auto")), std::nullopt);
  EXPECT_EQ(fixed_alpha0(parse_norm_spec("dyt:alpha0=paper")), std::nullopt);
  EXPECT_EQ(fixed_alpha0(parse_norm_spec("dyt:alpha0.ffn=1")), std::nullopt);
  EXPECT_EQ(fixed_alpha0(parse_norm_spec("layer_norm")), std::nullopt);
}

TEST(Alpha0, PublishedRule) {
  struct Row {
    int64_t width;
    double attention, other;
  };
  const Row rows[] = {{64, 0.5, 0.5},    {768, 0.5, 0.5},   {1280, 0.5, 0.5},
                      {2048, 1.0, 0.5},  {4096, 0.8, 0.2},  {5120, 0.6, 0.15},
                      {6000, 0.6, 0.15}, {8192, 0.2, 0.05}, {8196, 0.2, 0.05}};
  for (const Row& row : rows) {
    EXPECT_EQ(published_alpha0(row.width, Site::kAttention), row.attention) << row.width;
    EXPECT_EQ(published_alpha0(row.width, Site::kFfn), row.other) << row.width;
    EXPECT_EQ(published_alpha0(row.width, Site::kFinal), row.other) << row.width;
  }
}

// PyTorch's module of that name takes an image's statistics, ours a token's.
TEST(NormSpec, GroupNormHasTheNameOfWhatItComputes) {
  testing::expect_error(core::ErrorKind::kUsage, "now called group_norm_per_token",
                        [] { parse_norm_spec("group_norm:groups=4"); });
}

}  // namespace
}  // namespace dyt::nn
