// SPDX-License-Identifier: Apache-2.0
// Errors for the person who meets them: what is wrong, where, what was expected and found, what to
// do.
//
//   throw Error(ErrorKind::kUsage, {.what = "unknown key 'model.dpth'", .where = "command line",
//                                   .todo = "did you mean 'model.depth'?"});
//
// The library never prints and never ends the process: it throws. The program turns the kind into
// its exit code.
#pragma once

#include <stdexcept>
#include <string>

namespace dyt::core {

// The value is the exit code of the `dyt` command.
enum class ErrorKind {
  kInternal = 1,      // our mistake
  kUsage = 2,         // command line or configuration
  kData = 3,          // data or a file
  kDiverged = 4,      // a training loss that is not finite
  kResources = 5,     // memory or disk
  kInterrupted = 130  // the user stopped it
};

// Parts of a message; empty ones are left out.
struct ErrorParts {
  std::string what;   // one sentence: what is wrong
  std::string where;  // file and byte or line, key, command line
  std::string expected;
  std::string found;
  std::string todo;  // what the person can do
};

class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, ErrorParts parts);

  ErrorKind kind() const { return kind_; }
  const ErrorParts& parts() const { return parts_; }

 private:
  ErrorKind kind_;
  ErrorParts parts_;
};

}  // namespace dyt::core
