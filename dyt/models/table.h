// SPDX-License-Identifier: Apache-2.0
// The table of models: one row a name, with the family, the sizes and the start values that it
// stands for; and the families, each with the model that shows its keys.
//
//   for (const ModelRow& row : model_table()) { list(row.name, row.summary); }
#pragma once

#include <span>
#include <string_view>

#include "dyt/models/model_config.h"

namespace dyt::models {

struct ModelRow {
  std::string_view name;
  std::string_view summary;
  ModelConfig config;  // channels (but of DiT on latents) and classes are the data's
};

std::span<const ModelRow> model_table();

// The row's configuration; Error(kUsage) offers the nearest name.
const ModelConfig& find_model(std::string_view name);

// The rows of any size, one a family: their keys are the family's.
std::vector<std::string> family_names();

// Parameters of the row's network for RGB images and, of a classifier, 1000 classes with that norm
// slot; of self-distillation the student's; rows without an image size are counted at 32. Counts on
// the meta device: no memory, no time.
int64_t parameter_count(const ModelRow& row, const std::string& norm = "layer_norm");

}  // namespace dyt::models
