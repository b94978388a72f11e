// SPDX-License-Identifier: Apache-2.0
// Versions of the program and of what it computes.
#pragma once

namespace dyt::core {

// "0.1.0": the numbers of dyt/kernels/dyt.h, which CMake reads (cmake/DytVersion.cmake).
extern const char* const kVersion;

// Part of every run's identity. A commit that changes the numbers a run produces raises it, so that
// older run folders are not taken for results of this program.
inline constexpr int kResultsVersion = 6;

}  // namespace dyt::core
