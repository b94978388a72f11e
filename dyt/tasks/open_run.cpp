// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/open_run.h"

#include <ATen/Parallel.h>

#include <optional>

#include "dyt/core/error.h"
#include "dyt/core/text.h"
#include "dyt/io/tensor_file.h"
#include "dyt/tasks/data_record.h"
#include "dyt/tasks/input_paths.h"
#include "dyt/tasks/presets.h"
#include "dyt/tasks/pretrained.h"
#include "dyt/train/checkpoint.h"

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

fs::path checkpoint_of(const fs::path& run_folder, const std::string& which) {
  const fs::path checkpoint = train::find_checkpoint(run_folder, which);
  if (!train::is_checkpoint(checkpoint)) {
    throw core::Error(core::ErrorKind::kData,
                      {.what = "the run has no checkpoint '" + which + "' yet",
                       .where = run_folder.string(),
                       .todo = "train it first, or say --checkpoint last"});
  }
  return fs::canonical(checkpoint);
}

// "data.folder = /home/me/pets", or the data set's name where no key names a place.
std::string places_text(const DataRecord& record) {
  std::vector<std::string> places;
  for (const auto& [key, path] : record.places) {
    places.push_back(key + " = " + path);
  }
  return places.empty() ? "the data set " + record.name : core::join(places, ", ");
}

[[noreturn]] void throw_data_misfit(const DataRecord& record, const std::string& what,
                                    const std::string& then, const std::string& now,
                                    const std::string& todo) {
  throw core::Error(core::ErrorKind::kData,
                    {.what = "the data do not fit the run's network: " + what,
                     .where = places_text(record),
                     .expected = then + ", as the run's own",
                     .found = now,
                     .todo = todo});
}

std::string channels_text(int64_t channels) {
  return channels == 1 ? "grey images" : "images in colours";
}

// Of data on purpose: what the network can be shown at all.
void fit_other_data(data::ImageData& images, const RunConfig& config, const DataRecord& then,
                    const DataRecord& now) {
  const auto side = [](int64_t size) {
    return std::to_string(size) + "x" + std::to_string(size) + " pixels";
  };
  if (now.num_classes != then.num_classes) {
    throw_data_misfit(now, "another number of classes", std::to_string(then.num_classes),
                      std::to_string(now.num_classes), "give data with the run's classes");
  }
  if (now.image_size != then.image_size) {
    throw_data_misfit(now, "another size", side(then.image_size), side(now.image_size),
                      "images of data.folder are brought to it by data.image_size=" +
                          std::to_string(then.image_size));
  }
  if (trains_on_rgb(config)) {
    return;  // the network sees all images in colours
  }
  if (now.channels > then.channels) {
    throw_data_misfit(
        now, "its channels", channels_text(then.channels), channels_text(now.channels),
        "convert the images to grey, for instance with ImageMagick: mogrify -path GREY "
        "-colorspace Gray *.png");
  }
  if (now.channels < then.channels) {  // as of a grey image in a folder of coloured ones
    for (data::ImageSplit* split : {&images.train, &images.test}) {
      split->images = split->images.expand({-1, then.channels, -1, -1}).contiguous();
    }
    images.channels = then.channels;
  }
}

// nullopt for a run without a readable record, which only `other_data` forgives.
std::optional<DataRecord> record_of_run(const fs::path& run_folder, bool other_data) {
  try {
    return read_data_record(run_folder);
  } catch (const core::Error&) {
    if (!other_data) {
      throw;
    }
    return std::nullopt;
  }
}

}  // namespace

OpenKeys open_keys(const std::vector<std::string>& assignments) {
  OpenKeys keys;
  core::Fields fields;
  fields.add("other_data", keys.other_data, {.help = kOtherDataHelp});
  for (const std::string& assignment : assignments) {
    if (assignment.starts_with("other_data=")) {
      core::apply_override(fields, assignment);
    } else {
      keys.overrides.push_back(assignment);
    }
  }
  return keys;
}

RunConfig config_of_run(const fs::path& run_folder, const std::vector<std::string>& overrides) {
  if (!fs::exists(run_folder / "config.toml")) {  // throws where it may not be looked for
    throw core::Error(core::ErrorKind::kData, {.what = "not a run folder: it has no config.toml",
                                               .where = run_folder.string(),
                                               .todo = other_folder_hint(run_folder)});
  }
  auto config =
      resolve_config<RunConfig>({.file = run_folder / "config.toml", .overrides = overrides});
  make_inputs_absolute(config);
  return config;
}

RunData data_of_run(const fs::path& run_folder, const RunConfig& config, bool other_data) {
  const std::optional<DataRecord> then = record_of_run(run_folder, other_data);
  RunData data{.images = data::open_data(config.data)};
  if (!then) {
    data.differences = {"not known: the run has no readable data.json"};
    return data;
  }
  const DataRecord now = record_of(data.images, config.data);
  data.differences = data_differences(*then, now);
  if (!data.differences.empty() && !other_data) {
    throw core::Error(core::ErrorKind::kData,
                      {.what = "the data are not those that the run was trained on",
                       .where = run_folder.string() + ", " + places_text(now),
                       .found = core::join(data.differences, "\n            "),
                       .todo = "give the run its data back, or say that others are meant: "
                               "other_data=true"});
  }
  fit_other_data(data.images, config, *then, now);
  return data;
}

OpenRun open_run(const fs::path& run_folder, const std::string& which,
                 const std::vector<std::string>& assignments) {
  const OpenKeys keys = open_keys(assignments);
  OpenRun run{.config = config_of_run(run_folder, keys.overrides)};
  run.checkpoint = checkpoint_of(run_folder, which);
  at::set_num_threads(static_cast<int>(run.config.train.threads));
  RunData data = data_of_run(run_folder, run.config, keys.other_data);
  run.images = std::move(data.images);
  run.data_differences = std::move(data.differences);
  run.data = run.images.name;
  fit_to_data(run.config, run.images);
  run.config.start.from.clear();  // the checkpoint has all weights
  run.task = make_task(run.config, run.images);
  io::load_tensors(train::checked_part(run.checkpoint, evaluated_weights(run.config)),
                   io::module_tensors(run.task->model()));
  return run;
}

OpenRun open_run_to_look(const fs::path& run_folder, const std::string& which,
                         std::vector<std::string> assignments) {
  const RunConfig config = config_of_run(run_folder, open_keys(assignments).overrides);
  if (std::holds_alternative<models::DitModel>(config.model.family)) {
    assignments.emplace_back("diffusion.classifier=");
  }
  return open_run(run_folder, which, assignments);
}

}  // namespace dyt::tasks
