// Weights of a pre-training as the start of a classifier (MAE's and DINO's fine-tuning).
#pragma once

#include <filesystem>
#include <string>

namespace torch::nn {
class Module;
}

namespace dyt::tasks {

struct RunConfig;

// The file that `from` means: itself, or the last checkpoint's weights in a run's folder.
// Error(kData) where there is neither.
std::filesystem::path weights_file(const std::string& from);

// Copies the encoder's weights into the network as load_pretrained() (models/transfer.h) does, and
// starts the head; of a DINO run the teacher's. Without config.start.from nothing happens.
// Error(kData) for weights that do not fit; Error(kUsage) for a model that is no ViT.
void load_start(torch::nn::Module& network, const RunConfig& config);

}  // namespace dyt::tasks
