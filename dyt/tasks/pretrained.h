// SPDX-License-Identifier: Apache-2.0
// Weights of a pre-training as the start of a classifier (MAE's and DINO's fine-tuning).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "dyt/models/probe_classifier.h"
#include "dyt/tasks/start_report.h"

namespace torch::nn {
class Module;
}

namespace dyt::tasks {

struct RunConfig;

inline constexpr std::string_view kStartFrom = "start.from";

// The file of a checkpoint that holds the weights which the run's accuracy is of: the moving
// average where it is evaluated instead of the weights.
std::string evaluated_weights(const RunConfig& config);

// The file that `from` means: itself, or the last checkpoint's weights in a run's folder.
// Error(kData), which names the key, where there is neither, and where that checkpoint is damaged.
std::filesystem::path weights_file(const std::string& from, std::string_view key = kStartFrom);

// The folder of the run that those weights are of: `from` itself, or, of a file (a link is
// followed), the folder with a run's config.toml that it lies in, at most two folders further up.
// Nothing for a file that is of no run.
std::optional<std::filesystem::path> run_of_weights(const std::string& from);

// Of start.probe, which must not be none.
models::ProbeKind probe_kind(const std::string& name);

// Copies the encoder's weights into the network as load_pretrained() (models/transfer.h) does, and
// starts the head of a ViT or ConvNeXt; of a DINO run the teacher's. A position table of another
// grid is resampled by timm's rule where a supervised ViT's run made it, else by MAE's. Without
// config.start.from nothing happens, and the report is empty. Error(kData) for weights that do not
// fit, are not finite or not of floating-point numbers; Error(kUsage) for a model that is neither,
// and for a run of other settings than start_rules.h allows.
StartReport load_start(torch::nn::Module& network, const RunConfig& config);

}  // namespace dyt::tasks
