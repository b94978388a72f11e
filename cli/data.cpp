// SPDX-License-Identifier: Apache-2.0
// dyt data list | describe NAME | fetch NAME | verify NAME
#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/data_fetch.h"
#include "cli/passed_over_json.h"
#include "dyt/core/error.h"
#include "dyt/core/lookup.h"
#include "dyt/data/dataset.h"

namespace dyt::cli {
namespace {

using Json = nlohmann::ordered_json;

struct DataOptions {
  std::string name;
  data::DataConfig config;
  bool json = false;
  bool quiet = false;
  std::string from;
};

// What can be said of a data set without its files; its counts where the files are there.
Json list_entry(const data::DatasetRow& row, const data::DataConfig& base) {
  Json entry = {{"name", row.name}, {"summary", row.summary}, {"available", true}};
  try {
    data::DataConfig config = base;
    config.name = row.name;
    data::open_data(config);
  } catch (const core::Error& error) {
    entry["available"] = false;
    entry["reason"] = error.parts().what;
  }
  return entry;
}

// Text that is not UTF-8 cannot come here, and must not end the program if it does.
std::string text_of(const Json& value, int indent = -1) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

int list_data(const DataOptions& options) {
  Json list = Json::array();
  for (const data::DatasetRow& row : data::dataset_table()) {
    list.push_back(list_entry(row, options.config));
  }
  if (options.json) {
    std::printf("%s\n", text_of(list, 2).c_str());
    return 0;
  }
  for (const Json& entry : list) {
    std::printf("%-14s %-13s %s\n", entry["name"].get<std::string>().c_str(),
                entry["available"].get<bool>() ? "here" : "not here",
                entry["summary"].get<std::string>().c_str());
  }
  return 0;
}

int describe_data(const DataOptions& options) {
  data::DataConfig config = options.config;
  config.name = options.name;
  const data::ImageData data = data::open_data(config);
  const data::SplitDescription train = data::describe_split(data, data.train);
  const data::SplitDescription test = data::describe_split(data, data.test);
  Json entry = {{"name", data.name},
                {"summary", data.summary},
                {"source", data.source},
                {"licence", data.licence},
                {"train_images", train.count},
                {"test_images", test.count},
                {"image_size", data.image_size},
                {"channels", data.channels},
                {"num_classes", data.num_classes},
                {"class_names", data.class_names},
                {"train_class_counts", train.class_counts},
                {"test_class_counts", test.class_counts},
                {"pixel_mean", train.mean},
                {"pixel_std", train.std},
                {"checksum", data.checksum},
                {"passed_over", passed_over_json(data.passed_over)},
                {"warnings", data.warnings}};
  if (data.class_names.empty()) {
    entry.erase("class_names");
  }
  if (options.json) {
    std::printf("%s\n", text_of(entry, 2).c_str());
    return 0;
  }
  for (const auto& [key, value] : entry.items()) {
    if (key == "passed_over" || key == "warnings") {
      continue;  // lines of their own
    }
    std::printf("%-18s %s\n", key.c_str(),
                value.is_string() ? value.get<std::string>().c_str() : text_of(value).c_str());
  }
  for (const std::string& warning : data.warnings) {
    std::printf("\nwarning: %s\n", warning.c_str());
  }
  return 0;
}

FetchRequest request_of(const DataOptions& options) {
  const data::DatasetRow& row = core::find_row(data::dataset_table(), options.name, "data set");
  return {.name = options.name,
          .summary = std::string(row.summary),
          .folder = data::data_folder(options.config),
          .from = options.from,
          .json = options.json,
          .quiet = options.quiet};
}

using Run = int (*)(const DataOptions&);

int fetch_data(const DataOptions& options) { return run_fetch(request_of(options)); }
int verify_data(const DataOptions& options) { return run_verify(request_of(options)); }

// The subcommands of `dyt data`, which share their options and the action that is run in the end.
class Subcommands {
 public:
  explicit Subcommands(CLI::App& app) : app_(app) { app.require_subcommand(1); }

  CLI::App& add(const std::string& name, const std::string& summary, Run run, bool has_name) {
    CLI::App& sub = *app_.add_subcommand(name, summary);
    if (has_name) {
      sub.add_option("name", options_->name, "as `dyt data list` shows it")->required();
    }
    sub.add_option("--dir", options_->config.dir,
                   "folder of the data files (default: $DYT_DATA, else ~/.cache/dyt)");
    sub.add_flag("--json", options_->json, "print JSON");
    sub.callback([action = action_, options = options_, run] {
      *action = [options, run] { return run(*options); };
    });
    return sub;
  }

  DataOptions& options() { return *options_; }
  Action action() const {
    return [action = action_] { return (*action)(); };
  }

 private:
  CLI::App& app_;
  std::shared_ptr<DataOptions> options_ = std::make_shared<DataOptions>();
  std::shared_ptr<Action> action_ = std::make_shared<Action>();
};

}  // namespace

Action declare_data(CLI::App& app) {
  Subcommands subcommands(app);
  DataOptions& options = subcommands.options();
  subcommands.add("list", "every data set, and whether its files are here", list_data, false);
  CLI::App& describe = subcommands.add(
      "describe", "one data set: source, licence, counts, checksum", describe_data, true);
  describe.add_option("--folder", options.config.folder, "of the data set `folder`: where it is");
  describe.add_option("--test-folder", options.config.test_folder,
                      "of the data set `folder`: its test images; none: there are none");
  describe.add_option("--image-size", options.config.image_size,
                      "of the data set `folder`: the side that images are brought to");
  CLI::App& fetch = subcommands.add(
      "fetch", "get a data set's files from their publisher and check them", fetch_data, true);
  fetch.add_option("--from", options.from,
                   "a mirror: http://..., https://..., file://... or a folder");
  fetch.add_flag("--quiet", options.quiet, "no progress");
  subcommands.add("verify", "check a data set's files against their checksums", verify_data, true);
  return subcommands.action();
}

}  // namespace dyt::cli
