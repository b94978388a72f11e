// SPDX-License-Identifier: Apache-2.0
#include "dyt/bench/internal/python_peer.h"

#include <stdlib.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "dyt/bench/internal/embedded.h"
#include "dyt/core/error.h"
#include "dyt/core/files.h"
#include "dyt/core/process.h"
#include "dyt/core/text.h"

namespace dyt::bench {
namespace {

namespace fs = std::filesystem;
using Json = PythonPeer::Json;

constexpr int kStopLookMs = 200;
constexpr size_t kErrorLines = 12;
constexpr std::string_view kImport = "import ";

// For the scripts, whose lines Triton wants to read, and the child's standard error.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "dyt-peers-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw core::Error(core::ErrorKind::kResources,
                        {.what = "cannot make a temporary folder",
                         .where = name,
                         .todo = "set TMPDIR to a folder to write in"});
    }
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  fs::path operator/(const std::string& name) const { return path_ / name; }
  fs::path errors() const { return path_ / "stderr"; }

 private:
  fs::path path_;
};

std::string last_lines(const fs::path& path) {
  std::error_code ignored;
  const std::string text = fs::exists(path, ignored) ? core::trim(core::read_file(path)) : "";
  const std::vector<std::string> lines = core::split(text, '\n');
  return core::join(std::span(lines).last(std::min(lines.size(), kErrorLines)), "\n");
}

core::ProcessSpec spec_of(const std::string& python, const PeerScript& script,
                          const Folder& folder) {
  core::write_file_atomic(folder / "peer_protocol.py", peer_protocol_py());
  core::write_file_atomic(folder / script.name, script.text);
  return {.arguments = {python, (folder / script.name).string()},
          .environment = {},
          .own_group = true,  // a Ctrl-C is for us; with it end the processes that it has started
          .pipe_input = true,
          .error_path = folder.errors().string()};
}

}  // namespace

class PythonPeer::Child {
 public:
  Child(std::string python, const PeerScript& script, std::function<bool()> stop)
      : python_(std::move(python)), todo_(script.todo), stop_(std::move(stop)) {
    try {
      process_.emplace(spec_of(python_, script, folder_));
    } catch (const core::Error& error) {
      throw core::Error(core::ErrorKind::kResources,
                        {.what = "the peers' Python cannot be started",
                         .where = "python",
                         .expected = "a Python with PyTorch, as python=venv/bin/python",
                         .found = error.what()});
    }
    const Json hello = answer("import torch");
    if (!hello.contains("ready") || !hello["ready"].is_object()) {
      fail("its first answer is " + hello.dump());
    }
    versions_ = hello["ready"];
  }

  Json ask(const Json& request, const std::string& doing) {
    try {
      process_->write(request.dump() + "\n");
    } catch (const core::Error&) {
      // It has ended: the answer says how.
    }
    return answer(doing);
  }

  const Json& versions() const { return versions_; }

  [[noreturn]] void fail(const std::string& reason) {
    throw core::Error(core::ErrorKind::kInternal,
                      {.what = "the peers' Python failed: " + reason,
                       .where = python_,
                       .found = last_lines(folder_.errors()),
                       .todo = "without 'python' the other contenders are measured; smaller cases "
                               "need less memory"});
  }

 private:
  Json answer(const std::string& doing) {
    while (true) {
      if (stop_ && stop_()) {
        throw core::Error(core::ErrorKind::kInterrupted,
                          {.what = "the measurement was interrupted"});
      }
      const std::optional<std::string> line = process_->read_line(kStopLookMs);
      if (line) {
        return checked(*line);
      }
      if (process_->finished_output()) {
        fail("it ended with status " + std::to_string(process_->wait()) + " at '" + doing + "'");
      }
    }
  }

  Json checked(const std::string& line) {
    Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object()) {
      fail("it answered '" + line + "'");
    }
    if (json.contains("error")) {
      refuse(json.value("error", ""), json.value("doing", ""));
    }
    return json;
  }

  [[noreturn]] void refuse(const std::string& error, const std::string& doing) {
    if (doing.starts_with(kImport)) {
      const std::string module = doing.substr(kImport.size());
      throw core::Error(core::ErrorKind::kResources,
                        {.what = "the peers' Python cannot " + doing,
                         .where = python_,
                         .expected = "a Python with " + module,
                         .found = error,
                         .todo = "install it there (" + python_ + " -m pip install " + module +
                                 "), or give another Python as 'python'"});
    }
    throw core::Error(core::ErrorKind::kResources,
                      {.what = "'" + doing + "' failed in the peers' Python",
                       .where = python_,
                       .found = error,
                       .todo = todo_});
  }

  std::string python_, todo_;
  std::function<bool()> stop_;
  Folder folder_;  // outlives the process
  std::optional<core::Process> process_;
  Json versions_;
};

PythonPeer::PythonPeer(const std::string& python, const PeerScript& script,
                       std::function<bool()> stop)
    : child_(std::make_unique<Child>(python, script, std::move(stop))) {}

PythonPeer::~PythonPeer() = default;

Json PythonPeer::ask(const Json& request, const std::string& doing) {
  return child_->ask(request, doing);
}

const Json& PythonPeer::versions() const { return child_->versions(); }

std::string PythonPeer::version(const std::string& of) const {
  return versions().value(of, "unknown");
}

void PythonPeer::fail(const std::string& reason) { child_->fail(reason); }

std::vector<Contender> peer_contenders(const std::shared_ptr<PythonPeer>& peer, const Json& made) {
  if (!made.contains("contenders") || !made["contenders"].is_array()) {
    peer->fail("asked for a case it answered " + made.dump());
  }
  std::vector<Contender> contenders;
  for (const Json& name : made["contenders"]) {
    const std::string text = name.get<std::string>();
    contenders.push_back({text, [peer, text](int64_t calls) {
                            const Json turn = peer->ask({{"run", text}, {"calls", calls}}, text);
                            if (!turn.contains("seconds") || !turn["seconds"].is_number()) {
                              peer->fail("asked for a turn it answered " + turn.dump());
                            }
                            return turn["seconds"].get<double>();
                          }});
  }
  return contenders;
}

}  // namespace dyt::bench
