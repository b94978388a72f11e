// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/hash.h"

#include <gtest/gtest.h>

#include "dyt/core/files.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_folder.h"

namespace dyt::core {
namespace {

// RFC 1321, appendix A.5, and FIPS 180-4's example.
TEST(Hash, KnownValues) {
  EXPECT_EQ(hash_hex(HashKind::kMd5, ""), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(hash_hex(HashKind::kMd5, "abc"), "900150983cd24fb0d6963f7d28e17f72");
  constexpr char kAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(hash_hex(HashKind::kSha256, "abc"), kAbc);
  EXPECT_EQ(sha256_hex("abc"), kAbc);
  EXPECT_EQ(sha256("abc")[0], 0xba);
}

TEST(Hash, FilesOfSeveralPieces) {
  const testing::TempFolder folder;
  const std::string bytes((size_t{5} << 19) + 3, 'x');  // two and a half pieces
  write_file_atomic(folder / "file", bytes);
  for (const HashKind kind : {HashKind::kMd5, HashKind::kSha256}) {
    EXPECT_EQ(hash_hex_of_file(kind, folder / "file"), hash_hex(kind, bytes));
  }
  EXPECT_EQ(sha256_hex_of_file(folder / "file"), sha256_hex(bytes));
}

// The first is in xxHash's own table of self-tests.
TEST(Hash, Xxh3IsTheCanonicalOneWholeAndInPieces) {
  EXPECT_EQ(xxh3_hex(""), "2d06800538d394c2");
  const testing::TempFolder folder;
  const std::string bytes((size_t{5} << 19) + 3, 'x');
  write_file_atomic(folder / "file", bytes);
  EXPECT_EQ(xxh3_hex_of_file(folder / "file"), xxh3_hex(bytes));
  std::string flipped = bytes;
  flipped[1234567] ^= 1;
  EXPECT_NE(xxh3_hex(flipped), xxh3_hex(bytes));
}

TEST(Hash, UnreadableFilesAreNamed) {
  testing::expect_error(ErrorKind::kData, "/nowhere/a",
                        [] { hash_hex_of_file(HashKind::kMd5, "/nowhere/a"); });
  testing::expect_error(ErrorKind::kData, "cannot read",
                        [] { hash_hex_of_file(HashKind::kMd5, "/tmp"); });
}

}  // namespace
}  // namespace dyt::core
