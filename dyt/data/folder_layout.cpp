// SPDX-License-Identifier: Apache-2.0
#include "dyt/data/internal/folder_layout.h"

#include <algorithm>
#include <cctype>

#include "dyt/core/error.h"
#include "dyt/core/text.h"
#include "dyt/core/user_path.h"
#include "dyt/data/dataset.h"
#include "dyt/data/internal/folder_walk.h"

namespace dyt::data {
namespace {

namespace fs = std::filesystem;
using core::Error;
using core::ErrorKind;

constexpr std::string_view kTrainWords[] = {"train", "training"};
// In the order in which they are preferred.
constexpr std::string_view kTestWords[] = {
    "test",  "testing",    "holdout",  "heldout", "eval",  "evaluation", "val",
    "valid", "validation", "validate", "dev",     "devel", "development"};
constexpr std::string_view kWordEnds[] = {"set", "images", "data", "split"};

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// "Test_Set", "test2017" -> "test"; "" for a name that is none of a part.
std::string part_word(const std::string& name) {
  std::string word;
  for (const unsigned char letter : name) {
    if (std::isalpha(letter) != 0 || letter >= 0x80) {
      word += static_cast<char>(std::tolower(letter));
    }
  }
  const auto known = [](std::string_view text) {
    return is_one_of(text, kTrainWords) || is_one_of(text, kTestWords);
  };
  for (const std::string_view end : kWordEnds) {
    if (!known(word) && word.ends_with(end)) {
      word.resize(word.size() - end.size());
    }
  }
  return known(word) ? word : "";
}

// A folder in the data set's.
struct Part {
  std::string name;
  std::string word;      // "" where it is no part by its name
  bool images = false;   // directly in it
  bool folders = false;  // that are no system's
  bool classes = false;  // one of those holds images
};

Part look_at(const fs::path& folder, const std::string& name) {
  Part part{.name = name, .word = part_word(name)};
  const FolderEntries entries = entries_of(folder / name);
  part.images = !entries.images.empty();
  part.folders = !entries.folders.empty();
  for (const std::string& inner : entries.folders) {
    std::error_code ignored;
    for (fs::directory_iterator entry(folder / name / inner, ignored), end;
         !part.classes && !ignored && entry != end; entry.increment(ignored)) {
      part.classes = is_image_name(entry->path().filename().string());
    }
    if (part.classes) {
      break;
    }
  }
  return part;
}

std::string names_text(const std::vector<Part>& parts) {
  std::vector<std::string> names;
  for (const Part& part : parts) {
    names.push_back("'" + part.name + "'");
  }
  constexpr size_t kShown = 5;
  const size_t more = names.size() > kShown ? names.size() - kShown : 0;
  names.resize(names.size() - more);
  return core::join(names, ", ") + (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

[[noreturn]] void throw_ambiguous(const fs::path& folder, const std::string& what,
                                  const std::string& found, const std::string& todo) {
  throw Error(ErrorKind::kData,
              {.what = what,
               .where = core::path_text(folder),
               .expected = "FOLDER/train/CLASS/*.jpg and FOLDER/test/CLASS/*.jpg, "
                           "or FOLDER/CLASS/*.jpg",
               .found = found,
               .todo = todo});
}

std::string say_both(const fs::path& train, const fs::path& test) {
  return "say which folders are meant: data.folder=" + core::escaped_text(train.native()) +
         " data.test_folder=" + core::escaped_text(test.native());
}

template <class Wanted>
std::vector<Part> those(const std::vector<Part>& parts, const Wanted& wanted) {
  std::vector<Part> found;
  std::copy_if(parts.begin(), parts.end(), std::back_inserter(found), wanted);
  return found;
}

// No folder is one of training images by name and content.
FolderLayout classes_only(const fs::path& folder, const std::vector<Part>& parts) {
  const auto split = those(parts, [](const Part& part) { return !part.word.empty(); });
  const auto divided = those(split, [](const Part& part) { return part.classes; });
  if (!divided.empty()) {
    throw_ambiguous(
        folder,
        "it is not clear which folders are classes: there is no folder of training classes "
        "called train",
        names_text(divided) + ", with folders of images in it",
        "move the classes' folders into train/, or " +
            say_both(folder, folder / divided.front().name));
  }
  if (!split.empty() && split.size() == parts.size()) {
    throw_ambiguous(
        folder, "there is no folder of training classes, or the folder holds no folders of classes",
        names_text(split) + ", without folders of classes in it",
        "put the images into one folder a class; or, where these are classes, say "
        "data.test_folder=none");
  }
  FolderLayout layout{.train = folder, .test = {}};
  for (const Part& part : split) {
    layout.warnings.push_back("the folder '" + part.name +
                              "' holds images itself, beside other "
                              "folders of images: it is taken as a class of that name");
  }
  return layout;
}

size_t preference(const Part& part) {
  return static_cast<size_t>(std::find(std::begin(kTestWords), std::end(kTestWords), part.word) -
                             std::begin(kTestWords));
}

// The folder to test on, among those that are called like one, in their order of preference.
void choose_test(const fs::path& folder, const Part& train, std::vector<Part> tests,
                 FolderLayout& layout) {
  std::stable_sort(tests.begin(), tests.end(), [](const Part& one, const Part& other) {
    return preference(one) < preference(other);
  });
  const auto usable = those(tests, [](const Part& part) { return part.classes; });
  const Part& chosen = usable.empty() ? tests.front() : usable.front();
  if (usable.empty() && !chosen.folders) {
    throw_ambiguous(folder / chosen.name, "the folder of test images holds no folders of classes",
                    chosen.images ? "images themselves" : "nothing",
                    "put them into one folder a class; or name the training images alone, and a "
                    "fifth of them is held out: data.folder=" +
                        core::escaped_text((folder / train.name).native()));
  }
  if (usable.size() > 1 && usable[1].word == chosen.word) {
    throw_ambiguous(folder, "there are two folders of test images", names_text({chosen, usable[1]}),
                    say_both(folder / train.name, folder / chosen.name));
  }
  layout.test = folder / chosen.name;
  for (const Part& part : tests) {
    if (part.name != chosen.name) {
      layout.warnings.push_back("'" + part.name + "' " +
                                (part.classes  ? "has classes, too, and"
                                 : part.images ? "holds images but no folders of "
                                                 "classes and"
                                               : "has no images and") +
                                " is not used: '" + chosen.name + "' is tested on");
    }
  }
}

FolderLayout explicit_layout(const fs::path& folder, const std::string& test_folder) {
  if (test_folder == kNoTestFolder) {
    return {.train = folder, .test = {}};
  }
  std::error_code ignored;
  if (!fs::is_directory(test_folder, ignored)) {
    throw Error(ErrorKind::kData,
                {.what = "the folder of test images is not there, or is no folder",
                 .where = core::path_text(test_folder),
                 .todo = "check data.test_folder"});
  }
  return {.train = folder, .test = test_folder};
}

FolderLayout layout_by_names(const fs::path& folder) {
  const FolderEntries entries = entries_of(folder);
  std::vector<Part> parts;
  const bool any_part = std::any_of(entries.folders.begin(), entries.folders.end(),
                                    [](const auto& name) { return !part_word(name).empty(); });
  if (!any_part) {
    return {.train = folder, .test = {}};
  }
  for (const std::string& name : entries.folders) {
    parts.push_back(look_at(folder, name));
  }
  const auto is_train = [](const Part& part) { return is_one_of(part.word, kTrainWords); };
  const auto trains = those(
      parts, [&](const Part& part) { return is_train(part) && (part.classes || !part.images); });
  if (trains.empty()) {
    return classes_only(folder, parts);
  }
  if (trains.size() > 1) {
    throw_ambiguous(folder, "there are two folders of training images", names_text(trains),
                    "name the one that is meant: data.folder=" +
                        core::escaped_text((folder / trains[0].name).native()));
  }
  const Part& train = trains.front();
  const auto tests =
      those(parts, [&](const Part& part) { return !part.word.empty() && !is_train(part); });
  const auto strays = those(parts, [&](const Part& part) {
    return (part.word.empty() || is_train(part)) && part.name != train.name;
  });
  const auto full = those(strays, [](const Part& part) { return part.images || part.classes; });
  if (!full.empty()) {
    throw_ambiguous(folder,
                    "beside '" + train.name +
                        "' there are folders of images that are "
                        "neither training nor test images by their names",
                    names_text(full),
                    "move them into " + train.name + "/ or out of here; or " +
                        say_both(folder / train.name,
                                 folder / (tests.empty() ? full.front() : tests.front()).name));
  }
  FolderLayout layout{.train = folder / train.name, .test = {}, .passed = entries.passed};
  for (const Part& stray : strays) {
    layout.passed.add(kOtherFolders, stray.name);
  }
  if (!entries.images.empty()) {
    layout.passed.add(kLooseImages, entries.images.front(),
                      static_cast<int64_t>(entries.images.size()));
  }
  if (!tests.empty()) {
    choose_test(folder, train, tests, layout);
  }
  return layout;
}

}  // namespace

FolderLayout layout_of(const fs::path& folder, const std::string& test_folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    throw Error(ErrorKind::kData, {.what = "the folder of images is not there, or is no folder",
                                   .where = core::path_text(folder),
                                   .expected = "FOLDER/train/CLASS/*.jpg and "
                                               "FOLDER/test/CLASS/*.jpg, or FOLDER/CLASS/*.jpg"});
  }
  return test_folder.empty() ? layout_by_names(folder) : explicit_layout(folder, test_folder);
}

}  // namespace dyt::data
