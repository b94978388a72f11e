// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "dyt/core/text.h"

namespace dyt::cli {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kDrawInterval = std::chrono::milliseconds(200);
constexpr auto kPlainInterval = std::chrono::seconds(15);

std::string line_of(const RunProgress& run) {
  std::string text = run.name.empty() ? "" : run.name + ": ";
  text += "step " + std::to_string(run.step) + "/" + std::to_string(run.steps) + ", loss " +
          core::fixed_text(run.loss, 4);
  if (run.accuracy) {
    text += ", accuracy " + core::fixed_text(100 * *run.accuracy, 1) + " %";
  }
  text += ", " + core::fixed_text(run.images_per_second, 0) + " images/s, " +
          duration_text(run.seconds_left) + " left";
  return text;
}

size_t terminal_width() {
  struct winsize size {};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 10 ? size.ws_col - 1 : 79;
}

// One that moves its cursor when it is told to: a "dumb" one shows the codes as text.
bool is_full_terminal() {
  const char* kind = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) != 0 && kind != nullptr && *kind != '\0' &&
         std::strcmp(kind, "dumb") != 0;
}

}  // namespace

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds)) {
    return "?";
  }
  const auto whole = static_cast<int64_t>(seconds + 0.5);
  if (whole < 60) {
    return std::to_string(whole) + " s";
  }
  if (whole < 3600) {
    return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  }
  return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

ProgressDisplay::ProgressDisplay(bool quiet, const core::StopFlag& stop)
    : quiet_(quiet), stop_(stop), terminal_(is_full_terminal()) {}

ProgressDisplay::~ProgressDisplay() { erase_lines(); }

void ProgressDisplay::erase_lines() {
  if (drawn_ > 0 && !stop_.requested()) {
    std::fprintf(stderr, "\033[%dA\033[J", drawn_);
    drawn_ = 0;
  }
}

void ProgressDisplay::draw_lines() {
  if (stop_.requested()) {
    return;
  }
  const size_t width = terminal_width();
  for (const auto& [name, line] : lines_) {
    std::fprintf(stderr, "%s\n", line.substr(0, width).c_str());
    ++drawn_;
  }
  std::fflush(stderr);
}

void ProgressDisplay::update(const RunProgress& run) { update(run.name, line_of(run)); }

void ProgressDisplay::update(const std::string& name, const std::string& line) {
  if (quiet_) {
    return;
  }
  const Clock::time_point now = Clock::now();
  if (!terminal_) {
    auto [entry, is_new] = last_plain_.try_emplace(name, now);
    if (!is_new && now - entry->second >= kPlainInterval) {
      entry->second = now;
      std::fprintf(stderr, "%s\n", line.c_str());
    }
    return;
  }
  lines_[name] = line;
  if (now - last_draw_ >= kDrawInterval) {
    last_draw_ = now;
    erase_lines();
    draw_lines();
  }
}

void ProgressDisplay::finish(const std::string& name, const std::string& text) {
  lines_.erase(name);
  last_plain_.erase(name);
  message(text);
}

void ProgressDisplay::message(const std::string& text) {
  if (quiet_) {
    return;
  }
  erase_lines();
  std::fprintf(stderr, "%s\n", text.c_str());
  if (terminal_) {
    draw_lines();
  }
}

}  // namespace dyt::cli
