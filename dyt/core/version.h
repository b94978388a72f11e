// Versions of the program and of what it computes.
#pragma once

namespace dyt::core {

inline constexpr const char* kVersion = "0.1.0";

// Part of every run's identity. A commit that changes the numbers a run produces raises it, so that
// older run folders are not taken for results of this program.
inline constexpr int kResultsVersion = 5;

}  // namespace dyt::core
