// SPDX-License-Identifier: Apache-2.0
// A look into a run's checkpoint: its norm slots, what arrives at them, what its norms do.
//
//   const std::string text = inspect_run("runs/demo/slots/dyt/seed-0", {.which = "best"});
//   report::inspect_table_text(text);
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dyt::tasks {

struct InspectOptions {
  std::string which = "last";          // checkpoint, as open_run takes it
  std::vector<std::string> overrides;  // as of open_run()
};

// JSON, version 1:
//   version, run, checkpoint, step, slot, model, data, other_data (whether the data are not the
//   run's), data_differences (by what; lines), test_images, test_accuracy, test_loss, parameters
//   slots     one a norm slot, in forward order: number, name, site, kind, parameters, alpha,
//             inverse_std, input_std, input_max, saturated, level; null where it does not apply.
//             Measured over all test images, as at the end of an epoch
//   layers    name and parameters of the network's parts
//   alpha_and_spread   alpha and 1 / std of the point-wise slots and their correlation
//             (alpha_and_spread_json)
//   norms     as norm_maps_json, null where the network has no LayerNorm or RMSNorm
// Errors as open_run.
std::string inspect_run(const std::filesystem::path& run_folder, const InspectOptions& options);

// What the norms of the run's last checkpoint do on kMappedImages of its test images, some of every
// class, as JSON: images, maps (docs/compare-json.md, "norms"); "null" where the network has none.
std::string norm_maps_json(const std::filesystem::path& run_folder);

inline constexpr int64_t kMappedImages = 64;

}  // namespace dyt::tasks
