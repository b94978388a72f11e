// The table of models: one row a name, with the sizes that it stands for.
//
//   for (const ModelRow& row : model_table()) { list(row.name, row.summary); }
#pragma once

#include <span>
#include <string_view>

#include "dyt/models/vit.h"

namespace dyt::models {

struct ModelRow {
  std::string_view name;
  std::string_view summary;
  VitConfig config;  // channels and classes are the data's; average pooling, as in the DyT paper
  InitConfig init;
};

std::span<const ModelRow> model_table();

// Parameters of the row's network for RGB images and 1000 classes with that norm slot; rows without
// an image size are counted at 32. Counts on the meta device: no memory, no time.
int64_t parameter_count(const ModelRow& row, const std::string& norm = "layer_norm");

}  // namespace dyt::models
