// SPDX-License-Identifier: Apache-2.0
// Whether plots can be drawn here: to be known before hours of training, not after them.
#pragma once

#include <string>

namespace dyt::report {

// Draws a trial figure. "" where that works, else why not and what to do; pages are then made
// without plots and say so in their places.
std::string plot_problem();

}  // namespace dyt::report
