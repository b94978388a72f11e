// SPDX-License-Identifier: Apache-2.0
// A web server for one test, which serves a folder in one of the ways of file_server.py.
//
//   FileServer server(folder.path(), "cut");
//   fetch_dataset(dataset, base, {.from = server.address()});
//   server.requests();   // "/a.bin 0", "/a.bin 1500", ...
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "dyt/core/process.h"

namespace dyt::testing {

class FileServer {
 public:
  FileServer(const std::filesystem::path& folder, const std::string& mode)
      : process_({.arguments = {"python3", DYT_SOURCE_DIR "/tests/support/file_server.py",
                                folder.string(), mode},
                  .pipe_input = true}) {
    ::setenv("no_proxy", "127.0.0.1", 1);
    port_ = process_.read_line().value_or("0");
  }

  std::string address() const { return "http://127.0.0.1:" + port_ + "/"; }

  // What was asked for since the last call: the path and the first byte.
  std::vector<std::string> requests() {
    std::vector<std::string> lines;
    while (const auto line = process_.read_line(100)) {
      lines.push_back(*line);
    }
    return lines;
  }

 private:
  core::Process process_;
  std::string port_;
};

}  // namespace dyt::testing
