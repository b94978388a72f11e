// Linked into a test program, it runs LibTorch with one thread: on tensors as small as the tests' a
// second one only waits, and for seconds where the cores are shared.
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

namespace {

class OneThread final : public ::testing::Environment {
 public:
  void SetUp() override { at::set_num_threads(1); }
};

[[maybe_unused]] const ::testing::Environment* const kOneThread =
    ::testing::AddGlobalTestEnvironment(new OneThread);  // GoogleTest owns it

}  // namespace
