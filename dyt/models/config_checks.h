// SPDX-License-Identifier: Apache-2.0
// What the models' configurations have in common: keys, and whether a network can be built.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dyt/core/config.h"
#include "dyt/core/error.h"

namespace dyt::models {

// Error(kUsage) at model.<key>.
[[noreturn]] inline void throw_misfit(const std::string& key, std::string what,
                                      std::string expected, const std::string& found) {
  throw core::Error(core::ErrorKind::kUsage, {.what = std::move(what),
                                              .where = "model." + key,
                                              .expected = std::move(expected),
                                              .found = found});
}

inline void require_positive(const std::string& key, int64_t value) {
  if (value < 1) {
    throw_misfit(key, "a size of the model is missing", "at least 1", std::to_string(value));
  }
}

// The keys that every network for images has, and the number of classes where it knows any.
template <class Sizes>
void visit_image_fields(core::Fields& fields, Sizes& sizes) {
  fields.add("image_size", sizes.image_size,
             {.help = "side of the images in pixels; 0: the data's", .min = 0, .max = 4096});
  fields.add("channels", sizes.channels,
             {.help = "channels of the images; 0: the data's", .min = 0, .max = 1024});
  if constexpr (requires { sizes.num_classes; }) {
    fields.add("num_classes", sizes.num_classes,
               {.help = "number of classes; 0: the data's", .min = 0, .max = 1000000});
  }
}

template <class Sizes>
void require_images(const Sizes& sizes) {
  require_positive("image_size", sizes.image_size);
  require_positive("channels", sizes.channels);
  if constexpr (requires { sizes.num_classes; }) {
    require_positive("num_classes", sizes.num_classes);
  }
}

// Those of a Transformer on patches.
template <class Sizes>
void visit_transformer_fields(core::Fields& fields, Sizes& sizes) {
  fields.add("patch_size", sizes.patch_size,
             {.help = "side of a patch; divides image_size", .min = 1, .max = 1024});
  fields.add("dim", sizes.dim, {.help = "width; divisible by num_heads", .min = 1, .max = 65536});
  fields.add("depth", sizes.depth, {.help = "number of blocks", .min = 1, .max = 1000});
  fields.add("num_heads", sizes.num_heads, {.help = "attention heads", .min = 1, .max = 1024});
  fields.add("mlp_ratio", sizes.mlp_ratio,
             {.help = "width of the MLP's hidden layer over dim", .min = 0.01, .max = 64});
}

template <class Sizes>
void require_transformer(const Sizes& sizes) {
  require_positive("patch_size", sizes.patch_size);
  require_positive("dim", sizes.dim);
  require_positive("depth", sizes.depth);
  require_positive("num_heads", sizes.num_heads);
  require_positive("mlp_ratio", sizes.hidden_dim());
  if (sizes.image_size % sizes.patch_size != 0) {
    throw_misfit("patch_size", "the image size is not divisible by the patch size",
                 "a number that divides " + std::to_string(sizes.image_size),
                 std::to_string(sizes.patch_size));
  }
  if (sizes.dim % sizes.num_heads != 0) {
    throw_misfit("num_heads", "the width is not divisible by the number of heads",
                 "a number that divides " + std::to_string(sizes.dim),
                 std::to_string(sizes.num_heads));
  }
}

inline void require_stages(const std::vector<int64_t>& depths, const std::vector<int64_t>& dims) {
  if (depths.empty() || depths.size() != dims.size()) {
    throw_misfit("dims", "every stage needs a depth and a width",
                 "as many as model.depths has: " + std::to_string(depths.size()),
                 std::to_string(dims.size()));
  }
  for (size_t stage = 0; stage < depths.size(); ++stage) {
    require_positive("depths", depths[stage]);
    require_positive("dims", dims[stage]);
  }
}

}  // namespace dyt::models
