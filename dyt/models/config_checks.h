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

// The keys that every network for images has.
template <class Sizes>
void visit_image_fields(core::Fields& fields, Sizes& sizes) {
  fields.add("image_size", sizes.image_size,
             {.help = "side of the images in pixels; 0: the data's", .min = 0, .max = 4096});
  fields.add("channels", sizes.channels,
             {.help = "channels of the images; 0: the data's", .min = 0, .max = 1024});
  fields.add("num_classes", sizes.num_classes,
             {.help = "number of classes; 0: the data's", .min = 0, .max = 1000000});
}

template <class Sizes>
void require_images(const Sizes& sizes) {
  require_positive("image_size", sizes.image_size);
  require_positive("channels", sizes.channels);
  require_positive("num_classes", sizes.num_classes);
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
