// SPDX-License-Identifier: Apache-2.0
#include "dyt/tasks/start_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "dyt/core/text.h"

namespace dyt::tasks {
namespace {

struct NameGroup {
  std::string name;
  int count = 0;
};

// "blocks.0.norm1.weight", "blocks.1.norm1.weight" -> "blocks.* (2)"
std::vector<std::string> grouped_names(const std::vector<std::string>& names) {
  std::vector<NameGroup> groups;
  for (const std::string& name : names) {
    const size_t dot = name.find('.');
    const std::string group = dot == std::string::npos ? name : name.substr(0, dot) + ".*";
    const auto place = std::find_if(groups.begin(), groups.end(),
                                    [&](const NameGroup& one) { return one.name == group; });
    if (place == groups.end()) {
      groups.push_back({.name = group, .count = 1});
    } else {
      ++place->count;
    }
  }
  std::vector<std::string> texts;
  for (const NameGroup& group : groups) {
    texts.push_back(group.name + (group.name.ends_with("*")
                                      ? " (" + std::to_string(group.count) + ")"
                                      : std::string()));
  }
  return texts;
}

std::string list_or_nothing(const std::vector<std::string>& names) {
  return names.empty() ? "nothing" : core::join(grouped_names(names), ", ");
}

std::vector<std::string> left_out(const StartReport& report) {
  std::vector<std::string> names = report.transfer.dropped;
  names.insert(names.end(), report.unasked.begin(), report.unasked.end());
  return names;
}

}  // namespace

std::string start_text(const StartReport& report) {
  const models::Transfer& transfer = report.transfer;
  std::string text = "start.from: " + report.file +
                     (report.run.empty() ? "" : " of the run " + report.run) + ": " +
                     std::to_string(transfer.loaded.size()) +
                     " tensors loaded; resampled: " + list_or_nothing(transfer.resampled);
  if (!transfer.resampled.empty()) {
    text += " by " + report.resampled_by + "'s rule";
  }
  text += "; left out: " + list_or_nothing(left_out(report)) +
          "; begun anew: " + list_or_nothing(transfer.missing);
  if (report.run.empty()) {
    text +=
        ". The file does not say what heads, norm slot, eps and data.normalization it was "
        "trained with: they are taken to be this run's";
  }
  return text;
}

std::string start_json_text(const StartReport& report) {
  if (report.empty()) {
    return "null";
  }
  return nlohmann::ordered_json({{"file", report.file},
                                 {"run", report.run},
                                 {"loaded", report.transfer.loaded.size()},
                                 {"resampled", grouped_names(report.transfer.resampled)},
                                 {"resampled_by", report.resampled_by},
                                 {"left_out", grouped_names(left_out(report))},
                                 {"begun_anew", grouped_names(report.transfer.missing)}})
      .dump();
}

}  // namespace dyt::tasks
