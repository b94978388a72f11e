// SPDX-License-Identifier: Apache-2.0
// A Python of the user's as a child process that runs a script of ours: contenders of a bench that
// need it.
//
//   PythonPeer peer("python3", {.name = "ops_peers.py", .text = ops_peers_py()}, stop);
//   const Json made = peer.ask({{"case", name}}, "compile");
//
// The script speaks JSON lines as dyt/bench/peer_protocol.py says.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dyt/bench/interleave.h"

namespace dyt::bench {

struct PeerScript {
  std::string name;  // of its file
  std::string_view text;
  std::string todo;  // for errors: what helps where something fails there
};

// The child's standard error is kept for errors; it ends with this object. OpenMP's variables are
// inherited.
class PythonPeer {
 public:
  using Json = nlohmann::ordered_json;

  // `python` is a program (PATH is searched). `stop` is asked while an answer is waited for; may be
  // empty. Error(kResources) where the program cannot be started or lacks what the script imports.
  PythonPeer(const std::string& python, const PeerScript& script, std::function<bool()> stop);
  ~PythonPeer();
  PythonPeer(const PythonPeer&) = delete;
  PythonPeer& operator=(const PythonPeer&) = delete;

  // `doing` is for errors. Error(kResources) where the script answers with an error,
  // Error(kInterrupted) where stop says so, Error(kInternal) where the child ends or answers what
  // nobody asked for.
  Json ask(const Json& request, const std::string& doing);

  // {"python": version, "torch": version, ...}, as the script said at its start.
  const Json& versions() const;
  std::string version(const std::string& of) const;

  [[noreturn]] void fail(const std::string& reason);

 private:
  class Child;
  std::unique_ptr<Child> child_;
};

// The contenders whose names `made["contenders"]` lists, each timed in the child: a turn is the
// request {"run": name, "calls": n}, its answer {"seconds": s}. They hold on to the peer.
std::vector<Contender> peer_contenders(const std::shared_ptr<PythonPeer>& peer,
                                       const PythonPeer::Json& made);

}  // namespace dyt::bench
