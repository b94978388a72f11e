// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/sample_pictures.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/core/hash.h"
#include "dyt/core/owned_folder.h"
#include "dyt/core/version.h"
#include "dyt/formats/png_write.h"
#include "dyt/models/diffusion_sampling.h"
#include "dyt/ops/device.h"
#include "dyt/tasks/diffusion.h"
#include "dyt/tasks/open_run.h"
#include "dyt/tasks/output_place.h"
#include "dyt/tasks/pretrained.h"

namespace dyt::tasks {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

// Pictures are always drawn in the same groups of this size, the last one too: in groups of another
// size a matrix product may round otherwise, and the bits would depend on how many are wanted.
constexpr int64_t kGroup = 32;
constexpr const char* kSettings = "samples.json";
constexpr size_t kNumberDigits = 6;

void check_draws_pictures(const SampleInput& input) {
  const RunConfig config = config_of_run(input.run);
  if (!std::holds_alternative<models::DitModel>(config.model.family)) {
    throw core::Error(core::ErrorKind::kUsage,
                      {.what = "only a run of diffusion draws pictures",
                       .where = input.run.string(),
                       .expected = "a run of model=dit or one of its relatives",
                       .found = "model " + config.model.name,
                       .todo = "train one: dyt train model=dit model.patch_size=4"});
  }
}

std::string padded(int64_t number, size_t digits) {
  const std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

// 000017.png
bool is_picture_name(const std::string& name) {
  const size_t digits = name.find_first_not_of("0123456789");
  return digits != std::string::npos && digits >= kNumberDigits && name.substr(digits) == ".png";
}

// One folder a class: its name, else its number, so that they sort by label.
std::vector<std::string> class_folders(const data::ImageData& data) {
  std::vector<std::string> names = data.class_names;
  const size_t digits = std::to_string(data.num_classes - 1).size();
  for (auto label = static_cast<int64_t>(names.size()); label < data.num_classes; ++label) {
    names.push_back(padded(label, digits));
  }
  for (std::string& name : names) {
    std::replace(name.begin(), name.end(), '/', '-');
  }
  return names;
}

// What decides the pictures' bits, and for people where they come from.
Json settings_of(const SampleInput& input, const OpenRun& run) {
  const DiffusionTaskConfig& diffusion = run.config.diffusion;
  return {{"version", 1},
          {"run", input.run.string()},
          {"checkpoint", run.checkpoint.filename().string()},
          {"weights", core::sha256_hex_of_file(run.checkpoint / evaluated_weights(run.config))},
          {"seed", run.config.seed},
          {"sampler", diffusion.sampler},
          {"sampling_steps", diffusion.sampling_steps},
          {"guidance", diffusion.guidance},
          {"device", ops::device_kind(ops::device_of(run.config.device))},
          {"results_version", core::kResultsVersion},
          {"data_differences", run.data_differences},
          {"count", input.count}};
}

core::FolderKind samples_folder_kind() { return {.kind = "set of samples", .names = {kSettings}}; }

[[noreturn]] void throw_other_folder(const fs::path& folder, std::string what, std::string expected,
                                     std::string found) {
  throw core::Error(core::ErrorKind::kUsage,
                    {.what = std::move(what),
                     .where = folder.string(),
                     .expected = std::move(expected),
                     .found = std::move(found),
                     .todo = "name another folder with --out, or remove this one"});
}

Json read_settings(const fs::path& file) {
  const Json settings = Json::parse(core::read_file(file), nullptr, /*allow_exceptions=*/false);
  if (!settings.is_object() || !settings.contains("count") ||
      !settings["count"].is_number_integer()) {
    throw core::Error(core::ErrorKind::kData,
                      {.what = "the description of the pictures cannot be read",
                       .where = file.string(),
                       .todo = "remove the folder, and the pictures are drawn again"});
  }
  return settings;
}

// An Error where a folder of ours holds pictures of other settings.
void check_settings(const fs::path& folder, const Json& settings) {
  if (!fs::exists(folder / kSettings)) {
    return;
  }
  const Json there = read_settings(folder / kSettings);
  for (const auto& [key, value] : settings.items()) {
    const bool is_free = key == "count" || key == "run" || key == "checkpoint";
    if (!is_free && there.value(key, Json()) != value) {
      throw_other_folder(folder, "the folder holds pictures of another " + key, value.dump(),
                         there.value(key, Json()).dump());
    }
  }
  if (there["count"].get<int64_t>() > settings["count"].get<int64_t>()) {
    throw_other_folder(folder, "the folder is for more pictures than are asked for",
                       "--count " + there["count"].dump() + " or more", settings["count"].dump());
  }
}

std::string png_of(const at::Tensor& pixels) {  // uint8 (C, H, W)
  const at::Tensor interleaved = pixels.permute({1, 2, 0}).contiguous();
  const uint8_t* first = interleaved.const_data_ptr<uint8_t>();
  return formats::png_bytes({.height = pixels.size(1),
                             .width = pixels.size(2),
                             .channels = pixels.size(0),
                             .pixels = {first, first + interleaved.numel()}});
}

// The folder's pictures, from what is there to all of them.
class Drawing {
 public:
  Drawing(const SampleInput& input, const core::OwnedFolder& folder, Diffusion& task,
          std::vector<std::string> classes)
      : input_(input), folder_(folder), task_(task), classes_(std::move(classes)) {
    for (int64_t n = 0; n < input_.count; ++n) {
      kept_ += is_there(n);
    }
    done_ = kept_;
  }

  void draw() {
    for (const std::string& name : classes_) {
      core::make_last_folder(input_.out / name);
      core::remove_leftovers(input_.out / name, is_picture_name);
    }
    for (int64_t begin = 0; begin < input_.count; begin += kGroup) {
      draw_group(begin, std::min(input_.count, begin + kGroup));
    }
  }

  int64_t kept() const { return kept_; }

 private:
  fs::path file_of(int64_t n) const {
    const auto label = static_cast<size_t>(n) % classes_.size();
    return input_.out / classes_[label] / (padded(n, kNumberDigits) + ".png");
  }

  bool is_there(int64_t n) const {
    std::error_code ignored;
    return fs::exists(file_of(n), ignored);
  }

  void draw_group(int64_t begin, int64_t end) {
    std::vector<int64_t> missing;
    for (int64_t n = begin; n < end; ++n) {
      if (!is_there(n)) {
        missing.push_back(n);
      }
    }
    if (missing.empty()) {
      return;
    }
    folder_.check_place();
    if (input_.stop.requested()) {
      stop();
    }
    const at::Tensor pixels = models::to_pixels(task_.drawn(begin, begin + kGroup));
    folder_.check_place();
    for (const int64_t n : missing) {
      core::write_file_atomic(file_of(n), png_of(pixels[n - begin]));
    }
    done_ += static_cast<int64_t>(missing.size());
    report();
  }

  void report() const {
    if (!input_.on_progress) {
      return;
    }
    const std::chrono::duration<double> elapsed = Clock::now() - begin_;
    const double rate = static_cast<double>(done_ - kept_) / elapsed.count();
    input_.on_progress({.done = done_,
                        .count = input_.count,
                        .rate_pictures_per_second = rate,
                        .time_left_seconds = static_cast<double>(input_.count - done_) / rate});
  }

  [[noreturn]] void stop() const {
    throw core::Error(core::ErrorKind::kInterrupted,
                      {.what = "stopped with " + std::to_string(done_) + " of " +
                               std::to_string(input_.count) + " pictures drawn",
                       .where = input_.out.string(),
                       .todo = "give the same command again to go on from there"});
  }

  const SampleInput& input_;
  const core::OwnedFolder& folder_;
  Diffusion& task_;
  std::vector<std::string> classes_;
  int64_t kept_ = 0, done_ = 0;
  Clock::time_point begin_ = Clock::now();
};

}  // namespace

SampleOutcome sample_pictures(const SampleInput& input) {
  check_draws_pictures(input);
  core::check_apart({"--out", input.out}, {{"the run", input.run}});
  const OpenRun run = open_run_to_look(input.run, input.which, input.overrides);
  check_output({"--out", input.out}, run.config);
  core::check_folder(input.out, samples_folder_kind());
  auto& task = dynamic_cast<Diffusion&>(*run.task);
  const Json settings = settings_of(input, run);
  core::OwnedFolder folder(input.out, samples_folder_kind());
  check_settings(input.out, settings);
  SampleOutcome outcome{.data_differences = run.data_differences,
                        .settings_json = settings.dump(2) + "\n",
                        .count = input.count};
  folder.write(kSettings, outcome.settings_json);
  Drawing drawing(input, folder, task, class_folders(run.images));
  drawing.draw();
  outcome.kept = drawing.kept();
  return outcome;
}

}  // namespace dyt::tasks
