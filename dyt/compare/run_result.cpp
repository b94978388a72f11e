// SPDX-License-Identifier: Apache-2.0
#include "dyt/compare/run_result.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/formats/json_lines.h"

namespace dyt::compare {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kResultVersion = 1;
constexpr const char* kStartAfresh =
    "remove this run's folder: then it alone is trained again; or run everything again with "
    "--fresh";

// Runs `read` and turns JSON's exceptions into errors that name the place.
void read_checked(const std::string& where, const std::function<void()>& read) {
  try {
    read();
  } catch (const Json::exception& error) {
    throw core::Error(core::ErrorKind::kData, {.what = "not what a run writes",
                                               .where = where,
                                               .found = error.what(),
                                               .todo = kStartAfresh});
  }
}

std::optional<double> number_or_null(const Json& object, const char* key) {
  const Json& value = object.at(key);
  return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

void add_traces(const Json& line, const char* key, std::vector<SlotTrace>& traces) {
  for (const auto& [name, value] : line.at(key).items()) {
    auto trace = std::find_if(traces.begin(), traces.end(),
                              [&](const SlotTrace& item) { return item.name == name; });
    if (trace == traces.end()) {
      trace = traces.insert(traces.end(), {name, {}});
    }
    trace->values.push_back(value.is_null() ? std::nullopt : std::optional(value.get<double>()));
  }
}

void read_metrics_line(const Json& line, RunResult& result) {
  result.curve.push_back({.epoch = line.at("epoch"),
                          .train_loss = number_or_null(line, "train_loss"),
                          .test_loss = number_or_null(line, "test_loss"),
                          .test_accuracy = number_or_null(line, "test_accuracy")});
  add_traces(line, "alpha", result.alphas);
  add_traces(line, "input_std", result.input_stds);
}

void read_metrics(const fs::path& path, RunResult& result) {
  for (const formats::JsonLine& line : formats::read_json_lines(path)) {
    read_checked(path.string() + ", line " + std::to_string(line.number),
                 [&] { read_metrics_line(Json::parse(line.text), result); });
  }
}

void read_health(const Json& list, RunResult& result) {
  for (const Json& item : list) {
    result.health.push_back({.name = item.at("name"),
                             .site = item.at("site"),
                             .alpha = number_or_null(item, "alpha"),
                             .input_std = number_or_null(item, "input_std"),
                             .saturated = item.at("saturated").get<double>()});
  }
}

void check_version(const Json& end, const fs::path& path) {
  const Json found = end.is_object() ? end.value("version", Json()) : Json();
  if (found != kResultVersion) {
    throw core::Error(core::ErrorKind::kData,
                      {.what = "written by another version of the program",
                       .where = path.string(),
                       .expected = "version " + std::to_string(kResultVersion),
                       .found = "version " + found.dump(),
                       .todo = kStartAfresh});
  }
}

void read_end(const Json& end, RunResult& result) {
  result.diverged = end.at("status").get<std::string>() == "diverged";
  result.step = end.at("step");
  result.train_loss = number_or_null(end, "train_loss");
  result.test_loss = number_or_null(end, "test_loss");
  result.test_accuracy = number_or_null(end, "test_accuracy");
  if (!end.at("best").is_null()) {
    result.best_epoch = end["best"].at("epoch").get<int64_t>();
    result.best_accuracy = number_or_null(end["best"], "test_accuracy");
  }
  result.parameters = end.at("parameters");
  result.correct = end.at("correct");
  read_health(end.at("health"), result);
  if (end.contains("nonfinite") && end["nonfinite"].is_object()) {
    result.nonfinite = end["nonfinite"].at("words");
  }
  if (end.contains("accuracy_of")) {  // older files lack it
    result.accuracy_of = end["accuracy_of"];
  }
  for (const Json& picture : end.value("pictures", Json::array())) {
    result.pictures.push_back({.file = picture.at("file"), .caption = picture.at("caption")});
  }
  for (const Json& measure : end.value("measures", Json::array())) {
    result.measures.push_back({.name = measure.at("name"),
                               .title = measure.at("title"),
                               .value = number_or_null(measure, "value")});
  }
  result.time_seconds = end.at("time_seconds");
  result.memory_peak_bytes = end.at("memory_peak_bytes");
}

}  // namespace

RunResult read_run_result(const fs::path& folder) {
  RunResult result;
  read_metrics(folder / "metrics.jsonl", result);
  const fs::path end = folder / "result.json";
  const std::string text = core::read_file(end);
  read_checked(end.string(), [&] {
    const Json json = Json::parse(text);
    check_version(json, end);
    read_end(json, result);
  });
  return result;
}

std::optional<std::string> run_folder_identity(const fs::path& folder) {
  const fs::path path = folder / "env.json";
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    return std::nullopt;
  }
  std::string identity;
  const std::string text = core::read_file(path);
  read_checked(path.string(), [&] { identity = Json::parse(text).value("identity", ""); });
  return identity;
}

std::vector<std::optional<double>> accuracies(std::span<const RunResult> runs) {
  std::vector<std::optional<double>> values;
  for (const RunResult& result : runs) {
    values.push_back(result.diverged ? std::nullopt : result.test_accuracy);
  }
  return values;
}

int64_t diverged_count(std::span<const RunResult> runs) {
  int64_t count = 0;
  for (const RunResult& result : runs) {
    count += result.diverged ? 1 : 0;
  }
  return count;
}

bool has_result(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "result.json", ignored);
}

}  // namespace dyt::compare
