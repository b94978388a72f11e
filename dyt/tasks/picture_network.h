// SPDX-License-Identifier: Apache-2.0
// Networks that make a vector of a picture, by which sets of pictures are compared.
//
//   const PictureNetwork network = classifier_network("runs/classifier", {});
//   const PictureFeatures features = features_of(folder_pictures("samples"), network);
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "dyt/tasks/picture_source.h"

namespace dyt::tasks {

// A row a picture, on the CPU.
struct PictureFeatures {
  at::Tensor pooled;   // (N, D)
  at::Tensor spatial;  // (N, S); undefined but for Inception
  at::Tensor logits;   // (N, classes)
};

struct PictureNetwork {
  std::string name;      // for people: "Inception", "classifier runs/a"
  int64_t side = 0;      // of the pictures that it takes; 0: any
  int64_t channels = 3;  // grey pictures come three times where it is 3
  std::function<PictureFeatures(const at::Tensor& pixels)> run;  // uint8 (B, channels, H, W)
  std::vector<std::string> data_differences;  // of a classifier's data, as of OpenRun
};

// The network that FID is defined by (models/inception.h), with weights from a .safetensors file
// under its public names. Error(kUsage) for a file of another kind, Error(kData) for other weights.
PictureNetwork inception_network(const std::filesystem::path& weights, const std::string& device);

// The last checkpoint of a classifier's run, by the weights that it is evaluated by: what goes into
// its head, and its logits. `overrides`: as of open_run(). Error(kUsage) for a run of another kind.
PictureNetwork classifier_network(const std::filesystem::path& run,
                                  const std::vector<std::string>& overrides);

// `on_progress` is told how many pictures are done; may be empty. Error(kData) names a picture of a
// size or with colours that the network does not take, and one whose features are not finite.
PictureFeatures features_of(const PictureSource& source, const PictureNetwork& network,
                            const std::function<void(int64_t)>& on_progress = {});

}  // namespace dyt::tasks
