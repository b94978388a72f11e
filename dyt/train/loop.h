// SPDX-License-Identifier: Apache-2.0
// The training loop: steps, evaluation after every epoch, checkpoints, resuming, divergence.
#pragma once

#include <functional>

#include "dyt/core/stop.h"
#include "dyt/optim/optim_config.h"
#include "dyt/train/run_folder.h"
#include "dyt/train/task.h"
#include "dyt/train/train_config.h"

namespace dyt::train {

struct Progress {
  int64_t step = 0, steps = 0;
  int64_t epoch = 0, epochs = 0;  // epoch: 1-based, the one being trained
  double loss = 0;
  std::optional<double> accuracy;  // of the last evaluation
  double rate_images_per_second = 0;
  double time_left_seconds = 0;
};

struct LoopInput {
  Task& task;
  RunFolder& folder;
  const TrainConfig& train;
  const optim::OptimConfig& optim;
  const core::StopFlag& stop;
  std::function<void(const Progress&)> on_progress;  // after every step; may be empty
};

enum class RunStatus { kFinished, kDiverged };

// Trains to the end, from the newest checkpoint where the folder has one, and writes result.json. A
// training loss that is not finite, or weights after the last step, end the run as diverged: a
// result, not an error. A request to stop, heard between steps and by an evaluation's batches,
// saves a checkpoint and throws Error(kInterrupted); an evaluation that it cut off is made when the
// run goes on. Weights that are not finite are never saved.
RunStatus run_training(const LoopInput& input);

}  // namespace dyt::train
