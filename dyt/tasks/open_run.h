// A checkpoint of a run folder with its data and its network, ready to be looked at.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "dyt/tasks/vision_task.h"

namespace dyt::tasks {

struct OpenRun {
  RunConfig config;                  // of config.toml and the overrides, fitted to the data
  std::filesystem::path checkpoint;  // canonical
  std::string data;                  // name of the data set
  data::ImageData images;            // the data themselves; the task's, not a copy
  std::unique_ptr<VisionTask> task;  // with the checkpoint's weights
};

// What a run's folder was trained with, not fitted to its data. Error(kData) for a folder that is
// no run.
RunConfig config_of_run(const std::filesystem::path& run_folder,
                        const std::vector<std::string>& overrides = {});

// `which`: "last", "best" or "checkpoints/step-N". Error(kData) for a folder that is no run or has
// no such checkpoint, and for a checkpoint that does not fit the configuration.
OpenRun open_run(const std::filesystem::path& run_folder, const std::string& which,
                 const std::vector<std::string>& overrides);

// The same without the network that its evaluations measure pictures by (diffusion.classifier),
// which may be gone by now.
OpenRun open_run_to_look(const std::filesystem::path& run_folder, const std::string& which,
                         std::vector<std::string> overrides);

}  // namespace dyt::tasks
