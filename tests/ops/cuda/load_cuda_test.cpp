// SPDX-License-Identifier: Apache-2.0
// The operators' CUDA library: loads without a GPU, tells the dispatcher, and says in words what is
// missing.
#include "dyt/ops/load_cuda.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

namespace dyt::ops {
namespace {

bool cuda_kernel_of(const char* name, const char* overload = "") {
  return c10::Dispatcher::singleton()
      .findSchemaOrThrow(name, overload)
      .hasKernelForDispatchKey(c10::DispatchKey::CUDA);
}

// In a process of its own, as a process looks once only.
[[noreturn]] void load_from(const char* file) {
  setenv("DYT_CUDA_LIBRARY", file, 1);
  const CudaSupport& support = load_cuda();
  std::cerr << (support.registered ? "registered" : "absent") << ": " << support.why_not;
  std::exit(0);
}

class LoadCuda : public ::testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(LoadCuda, FileThatIsNotThere) {
  EXPECT_EXIT(load_from("/nowhere/libdyt_ops_cuda.so"), ::testing::ExitedWithCode(0),
              "absent: dyt's CUDA library was not found: /nowhere/libdyt_ops_cuda.so. It is built "
              "where CMake finds nvcc");
}

TEST_F(LoadCuda, FileThatIsNoLibrary) {
  EXPECT_EXIT(load_from("/proc/self/maps"), ::testing::ExitedWithCode(0),
              "absent: dyt's CUDA library cannot be loaded: .*/proc/self/maps");
}

TEST_F(LoadCuda, RegistersWithoutAGpu) {
  if (!DYT_CUDA_BUILT) {
    GTEST_SKIP() << "built without CUDA";
  }
  const CudaSupport& support = load_cuda();
  EXPECT_TRUE(support.registered) << support.why_not;
  EXPECT_EQ(&support, &load_cuda());
  for (const char* name :
       {"dyt::pointwise", "dyt::pointwise_", "dyt::pointwise_add", "dyt::pointwise_add_",
        "dyt::pointwise_backward", "dyt::pointwise_double_backward", "dyt::norm", "dyt::norm_add",
        "dyt::norm_backward"}) {
    EXPECT_TRUE(cuda_kernel_of(name)) << name;
  }
  EXPECT_TRUE(cuda_kernel_of("dyt::pointwise", "out"));
}

TEST_F(LoadCuda, SaysWhatIsMissing) {
  const CudaSupport& support = load_cuda();
  if (!support.devices.empty()) {
    GTEST_SKIP() << "this machine has a GPU";
  }
  const char* expected = DYT_CUDA_BUILT ? "driver|device" : "was not found";
  EXPECT_THAT(support.why_not, ::testing::ContainsRegex(expected));
}

}  // namespace
}  // namespace dyt::ops
