// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/user_path.h"

#include <cstdlib>
#include <map>

#include "dyt/core/config.h"
#include "tests/support/expect_error.h"

namespace dyt::core {
namespace {

TEST(CheckTilde, AHomeFolderThatTheShellHasLeftIsRefused) {
  const auto refused = [](const std::string& value, const std::string& part) {
    testing::expect_error(ErrorKind::kUsage, part,
                          [&] { check_tilde("data.folder", value, "command line"); });
  };
  refused("~/pets", "data.folder=$HOME/pets");
  refused("~", "data.folder=$HOME");
  refused("~ann/pets", "data.folder=/home/NAME/pets");
  refused("~/pets", "./~/pets");
  for (const char* value : {"pets", "./~/pets", "a~/b", "", "~x", "/home/~"}) {
    EXPECT_NO_THROW(check_tilde("data.folder", value, "command line")) << value;
  }
}

struct Paths {
  std::string folder;
  std::vector<std::string> folders;
  void visit_fields(Fields& fields) {
    fields.add("folder", folder, {.help = "a path"});
    fields.add("folders", folders, {.help = "paths"});
  }
};

TEST(CheckTilde, IsLookedForInEveryTextOfAConfiguration) {
  Paths paths;
  const Fields fields = fields_of(paths);
  const auto refused = [](const std::string& part, const std::function<void()>& set) {
    testing::expect_error(ErrorKind::kUsage, part, set);
  };
  refused("folder=$HOME/a", [&] { apply_override(fields, "folder=~/a"); });
  refused("folder=$HOME/a", [&] { apply_override(fields, "folder='~/a'"); });
  refused("folders=$HOME/b", [&] { apply_override(fields, "folders=a,~/b"); });
  refused("own.toml:2", [&] { apply_toml_text(fields, "\nfolder = \"~/a\"", "own.toml"); });
}

TEST(EscapedText, ShowsTheBytesThatAreNoUtf8) {
  EXPECT_EQ(escaped_text("Käse"), "Käse");
  EXPECT_EQ(escaped_text("M\xfcn\xff"), "M\\xFCn\\xFF");
}

TEST(PathText, SaysWhereARelativePathLies) {
  EXPECT_EQ(path_text("/a/b"), "/a/b");
  EXPECT_EQ(path_text("a"), "a (that is " + (std::filesystem::current_path() / "a").string() + ")");
}

TEST(CacheFolder, IsTheUsersOrNone) {
  std::map<std::string, std::string> saved;
  for (const char* name : {"HOME", "XDG_CACHE_HOME"}) {
    if (const char* value = std::getenv(name)) {
      saved[name] = value;
    }
  }
  ::setenv("HOME", "/home/ann", 1);
  ::setenv("XDG_CACHE_HOME", "/caches", 1);
  EXPECT_EQ(cache_folder(), "/caches/dyt");
  ::setenv("XDG_CACHE_HOME", "relative", 1);
  EXPECT_EQ(cache_folder(), "/home/ann/.cache/dyt");
  ::unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(cache_folder(), "/home/ann/.cache/dyt");
  ::setenv("HOME", "", 1);
  EXPECT_EQ(cache_folder(), "");
  ::unsetenv("HOME");
  EXPECT_EQ(cache_folder(), "");
  for (const auto& [name, value] : saved) {
    ::setenv(name.c_str(), value.c_str(), 1);
  }
}

}  // namespace
}  // namespace dyt::core
