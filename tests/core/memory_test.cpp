// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/memory.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <memory>

// A sanitizer has an allocator of its own.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace dyt::core {
namespace {

// Page faults of taking, touching and freeing 64 MiB a few times.
int64_t faults_of_large_blocks() {
  constexpr size_t kBytes = size_t{64} << 20, kPage = 4096;
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  for (int n = 0; n < 4; ++n) {
    auto* block = static_cast<char*>(std::malloc(kBytes));
    for (size_t at = 0; at < kBytes; at += kPage) {
      const_cast<volatile char*>(block)[at] = 1;
    }
    std::free(block);
  }
  getrusage(RUSAGE_SELF, &after);
  return after.ru_minflt - before.ru_minflt;
}

TEST(Memory, KeptBlocksComeBackWithTheirPages) {
  keep_freed_memory(FreedMemory::kReturned);
  const int64_t returned = faults_of_large_blocks();
  keep_freed_memory(FreedMemory::kKept);
  faults_of_large_blocks();
  const int64_t kept = faults_of_large_blocks();
  EXPECT_LT(10 * kept, returned) << kept << " and " << returned << " page faults";
}

TEST(Memory, TheEnvironmentMayRefuse) {
  keep_freed_memory(FreedMemory::kReturned);
  setenv("DYT_KEEP_MEMORY", "0", 1);
  keep_freed_memory_by_environment();
  EXPECT_GT(faults_of_large_blocks(), 4 * 100);
  unsetenv("DYT_KEEP_MEMORY");
  keep_freed_memory_by_environment();
  faults_of_large_blocks();
  EXPECT_LT(faults_of_large_blocks(), 4 * 100);
}

}  // namespace
}  // namespace dyt::core

#endif
