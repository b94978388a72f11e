// SPDX-License-Identifier: Apache-2.0
// What of a record of data is otherwise in another one, and reading records.
#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/core/text.h"
#include "dyt/tasks/data_record.h"

namespace dyt::tasks {
namespace {

using Json = nlohmann::ordered_json;
using Lines = std::vector<std::string>;

constexpr int kRecordVersion = 1;
constexpr const char* kRecordName = "data.json";
constexpr size_t kNamed = 3;  // files or classes of a kind

Json split_json(const SplitRecord& split) {
  Json files = Json::array();
  for (const FileMark& file : split.files) {
    files.push_back(file.mark + " " + file.name);
  }
  return {{"images", split.count},
          {"limit", split.limit},
          {"checksum", split.checksum},
          {"files", files}};
}

SplitRecord read_split(const Json& json) {
  SplitRecord split{
      .count = json.at("images"), .limit = json.at("limit"), .checksum = json.at("checksum")};
  for (const std::string line : json.at("files")) {
    const size_t blank = line.find(' ');
    split.files.push_back({line.substr(blank + 1), line.substr(0, blank)});
  }
  return split;
}

DataRecord read_record(const Json& json) {
  return {.name = json.at("name"),
          .streamed = json.at("streamed"),
          .places = json.at("places"),
          .checksum = json.at("checksum"),
          .num_classes = json.at("num_classes"),
          .image_size = json.at("image_size"),
          .channels = json.at("channels"),
          .class_names = json.at("classes"),
          .train = read_split(json.at("train")),
          .test = read_split(json.at("test")),
          .weights = json.at("weights")};
}

// "files gone: 5 (a.png, b.png, c.png and 2 more)"
void add_names(Lines& lines, const std::string& what, const std::vector<std::string>& names) {
  if (names.empty()) {
    return;
  }
  const size_t shown = std::min(names.size(), kNamed);
  std::string text = core::join(std::span(names).first(shown), ", ");
  if (names.size() > shown) {
    text += " and " + std::to_string(names.size() - shown) + " more";
  }
  lines.push_back(what + ": " + std::to_string(names.size()) + " (" + text + ")");
}

template <class Value>
void add_value(Lines& lines, const std::string& what, const Value& then, const Value& now) {
  if (then != now) {
    const auto text = [](const auto& value) { return Json(value).dump(); };
    lines.push_back(what + ": " + text(then) + " in the run, " + text(now) + " here");
  }
}

std::vector<std::string> only_in(std::vector<std::string> names, std::vector<std::string> others) {
  std::sort(names.begin(), names.end());
  std::sort(others.begin(), others.end());
  std::vector<std::string> result;
  std::set_difference(names.begin(), names.end(), others.begin(), others.end(),
                      std::back_inserter(result));
  return result;
}

void add_classes(Lines& lines, const DataRecord& then, const DataRecord& now) {
  add_value(lines, "classes", then.num_classes, now.num_classes);
  const std::vector<std::string>&before = then.class_names, &after = now.class_names;
  if (before == after) {
    return;
  }
  const auto gone = only_in(before, after), added = only_in(after, before);
  if (before.size() != after.size()) {
    add_names(lines, "classes gone", gone);
    add_names(lines, "classes added", added);
    return;
  }
  std::vector<std::string> pairs;
  for (size_t i = 0; i < before.size(); ++i) {
    if (before[i] != after[i]) {
      pairs.push_back("'" + before[i] + "' is now '" + after[i] + "'");
    }
  }
  add_names(lines, gone.empty() ? "classes in another order" : "classes renamed", pairs);
}

// What stands where: "train" and "test" files in one list, sorted by name.
struct Placed {
  std::string name, mark;
  bool test = false;
};

std::vector<Placed> placed(const DataRecord& record, bool with_train, bool with_test) {
  std::vector<Placed> files;
  const auto add = [&](const SplitRecord& split, bool test) {
    for (const FileMark& file : split.files) {
      files.push_back({file.name, file.mark, test});
    }
  };
  if (with_train) {
    add(record.train, false);
  }
  if (with_test) {
    add(record.test, true);
  }
  std::sort(files.begin(), files.end(),
            [](const Placed& a, const Placed& b) { return a.name < b.name; });
  return files;
}

struct FileChanges {
  std::vector<std::string> added, gone, changed, to_test, to_train;
};

// Both sorted by name.
FileChanges file_changes(const std::vector<Placed>& then, const std::vector<Placed>& now) {
  FileChanges changes;
  auto old = then.begin();
  auto fresh = now.begin();
  while (old != then.end() || fresh != now.end()) {
    if (fresh == now.end() || (old != then.end() && old->name < fresh->name)) {
      changes.gone.push_back((old++)->name);
    } else if (old == then.end() || fresh->name < old->name) {
      changes.added.push_back((fresh++)->name);
    } else {
      if (old->mark != fresh->mark) {
        changes.changed.push_back(old->name);
      }
      if (old->test != fresh->test) {
        (fresh->test ? changes.to_test : changes.to_train).push_back(old->name);
      }
      ++old;
      ++fresh;
    }
  }
  return changes;
}

// Where a limit is another one than the run's, on purpose, files come and go with it; what was
// trained on must still not be tested on.
void add_files(Lines& lines, const DataRecord& then, const DataRecord& now) {
  const bool train = then.train.limit == now.train.limit;
  const bool test = then.test.limit == now.test.limit;
  const FileChanges changes = file_changes(placed(then, train, test), placed(now, train, test));
  add_names(lines, "files added", changes.added);
  add_names(lines, "files gone", changes.gone);
  add_names(lines, "files changed", changes.changed);
  add_names(lines, "test images now trained on", changes.to_train);
  add_names(lines, "training images now tested on",
            file_changes(placed(then, true, false), placed(now, false, true)).to_test);
}

}  // namespace

std::string data_record_json(const DataRecord& record) {
  const Json json = {{"version", kRecordVersion},         {"name", record.name},
                     {"places", record.places},           {"streamed", record.streamed},
                     {"checksum", record.checksum},       {"num_classes", record.num_classes},
                     {"classes", record.class_names},     {"image_size", record.image_size},
                     {"channels", record.channels},       {"weights", record.weights},
                     {"train", split_json(record.train)}, {"test", split_json(record.test)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

DataRecord read_data_record(const std::filesystem::path& run_folder) {
  const std::filesystem::path file = run_folder / kRecordName;
  const auto refuse = [&](const std::string& what, const std::string& found) {
    throw core::Error(core::ErrorKind::kData,
                      {.what = what,
                       .where = file.string(),
                       .expected = "the record of the data that `dyt train` writes, version " +
                                   std::to_string(kRecordVersion),
                       .found = found,
                       .todo = "other_data=true opens the run with the data as they are now, "
                               "unchecked; or train it again"});
  };
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    refuse("the run does not say what data it was trained on", "no data.json");
  }
  const Json json = Json::parse(core::read_file(file), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.value("version", Json()) != kRecordVersion) {
    refuse("the record of the run's data cannot be read",
           json.is_object() ? "version " + json.value("version", Json()).dump() : "no JSON");
  }
  try {
    return read_record(json);
  } catch (const Json::exception& error) {
    refuse("the record of the run's data cannot be read", error.what());
  }
  return {};
}

std::vector<std::string> data_differences(const DataRecord& then, const DataRecord& now) {
  Lines lines;
  add_value(lines, "data set", then.name, now.name);
  add_value(lines, "data.stream", then.streamed, now.streamed);
  add_value(lines, "image size", then.image_size, now.image_size);
  add_value(lines, "channels", then.channels, now.channels);
  add_classes(lines, then, now);
  if (then.train.limit == now.train.limit) {
    add_value(lines, "training images", then.train.count, now.train.count);
  }
  if (then.test.limit == now.test.limit) {
    add_value(lines, "test images", then.test.count, now.test.count);
  }
  // Marks of pixels say nothing where all images were brought to another size.
  if (then.streamed == now.streamed && then.image_size == now.image_size && then.name == now.name) {
    add_files(lines, then, now);
  }
  const bool same_limits = then.train.limit == now.train.limit && then.test.limit == now.test.limit;
  const bool same_splits =
      then.train.checksum == now.train.checksum && then.test.checksum == now.test.checksum;
  if (lines.empty() && (then.checksum != now.checksum || (same_limits && !same_splits))) {
    lines.push_back("images or labels: others, as many as before");
  }
  return lines;
}

std::vector<std::string> weight_differences(const DataRecord& then, const DataRecord& now) {
  Lines lines;
  for (const DataRecord* record : {&then, &now}) {
    for (const auto& [key, unused] : record->weights) {
      const auto of = [&](const DataRecord& one) {
        const auto found = one.weights.find(key);
        return found == one.weights.end() ? std::string("none") : found->second.substr(0, 12);
      };
      const std::string line =
          "the weights of " + key + ": " + of(then) + " in the run, " + of(now) + " here";
      if (of(then) != of(now) && std::find(lines.begin(), lines.end(), line) == lines.end()) {
        lines.push_back(line);
      }
    }
  }
  return lines;
}

}  // namespace dyt::tasks
