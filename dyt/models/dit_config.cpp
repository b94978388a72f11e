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
  fields.add("image_size", image_size,
             {.help = "side of the latents or images; 0: the data's", .min = 0, .max = 4096});
  fields.add("channels", channels,
             {.help = "channels of the latents or images; 0: the data's", .min = 0, .max = 1024});
  fields.add("num_classes", num_classes,
             {.help = "number of classes; 0: the data's", .min = 0, .max = 1000000});
  fields.add("patch_size", patch_size,
             {.help = "side of a patch; divides image_size", .min = 1, .max = 1024});
  fields.add("dim", dim,
             {.help = "width; divisible by num_heads and by 4", .min = 4, .max = 65536});
  fields.add("depth", depth, {.help = "number of blocks", .min = 1, .max = 1000});
  fields.add("num_heads", num_heads, {.help = "attention heads", .min = 1, .max = 1024});
  fields.add("mlp_ratio", mlp_ratio,
             {.help = "width of the MLP's hidden layer over dim", .min = 0.01, .max = 64});
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
  require_positive("image_size", image_size);
  require_positive("channels", channels);
  require_positive("num_classes", num_classes);
  require_positive("patch_size", patch_size);
  require_positive("dim", dim);
  require_positive("depth", depth);
  require_positive("num_heads", num_heads);
  require_positive("mlp_ratio", hidden_dim());
  if (image_size % patch_size != 0) {
    throw_misfit("patch_size", "the image size is not divisible by the patch size",
                 "a number that divides " + std::to_string(image_size), std::to_string(patch_size));
  }
  if (dim % num_heads != 0) {
    throw_misfit("num_heads", "the width is not divisible by the number of heads",
                 "a number that divides " + std::to_string(dim), std::to_string(num_heads));
  }
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
