#include "dyt/tasks/open_run.h"

#include <ATen/Parallel.h>

#include "dyt/core/error.h"
#include "dyt/io/tensor_file.h"
#include "dyt/tasks/presets.h"
#include "dyt/tasks/pretrained.h"

namespace dyt::tasks {
namespace {

namespace fs = std::filesystem;

// A comparison's folder is an easy mistake for one of its runs.
std::string other_folder_hint(const fs::path& folder) {
  std::error_code ignored;
  if (fs::exists(folder / "compare.json", ignored) || fs::exists(folder / "slots", ignored)) {
    return "this is a comparison's folder: name one of its runs, " +
           (folder / "slots/<slot>/seed-<k>").string();
  }
  return "name a folder that `dyt train` has written";
}

void check_checkpoint(const fs::path& run_folder, const std::string& which) {
  if (!fs::exists(run_folder / which / "model.safetensors")) {
    throw core::Error(core::ErrorKind::kData,
                      {.what = "the run has no checkpoint '" + which + "' yet",
                       .where = run_folder.string(),
                       .todo = "train it first, or say --checkpoint last"});
  }
}

}  // namespace

RunConfig config_of_run(const fs::path& run_folder, const std::vector<std::string>& overrides) {
  if (!fs::exists(run_folder / "config.toml")) {  // throws where it may not be looked for
    throw core::Error(core::ErrorKind::kData, {.what = "not a run folder: it has no config.toml",
                                               .where = run_folder.string(),
                                               .todo = other_folder_hint(run_folder)});
  }
  return resolve_config<RunConfig>({run_folder / "config.toml", overrides});
}

OpenRun open_run(const fs::path& run_folder, const std::string& which,
                 const std::vector<std::string>& overrides) {
  OpenRun run{.config = config_of_run(run_folder, overrides)};
  check_checkpoint(run_folder, which);
  run.checkpoint = fs::canonical(run_folder / which);
  at::set_num_threads(static_cast<int>(run.config.train.threads));
  run.images = data::open_data(run.config.data);
  run.data = run.images.name;
  fit_to_data(run.config, run.images);
  run.config.start.from.clear();  // the checkpoint has all weights
  run.task = make_task(run.config, run.images);
  io::load_tensors(run.checkpoint / evaluated_weights(run.config),
                   io::module_tensors(run.task->model()));
  return run;
}

OpenRun open_run_to_look(const fs::path& run_folder, const std::string& which,
                         std::vector<std::string> overrides) {
  const RunConfig config = config_of_run(run_folder, overrides);
  if (std::holds_alternative<models::DitModel>(config.model.family)) {
    overrides.push_back("diffusion.classifier=");
  }
  return open_run(run_folder, which, overrides);
}

}  // namespace dyt::tasks
