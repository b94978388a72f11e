// Ctrl-C and its relatives as a flag that the library looks at between steps.
#pragma once

#include "dyt/core/stop.h"

namespace dyt::cli {

// Installs handlers for SIGINT, SIGTERM and SIGHUP and returns the flag they set.
const core::StopFlag& stop_on_signals();

}  // namespace dyt::cli
