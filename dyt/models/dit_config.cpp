// SPDX-License-Identifier: Apache-2.0
// DitConfig of dit.h: its fields, what makes them fit together, the published sizes.
#include <array>

#include "dyt/core/lookup.h"
#include "dyt/models/config_checks.h"
#include "dyt/models/dit.h"
#include "dyt/nn/norm_spec.h"

namespace dyt::models {
namespace {

constexpr int64_t kLatentSide = 32;
constexpr int64_t kLatentChannels = 4;
constexpr int64_t kImagenetClasses = 1000;

constexpr std::array kSizes = {
    DitSize{"dit_s_2", 384, 12, 6, 2},    DitSize{"dit_s_4", 384, 12, 6, 4},
    DitSize{"dit_s_8", 384, 12, 6, 8},    DitSize{"dit_b_2", 768, 12, 12, 2},
    DitSize{"dit_b_4", 768, 12, 12, 4},   DitSize{"dit_b_8", 768, 12, 12, 8},
    DitSize{"dit_l_2", 1024, 24, 16, 2},  DitSize{"dit_l_4", 1024, 24, 16, 4},
    DitSize{"dit_l_8", 1024, 24, 16, 8},  DitSize{"dit_xl_2", 1152, 28, 16, 2},
    DitSize{"dit_xl_4", 1152, 28, 16, 4}, DitSize{"dit_xl_8", 1152, 28, 16, 8},
};

}  // namespace

std::span<const DitSize> dit_sizes() { return kSizes; }

DitConfig dit_config(std::string_view name) {
  const DitSize& size = core::find_row(dit_sizes(), name, "DiT size");
  return {.image_size = kLatentSide,
          .channels = kLatentChannels,
          .num_classes = kImagenetClasses,
          .patch_size = size.patch_size,
          .dim = size.dim,
          .depth = size.depth,
          .num_heads = size.num_heads};
}

void DitConfig::visit_fields(core::Fields& fields) {
  visit_image_fields(fields, *this);
  visit_transformer_fields(fields, *this);
  fields.add("learn_sigma", learn_sigma,
             {.help = "whether the network predicts the variance of a sampling step too"});
  fields.add("zero_init", zero_init,
             {.help = "whether modulations and output start at zero; auto: for norms, not for "
                      "point-wise functions; blocks: the blocks' modulations alone",
              .choices = {"auto", "on", "off", "blocks"}});
  fields.add("norm", norm,
             {.help = "the norm slot, kind[:key=value]..., as dyt:alpha0=1; always without weight "
                      "and bias"});
}

void DitConfig::validate() const {
  require_images(*this);
  require_transformer(*this);
  if (dim % 4 != 0) {
    throw_misfit("dim", "the position table has four parts of one width", "a number that 4 divides",
                 std::to_string(dim));
  }
  if (zero_init != "auto" && zero_init != "on" && zero_init != "off" && zero_init != "blocks") {
    throw_misfit("zero_init", "an unknown rule of what starts at zero", "auto, on, off or blocks",
                 zero_init);
  }
  nn::parse_norm_spec(norm);
}

}  // namespace dyt::models
