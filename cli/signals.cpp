// SPDX-License-Identifier: Apache-2.0
#include "cli/signals.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "dyt/core/error.h"

namespace dyt::cli {
namespace {

constexpr std::string_view kAnswer =
    "dyt: stopping after this step and saving; Ctrl-C again leaves at once\n";

core::StopFlag stop_flag;

void handle_stop(int) { stop_flag.request(); }

// Only calls that are safe in a signal handler.
void handle_stop_of_person(int number) {
  if (number == SIGINT && stop_flag.requested()) {
    ::_exit(static_cast<int>(core::ErrorKind::kInterrupted));
  }
  stop_flag.request();
  const int code = errno;
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kAnswer.data(), kAnswer.size());
  errno = code;
}

}  // namespace

const core::StopFlag& stop_on_signals(Audience audience) {
  struct sigaction action {};
  action.sa_handler = audience == Audience::kPerson ? handle_stop_of_person : handle_stop;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction present {};
    ::sigaction(number, nullptr, &present);
    if (number != SIGHUP || present.sa_handler != SIG_IGN) {
      ::sigaction(number, &action, nullptr);
    }
  }
  return stop_flag;
}

void ignore_file_size_signal() { ::signal(SIGXFSZ, SIG_IGN); }

}  // namespace dyt::cli
