// SPDX-License-Identifier: Apache-2.0
// Child processes with pipes: gnuplot for the report, training runs and cost workers for a
// comparison, compiled peers for a bench.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dyt::core {

struct ProcessSpec {
  std::vector<std::string> arguments;              // arguments[0] is the program (PATH is searched)
  std::map<std::string, std::string> environment;  // added to ours
  bool own_group = false;   // a process group of its own: a terminal's Ctrl-C does not reach it
  bool pipe_input = false;  // write() reaches its standard input; else it reads /dev/null
  std::string error_path;   // standard error goes to this file (appended); "": same as ours
};

// Standard output is always piped to us. A child dies with its parent (Linux).
class Process {
 public:
  explicit Process(const ProcessSpec& spec);  // Error(kResources) if it cannot be started
  ~Process();                                 // kills and reaps what still runs
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void write(const std::string& text);  // Error(kInternal) if the child has gone
  void close_input();

  // The next whole line of standard output without its end; nullopt at its end or, with a timeout
  // in milliseconds, when none came in time (then finished_output() is false).
  std::optional<std::string> read_line(int timeout_ms = -1);
  bool finished_output() const { return output_ < 0; }
  int output_descriptor() const { return output_; }  // for poll(); -1 after the end

  void send_signal(int signal);  // to the group where it has its own
  // The exit status, 128 + signal if a signal ended it.
  int wait();

 private:
  std::optional<std::string> take_line();

  pid_t pid_ = -1;
  bool own_group_ = false;
  int input_ = -1;
  int output_ = -1;
  std::string buffer_;
  std::optional<int> status_;
};

}  // namespace dyt::core
