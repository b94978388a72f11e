// SPDX-License-Identifier: Apache-2.0
// The table of everything that can stand where a norm stands: one row a kind.
//
//   for (const NormRow& row : norm_table()) { list(row.name, row.summary); }
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "dyt/nn/norm_spec.h"

namespace dyt::nn {

class Norm;
struct NormSetup;

struct NormRow {
  std::string_view name;
  std::string_view summary;   // formula, for lists
  std::string_view alias_of;  // another row's name: this one only leads there
  bool statistics = false;    // a norm: takes eps
  bool impl = false;          // takes impl
  bool groups = false;        // takes groups
  bool weight = false;        // can have per-channel weights
  bool bias = false;          // can have per-channel biases
  std::string_view function;  // of the point-wise family (alpha, shift); empty: not one of it
  bool shift = false;         // default of the spec's `shift`
  std::shared_ptr<Norm> (*make)(const NormSetup& setup) = nullptr;
};

std::span<const NormRow> norm_table();

// The row of that kind, an alias followed. Error(kUsage) names the nearest kind.
const NormRow& norm_row(std::string_view kind);

}  // namespace dyt::nn
