// SPDX-License-Identifier: Apache-2.0
// Progress for a person on standard error: lines that renew themselves on a terminal, plain lines
// from time to time when piped or on a terminal without cursor codes (TERM=dumb), nothing when
// quiet.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "dyt/core/stop.h"

namespace dyt::cli {

struct RunProgress {
  std::string name;  // "dyt, seed 3"; empty for a single run
  int64_t step = 0, steps = 0;
  double loss = 0;
  std::optional<double> accuracy;  // 0 to 1
  double images_per_second = 0;
  double seconds_left = 0;
};

// "3 min 20 s"; "?" where it is not finite.
std::string duration_text(double seconds);

class ProgressDisplay {
 public:
  // After a request to stop nothing is drawn or erased any more: the answer to Ctrl-C stands below.
  ProgressDisplay(bool quiet, const core::StopFlag& stop);
  ~ProgressDisplay();
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  void update(const RunProgress& run);
  // The same of work that is no training: its line as it is to stand there.
  void update(const std::string& name, const std::string& line);
  // The run has ended: its line goes, `message` stays.
  void finish(const std::string& name, const std::string& message);
  void message(const std::string& text);

 private:
  void erase_lines();
  void draw_lines();

  bool quiet_;
  const core::StopFlag& stop_;
  bool terminal_;
  std::map<std::string, std::string> lines_;  // by run name
  std::map<std::string, std::chrono::steady_clock::time_point> last_plain_;
  std::chrono::steady_clock::time_point last_draw_{};
  int drawn_ = 0;
};

}  // namespace dyt::cli
