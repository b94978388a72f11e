// SPDX-License-Identifier: Apache-2.0
#include "dyt/ops/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dyt/core/error.h"
#include "dyt/ops/load_cuda.h"

namespace dyt::ops {
namespace {

using ::testing::HasSubstr;

std::string words_of(const std::string& text, core::ErrorKind kind) {
  try {
    device_of(text);
  } catch (const core::Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << text << " is no device";
  return "";
}

TEST(Device, CpuIsAlwaysThere) {
  EXPECT_EQ(device_of("cpu"), c10::Device(c10::kCPU));
  EXPECT_EQ(device_kind(device_of("cpu")), "cpu");
  synchronize(c10::kCPU);
}

TEST(Device, AutoTakesWhatIsThere) {
  EXPECT_EQ(device_of("auto").is_cuda(), load_cuda().why_not.empty());
}

TEST(Device, OtherWordsAreRefused) {
  for (const char* text : {"", "gpu", "CUDA", "cuda:", "cuda:x", "cuda:-1", "cuda:0x", "cuda0"}) {
    EXPECT_THAT(words_of(text, core::ErrorKind::kUsage), HasSubstr("auto, cpu, cuda or cuda:i"));
  }
}

TEST(Device, AGpuThatIsNotThereSaysWhy) {
  if (!load_cuda().why_not.empty()) {
    const std::string words = words_of("cuda:0", core::ErrorKind::kResources);
    EXPECT_THAT(words, HasSubstr(load_cuda().why_not));
    EXPECT_THAT(words, HasSubstr("device=cpu"));
  }
  const std::string many = "cuda:" + std::to_string(load_cuda().devices.size());
  EXPECT_THAT(words_of(many, core::ErrorKind::kResources), HasSubstr(many));
}

}  // namespace
}  // namespace dyt::ops
