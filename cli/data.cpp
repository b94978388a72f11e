// dyt data list | describe NAME
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/command.h"
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

int list_data(const DataOptions& options) {
  Json list = Json::array();
  for (const data::DatasetRow& row : data::dataset_table()) {
    list.push_back(list_entry(row, options.config));
  }
  if (options.json) {
    std::printf("%s\n", list.dump(2).c_str());
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
  const Json entry = {{"name", data.name},
                      {"summary", data.summary},
                      {"source", data.source},
                      {"licence", data.licence},
                      {"train_images", train.count},
                      {"test_images", test.count},
                      {"image_size", data.image_size},
                      {"channels", data.channels},
                      {"num_classes", data.num_classes},
                      {"train_class_counts", train.class_counts},
                      {"test_class_counts", test.class_counts},
                      {"pixel_mean", train.mean},
                      {"pixel_std", train.std},
                      {"checksum", data.checksum}};
  if (options.json) {
    std::printf("%s\n", entry.dump(2).c_str());
    return 0;
  }
  for (const auto& [key, value] : entry.items()) {
    std::printf("%-18s %s\n", key.c_str(),
                value.is_string() ? value.get<std::string>().c_str() : value.dump().c_str());
  }
  return 0;
}

}  // namespace

Action declare_data(CLI::App& app) {
  auto options = std::make_shared<DataOptions>();
  auto action = std::make_shared<Action>();
  app.require_subcommand(1);
  const auto add_common = [options](CLI::App& sub) {
    sub.add_option("--dir", options->config.dir,
                   "folder of the data files (default: $DYT_DATA, else ~/.cache/dyt)");
    sub.add_flag("--json", options->json, "print JSON");
  };
  CLI::App* list = app.add_subcommand("list", "every data set, and whether its files are here");
  add_common(*list);
  list->callback([action, options] { *action = [options] { return list_data(*options); }; });
  CLI::App* describe =
      app.add_subcommand("describe", "one data set: source, licence, counts, checksum");
  describe->add_option("name", options->name, "as `dyt data list` shows it")->required();
  add_common(*describe);
  describe->callback(
      [action, options] { *action = [options] { return describe_data(*options); }; });
  return [action] { return (*action)(); };
}

}  // namespace dyt::cli
