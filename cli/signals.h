// SPDX-License-Identifier: Apache-2.0
// Ctrl-C and its relatives as a flag that the library looks at between steps.
#pragma once

#include "dyt/core/stop.h"

namespace dyt::cli {

enum class Audience {
  kPerson,  // the first Ctrl-C is answered with a line, the second leaves at once
  kParent   // signals come from our own parent, which may send them again and again
};

// Installs handlers for SIGINT, SIGTERM and SIGHUP and returns the flag they set. A SIGHUP that
// nohup has turned off stays off.
const core::StopFlag& stop_on_signals(Audience audience);

// A write beyond a limit on file sizes is an error, not the end of the process.
void ignore_file_size_signal();

}  // namespace dyt::cli
