// What compare.json says about its configuration: only what decides results, so that the same
// comparison gives the same file wherever it goes and however many runs stand side by side.
#pragma once

#include <string>

#include "dyt/core/config.h"

namespace dyt::compare {

// The fields that are not marked identity = false; they point at the same targets.
core::Fields result_fields(const core::Fields& fields);

// "dyt compare key=value ..." with every result field that differs from `defaults` (the same fields
// of an untouched configuration), quoted for a shell. It repeats the comparison without a file.
std::string repeating_command(const core::Fields& fields, const core::Fields& defaults);

}  // namespace dyt::compare
