// SPDX-License-Identifier: Apache-2.0
// Runs the built `dyt` as a person would and keeps what it said.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "dyt/core/process.h"
#include "tests/support/temp_folder.h"

namespace dyt::testing {

struct CommandResult {
  int status = 0;
  std::string output;  // standard output
  std::string errors;  // standard error
};

CommandResult run_dyt(std::vector<std::string> arguments);

// One that is still at work: for signals, and for two at once.
//
//   StartedDyt dyt({"train", "out=runs/a"});
//   ASSERT_TRUE(wait_until([&] { return dyt.errors() != ""; }));
//   dyt.send_signal(SIGINT);
//   EXPECT_EQ(dyt.finish().status, 130);
class StartedDyt {
 public:
  // `wrapper` comes before the program: {"nohup"}.
  explicit StartedDyt(std::vector<std::string> arguments,
                      const std::vector<std::string>& wrapper = {});

  void send_signal(int signal) { process_.send_signal(signal); }
  std::string errors() const;
  CommandResult finish();

 private:
  TempFolder folder_;
  core::Process process_;
};

// Looks again and again; false if it has not come true in two minutes.
bool wait_until(const std::function<bool()>& is_true);

// A model and data set small enough that a training run takes about a second.
std::vector<std::string> tiny_run(const std::string& command, const std::vector<std::string>& more);

}  // namespace dyt::testing
