// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/owned_folder.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/core/text.h"

namespace dyt::core {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kMarkVersion = 1;
constexpr size_t kShownNames = 4;
// By which folders of versions without a mark are known.
constexpr const char* kOlderNames[] = {"env.json", "compare.json", "samples.json"};

bool is_something(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

std::string mark_text(const std::string& kind, const std::set<std::string>& names, bool clearing) {
  Json mark = {{"version", kMarkVersion}, {"kind", kind}, {"names", names}};
  if (clearing) {
    mark["clearing"] = true;
  }
  return mark.dump(2) + "\n";
}

// A kill between the making of a folder and its mark leaves the lock's empty file and a mark that
// is not whole.
bool is_begin_of_ours(const fs::path& path, const FolderKind& kind) {
  std::error_code ignored;
  if (!fs::is_regular_file(fs::symlink_status(path, ignored))) {
    return false;
  }
  const std::string name = path.filename().string();
  if (name == kLockName) {
    return fs::file_size(path, ignored) == 0;
  }
  return name.starts_with(".tmp-") && name.ends_with(std::string("-") + kFolderMark) &&
         folder_mark(kind).starts_with(read_file(path));
}

std::vector<std::string> foreign_names(const fs::path& folder, const FolderKind& kind) {
  std::vector<std::string> names;
  std::error_code code;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code)) {
    if (!is_begin_of_ours(entry->path(), kind)) {
      names.push_back(entry->path().filename().string());
    }
  }
  if (code && code != std::errc::no_such_file_or_directory) {
    throw Error(ErrorKind::kData, {.what = "cannot read the folder: " + code.message(),
                                   .where = folder.string(),
                                   .todo = "check the path and its permissions"});
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string shown(const std::vector<std::string>& names) {
  const size_t count = std::min(names.size(), kShownNames);
  std::string text = join(std::span(names).first(count), ", ");
  return names.size() == count ? text
                               : text + " and " + std::to_string(names.size() - count) + " more";
}

[[noreturn]] void throw_foreign(const fs::path& folder, const FolderKind& kind,
                                const std::vector<std::string>& names) {
  std::string todo = "choose another folder, or an empty one: nothing in this one is touched";
  for (const char* name : kOlderNames) {
    if (is_something(folder / name)) {
      todo +=
          ". A folder of an older version of dyt has no mark: remove it yourself to write there";
      break;
    }
  }
  throw Error(ErrorKind::kUsage,
              {.what = "the folder holds things and has no mark that dyt wrote them",
               .where = folder.string(),
               .expected = "a folder that is empty or missing, or has the " +
                           std::string(kFolderMark) + " of a " + kind.kind,
               .found = shown(names),
               .todo = todo});
}

Json mark_of(const fs::path& folder, const FolderKind& kind) {
  const fs::path path = folder / kFolderMark;
  const Json mark = Json::parse(read_file(path), nullptr, /*allow_exceptions=*/false);
  const auto is_text = [](const Json& value) { return value.is_string(); };
  const bool is_one = mark.is_object() && mark.value("version", Json()) == kMarkVersion &&
                      mark.value("kind", Json()).is_string() &&
                      mark.value("names", Json()).is_array() &&
                      std::all_of(mark["names"].begin(), mark["names"].end(), is_text);
  if (!is_one || mark["kind"] != kind.kind) {
    throw Error(ErrorKind::kUsage,
                {.what = is_one ? "the folder is for something else"
                                : "the folder's mark is not one that this version of dyt writes",
                 .where = path.string(),
                 .expected = "kind " + kind.kind,
                 .found = is_one ? "kind " + mark["kind"].get<std::string>() : "",
                 .todo = "choose another folder"});
  }
  return mark;
}

}  // namespace

std::string folder_mark(const FolderKind& kind) { return mark_text(kind.kind, kind.names, false); }

bool is_marked(const fs::path& path) { return is_something(path / kFolderMark); }

void check_folder(const fs::path& path, const FolderKind& kind) {
  if (is_marked(path)) {
    mark_of(path, kind);
    return;
  }
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) {
    return;  // to be made; what cannot be is told then
  }
  if (const auto names = foreign_names(path, kind); !names.empty()) {
    throw_foreign(path, kind, names);
  }
}

OwnedFolder::OwnedFolder(fs::path path, FolderKind kind)
    : path_(std::move(path)),
      kind_((check_folder(path_, kind), std::move(kind))),  // before a lock is left in it
      lock_(path_) {
  check_folder(path_, kind_);
  if (is_marked(path_)) {
    read_mark();
  } else {
    written_ = kind_.names;
    write_mark();
  }
  remove_leftovers_below();
}

void OwnedFolder::read_mark() {
  const Json mark = mark_of(path_, kind_);
  for (const Json& name : mark["names"]) {
    written_.insert(name.get<std::string>());
  }
  clearing_ = mark.contains("clearing");
}

void OwnedFolder::write_mark() const {
  write_file_atomic(path_ / kFolderMark, mark_text(kind_.kind, written_, clearing_));
}

void OwnedFolder::remove_leftovers_below() const {
  std::map<fs::path, std::set<std::string>> by_folder = {{"", {kFolderMark}}};
  for (const fs::path name : written_) {
    by_folder[name.parent_path()].insert(name.filename());
  }
  for (const auto& [folder, names] : by_folder) {
    remove_leftovers(path_ / folder, [&](const std::string& name) { return names.contains(name); });
  }
}

void OwnedFolder::check_free(const std::string& name) const {
  if (!has_written(name) && is_something(path_ / name)) {
    throw Error(ErrorKind::kUsage,
                {.what = "a file that is to be written is there, and dyt has not written it",
                 .where = (path_ / name).string(),
                 .todo = "rename it or move it elsewhere, then give the same command again"});
  }
}

void OwnedFolder::claim(const std::set<std::string>& names) {
  std::set<std::string> more;
  for (const std::string& name : names) {
    check_free(name);
    if (!has_written(name)) {
      more.insert(name);
    }
  }
  if (!more.empty()) {
    check_place();
    written_.insert(more.begin(), more.end());
    write_mark();
  }
}

void OwnedFolder::write(const std::string& name, std::string_view bytes) {
  claim({name});
  check_place();
  write_file_atomic(path_ / name, bytes);
}

void OwnedFolder::remove(const std::string& name) {
  if (has_written(name)) {
    remove_if_bare(path_ / name);
  }
}

void OwnedFolder::clear(const std::function<void()>& remove_more) {
  check_place();
  clearing_ = true;
  write_mark();
  if (remove_more) {
    remove_more();
  }
  for (const std::string& name : written_) {
    remove_if_bare(path_ / name);
  }
  for (const fs::path name : written_) {
    if (name.has_parent_path()) {
      remove_if_bare(path_ / name.parent_path());
    }
  }
  clearing_ = false;
  written_ = kind_.names;
  write_mark();
}

void OwnedFolder::discard() {
  clear();
  std::error_code ignored;
  fs::remove(path_ / kFolderMark, ignored);
  if (foreign_names(path_, kind_).empty()) {
    fs::remove(path_ / kLockName, ignored);
    fs::remove(path_, ignored);
  } else {
    write_mark();  // what is left is a person's, in a folder of ours
  }
}

}  // namespace dyt::core
