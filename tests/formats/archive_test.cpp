// SPDX-License-Identifier: Apache-2.0
#include "dyt/formats/archive.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dyt/core/files.h"
#include "tests/formats/formats_test_util.h"
#include "tests/support/tar_file.h"
#include "tests/support/temp_folder.h"

namespace dyt::formats {
namespace {

namespace fs = std::filesystem;
using dyt::testing::tar_bytes;
using dyt::testing::TarEntry;
using dyt::testing::TempFolder;
using Entries = std::vector<TarEntry>;

// An archive in a folder of its own, and the folder to unpack it into.
struct Workplace {
  explicit Workplace(const std::string& bytes) { core::write_file_atomic(archive, bytes); }

  void unpack(const UnpackOptions& options = {}) { unpack_archive(archive, output, options); }
  std::string error(const UnpackOptions& options = {}) {
    return data_error([&] { unpack(options); });
  }

  TempFolder folder;
  fs::path archive = folder / "some archive.tar";
  fs::path output = folder / "output";
};

TEST(Archive, FilesAndFoldersComeOut) {
  const Entries entries = {{"./", "", '5'},
                           {"set/", "", '5'},
                           {"set/one.bin", std::string(100'000, 'a')},
                           {"deep/er/Zwölf Äpfel.txt", "twelve"},
                           {"set/none", ""}};
  for (const bool packed : {false, true}) {
    const std::string bytes = tar_bytes(entries);
    Workplace place(packed ? gzip(bytes) : bytes);
    place.unpack();
    EXPECT_EQ(core::read_file(place.output / "set/one.bin"), entries[2].content);
    EXPECT_EQ(core::read_file(place.output / "deep/er/Zwölf Äpfel.txt"), "twelve");
    EXPECT_EQ(core::read_file(place.output / "set/none"), "");
  }
}

TEST(Archive, ZipFilesToo) {
  // One stored entry, "a.txt" with "hello".
  const auto le = [](uint32_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) {
      text += static_cast<char>(value >> (8 * i));
    }
    return text;
  };
  const std::string sizes = le(0x3610a686, 4) + le(5, 4) + le(5, 4) + le(5, 2) + le(0, 2);
  const std::string local =
      "PK\x03\x04" + le(20, 2) + le(0, 2) + le(0, 2) + le(0, 4) + sizes + "a.txt" + "hello";
  const std::string central = "PK\x01\x02" + le(20, 2) + le(20, 2) + le(0, 2) + le(0, 2) +
                              le(0, 4) + sizes + le(0, 2) + le(0, 2) + le(0, 2) + le(0, 4) +
                              le(0, 4) + "a.txt";
  Workplace place(local + central + "PK\x05\x06" + le(0, 4) + le(1, 2) + le(1, 2) +
                  le(static_cast<uint32_t>(central.size()), 4) +
                  le(static_cast<uint32_t>(local.size()), 4) + le(0, 2));
  place.unpack();
  EXPECT_EQ(core::read_file(place.output / "a.txt"), "hello");
}

TEST(Archive, NothingGetsOutOfTheFolder) {
  const TempFolder elsewhere;
  const std::string outside = (elsewhere / "evil").string();
  struct Case {
    Entries entries;
    const char* reason;
    const char* entry;
  };
  const Case cases[] = {
      {{{"../evil", "x"}}, "leads out", "../evil"},
      {{{"set/../../evil", "x"}}, "leads out", "set/../../evil"},
      {{{outside, "x"}}, "absolute", outside.c_str()},
      {{{"link", "", '2', elsewhere.path().string()}, {"link/evil", "x"}}, "symbolic link", "link"},
      {{{"inner", "", '2', "set"}}, "symbolic link", "inner"},
      {{{"hard", "", '1', outside}}, "hard link", "hard"},
      {{{"device", "", '3'}}, "neither a file nor a folder", "device"},
      {{{"pipe", "", '6'}}, "neither a file nor a folder", "pipe"},
      {{{"twice", "a"}, {"twice", "b"}}, "twice", "twice"},
      {{{"file", "a"}, {"file/below", "b"}}, "cannot make the folder", "file"},
  };
  for (const Case& item : cases) {
    Workplace place(tar_bytes(item.entries));
    const std::string message = place.error();
    EXPECT_TRUE(mentions(message, item.reason));
    EXPECT_TRUE(mentions(message, item.entry));
    EXPECT_FALSE(fs::exists(place.folder / "evil"));
    EXPECT_TRUE(fs::is_empty(elsewhere.path()));
  }
}

TEST(Archive, ALinkThatWasThereIsNotFollowed) {
  const TempFolder elsewhere;
  Workplace place(tar_bytes(Entries{{"set/evil", "x"}}));
  fs::create_directories(place.output);
  fs::create_directory_symlink(elsewhere.path(), place.output / "set");
  EXPECT_TRUE(mentions(place.error(), "empty folder"));
  EXPECT_TRUE(fs::is_empty(elsewhere.path()));
}

TEST(Archive, DamageIsAnErrorThatNamesTheArchive) {
  const std::string bytes = tar_bytes(Entries{{"a", std::string(50'000, 'a')}, {"b", "b"}});
  const std::string packed = gzip(bytes);
  for (const std::string& damaged :
       {bytes.substr(0, 20'000), packed.substr(0, packed.size() / 2), std::string("no archive"),
        std::string(), std::string(1, 'x') + bytes}) {
    Workplace place(damaged);
    EXPECT_TRUE(mentions(place.error(), "some archive.tar"));
  }
  EXPECT_TRUE(mentions(data_error([] {
                         const TempFolder folder;
                         unpack_archive("/nowhere/a.tar", folder / "output");
                       }),
                       "/nowhere/a.tar"));
}

TEST(Archive, LimitsHold) {
  Workplace large(gzip(tar_bytes(Entries{{"zeros", std::string(1'000'000, '\0')}})));
  EXPECT_TRUE(mentions(large.error({.max_bytes = 999'999}), "more than 999999 bytes"));
  Workplace many(tar_bytes(Entries{{"a", ""}, {"b", ""}, {"c", ""}}));
  EXPECT_TRUE(mentions(many.error({.max_entries = 2}), "more than 2 entries"));
}

TEST(Archive, CanBeStopped) {
  Workplace place(tar_bytes(Entries{{"a", "a"}}));
  testing::expect_error(core::ErrorKind::kInterrupted, "some archive.tar",
                        [&] { place.unpack({.stop = [] { return true; }}); });
}

TEST(Archive, AFullDiskIsAMatterOfResources) {
  // A limit on the size of files stands in for the full disk, in a process of its own.
  Workplace place(tar_bytes(Entries{{"big", std::string(200'000, 'b')}}));
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 65'536, .rlim_max = 65'536};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      place.unpack();
    } catch (const core::Error& error) {
      ::_exit(static_cast<int>(error.kind()));
    }
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), static_cast<int>(core::ErrorKind::kResources));
}

}  // namespace
}  // namespace dyt::formats
