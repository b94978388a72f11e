// SPDX-License-Identifier: Apache-2.0
// Stands for the `dyt` executable in the tests of process_launcher: `train` and `step-worker` with
// key=value arguments, of which it knows out, identity and mode.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <map>
#include <string>

#include "dyt/core/files.h"

namespace {

using Arguments = std::map<std::string, std::string>;

volatile sig_atomic_t interrupted = 0;

void handle_interrupt(int) { interrupted = 1; }

void say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

int train(const Arguments& arguments) {
  const std::string mode = arguments.at("mode");
  say("a line that is no event");
  say(R"({"event":"progress","step":3,"steps":10,"epoch":1,"epochs":2,"loss":1.5,"accuracy":null,)"
      R"("rate_images_per_second":100.5,"time_left_seconds":9.5})");
  if (mode == "fail") {
    std::fprintf(stderr, "error: the file is corrupt\n  where: byte 7\n");
    return 3;
  }
  if (mode == "wait") {
    while (!interrupted) {
      ::usleep(1000);
    }
    return 130;
  }
  say(R"({"event":"progress","step":10,"steps":10,"epoch":2,"epochs":2,"loss":0.5,"accuracy":0.75,)"
      R"("rate_images_per_second":100.5,"time_left_seconds":0})");
  dyt::core::write_file_atomic(arguments.at("out") + "/result.json", "{}");
  return 0;
}

int serve_steps(const Arguments& arguments) {
  const std::string mode = arguments.at("mode");
  if (mode == "fail") {
    std::fprintf(stderr, "error: no memory\n");
    return 5;
  }
  if (mode == "hang") {
    while (true) {
      ::pause();
    }
  }
  say(R"({"event":"ready","parameters":10})");
  std::string line;
  while (std::getline(std::cin, line) && line != "quit") {
    say(mode == "garbage" ? "no JSON" : R"({"time_seconds":0.25,"memory_peak_bytes":4096})");
  }
  return 0;
}

}  // namespace

int main(int count, char** values) {
  ::signal(SIGINT, handle_interrupt);
  Arguments arguments;
  bool events = false;
  for (int i = 2; i < count; ++i) {
    const std::string text = values[i];
    const size_t equals = text.find('=');
    events = events || text == "--events";
    if (equals != std::string::npos) {
      arguments[text.substr(0, equals)] = text.substr(equals + 1);
    }
  }
  const std::string command = values[1];
  return command == "train" && events ? train(arguments) : serve_steps(arguments);
}
