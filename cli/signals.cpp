#include "cli/signals.h"

#include <signal.h>

namespace dyt::cli {
namespace {

core::StopFlag stop_flag;

void handle_stop(int) { stop_flag.request(); }

}  // namespace

const core::StopFlag& stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = handle_stop;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    ::sigaction(number, &action, nullptr);
  }
  return stop_flag;
}

}  // namespace dyt::cli
