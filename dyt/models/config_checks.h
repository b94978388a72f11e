// What the models' configurations have in common when they look whether a network can be built.
#pragma once

#include <cstdint>
#include <string>

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

}  // namespace dyt::models
