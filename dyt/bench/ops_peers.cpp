#include "dyt/bench/ops_peers.h"

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
using Json = nlohmann::ordered_json;

constexpr int kStopLookMs = 200;
constexpr size_t kErrorLines = 12;

// For the script, whose lines Triton wants to read, and the child's standard error.
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

  fs::path script() const { return path_ / "ops_peers.py"; }
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

core::ProcessSpec spec_of(const std::string& python, const Folder& folder) {
  core::write_file_atomic(folder.script(), ops_peers_py());
  return {.arguments = {python, folder.script().string()},
          .environment = {},
          .own_group = true,  // a Ctrl-C is for us; with it end the compilers that it has started
          .pipe_input = true,
          .error_path = folder.errors().string()};
}

}  // namespace

class OpsPeers::Child {
 public:
  Child(std::string python, std::function<bool()> stop)
      : python_(std::move(python)), stop_(std::move(stop)) {
    try {
      process_.emplace(spec_of(python_, folder_));
    } catch (const core::Error& error) {
      throw core::Error(core::ErrorKind::kResources,
                        {.what = "the peers' Python cannot be started",
                         .where = "python",
                         .expected = "a Python with PyTorch, as python=venv/bin/python",
                         .found = error.what()});
    }
    const Json hello = answer("import torch");
    if (!hello.contains("ready")) {
      fail("its first answer is " + hello.dump());
    }
    ready_ = hello["ready"];
  }

  // `doing` is for errors.
  Json ask(const Json& request, const std::string& doing) {
    try {
      process_->write(request.dump() + "\n");
    } catch (const core::Error&) {
      // It has ended: the answer says how.
    }
    return answer(doing);
  }

  std::string version(const char* of) const {
    return ready_.is_object() ? ready_.value(of, "unknown") : "unknown";
  }

  [[noreturn]] void fail(const std::string& reason) {
    throw core::Error(core::ErrorKind::kInternal,
                      {.what = "the peers' Python failed: " + reason,
                       .where = python_,
                       .found = last_lines(folder_.errors()),
                       .todo = "without 'python' the other contenders are measured; smaller shapes "
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
    if (doing == "import torch") {
      throw core::Error(core::ErrorKind::kResources,
                        {.what = "the peers' Python cannot import torch",
                         .where = python_,
                         .expected = "a Python with PyTorch",
                         .found = error,
                         .todo = "install it there (" + python_ +
                                 " -m pip install torch), or give "
                                 "another Python as 'python'"});
    }
    throw core::Error(core::ErrorKind::kResources,
                      {.what = "'" + doing + "' failed in the peers' Python",
                       .where = python_,
                       .found = error,
                       .todo = "torch.compile needs a C++ compiler and Python's headers (Debian, "
                               "Ubuntu: apt install g++ python3-dev); if it is not that, leave out "
                               "'python', and the other contenders are measured"});
  }

  std::string python_;
  std::function<bool()> stop_;
  Folder folder_;  // outlives the process
  std::optional<core::Process> process_;
  Json ready_;
};

OpsPeers::OpsPeers(const std::string& python, std::function<bool()> stop)
    : child_(std::make_shared<Child>(python, std::move(stop))) {}

OpsPeers::~OpsPeers() = default;

std::string OpsPeers::python_version() const { return child_->version("python"); }
std::string OpsPeers::torch_version() const { return child_->version("torch"); }

std::vector<Contender> OpsPeers::contenders(const OpsCase& wanted) {
  const Json made = child_->ask({{"case",
                                  {{"shape", {wanted.shape.rows, wanted.shape.channels}},
                                   {"dtype", wanted.dtype},
                                   {"pass", wanted.pass},
                                   {"outputs", wanted.outputs},
                                   {"buffers", buffers_of(wanted)},
                                   {"threads", wanted.threads},
                                   {"device", wanted.device.str()},
                                   {"function", wanted.function},
                                   {"eps", kNormEps}}}},
                                "compile");
  if (!made.contains("contenders") || !made["contenders"].is_array()) {
    child_->fail("asked for a case it answered " + made.dump());
  }
  std::vector<Contender> contenders;
  for (const Json& name : made["contenders"]) {
    const std::string text = name.get<std::string>();
    contenders.push_back({text, [child = child_, text](int64_t calls) {
                            const Json turn = child->ask({{"run", text}, {"calls", calls}}, text);
                            if (!turn.contains("seconds") || !turn["seconds"].is_number()) {
                              child->fail("asked for a turn it answered " + turn.dump());
                            }
                            return turn["seconds"].get<double>();
                          }});
  }
  return contenders;
}

}  // namespace dyt::bench
