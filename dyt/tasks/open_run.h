// SPDX-License-Identifier: Apache-2.0
// A checkpoint of a run folder with its data and its network, ready to be looked at.
//
//   const OpenRun run = open_run("runs/a", "last", {"data.folder=new", "other_data=true"});
//   for (const std::string& line : run.data_differences) {
//     show(line);   // to be said beside every result
//   }
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "dyt/tasks/vision_task.h"

namespace dyt::tasks {

// Assignments that win over a run's config.toml and, among them, other_data=true: the data need not
// be those that the run was trained on.
struct OpenKeys {
  std::vector<std::string> overrides;  // of the run's configuration
  bool other_data = false;
};

// Error(kUsage) for a wrong value of other_data.
OpenKeys open_keys(const std::vector<std::string>& assignments);

// For --help.
inline constexpr const char* kOtherDataHelp =
    "other_data=true takes data that are not the run's; the result says so";

struct OpenRun {
  RunConfig config;                  // of config.toml and the overrides, fitted to the data
  std::filesystem::path checkpoint;  // canonical
  std::string data;                  // name of the data set
  data::ImageData images;            // the data themselves; the task's, not a copy
  std::unique_ptr<VisionTask> task;  // with the checkpoint's weights
  // By what the data are not those of the run's data.json; empty without other_data=true.
  std::vector<std::string> data_differences;
};

// What a run's folder was trained with, not fitted to its data. Error(kData) for a folder that is
// no run.
RunConfig config_of_run(const std::filesystem::path& run_folder,
                        const std::vector<std::string>& overrides = {});

struct RunData {
  data::ImageData images;
  std::vector<std::string> differences;
};

// The data of the run, compared with its data.json: checksums, classes, split. Error(kData) says
// what differs, unless `other_data`; and whatever that says for data without the run's number of
// classes, size or channels. Grey images for a run in colours get three equal channels.
RunData data_of_run(const std::filesystem::path& run_folder, const RunConfig& config,
                    bool other_data);

// `which`: "last", "best" or "checkpoints/step-N". Error(kData) for a folder that is no run or has
// no such checkpoint, for a checkpoint that does not fit the configuration, and as data_of_run.
OpenRun open_run(const std::filesystem::path& run_folder, const std::string& which,
                 const std::vector<std::string>& assignments);

// The same without the network that its evaluations measure pictures by (diffusion.classifier),
// which may be gone by now.
OpenRun open_run_to_look(const std::filesystem::path& run_folder, const std::string& which,
                         std::vector<std::string> assignments);

}  // namespace dyt::tasks
