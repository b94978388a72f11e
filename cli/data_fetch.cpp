// SPDX-License-Identifier: Apache-2.0
#include "cli/data_fetch.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/signals.h"
#include "dyt/core/error.h"
#include "dyt/core/text.h"
#include "dyt/data/fetch.h"

namespace dyt::cli {
namespace {

using Json = nlohmann::ordered_json;
using data::FileReport;
using data::FileState;

const char* word_of(FileState state) {
  switch (state) {
    case FileState::kOk:
      return "ok";
    case FileState::kMissing:
      return "missing";
    case FileState::kWrong:
      return "wrong checksum";
    case FileState::kNoChecksum:
      return "no checksum";
  }
  return "";
}

// One line that renews itself on a terminal; elsewhere a line a file and every ten seconds.
class FetchDisplay {
 public:
  explicit FetchDisplay(bool quiet) : quiet_(quiet), terminal_(::isatty(STDERR_FILENO) == 1) {}
  ~FetchDisplay() { end_line(); }
  FetchDisplay(const FetchDisplay&) = delete;
  FetchDisplay& operator=(const FetchDisplay&) = delete;

  void update(const data::FetchProgress& progress) {
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double> pause(terminal_ ? 0.1 : 10.0);
    if (quiet_ || (progress.file == file_ && now - last_ < pause)) {
      return;
    }
    if (progress.file != file_) {
      end_line();
    }
    file_ = progress.file;
    last_ = now;
    std::string text = progress.file + "  " + megabytes(progress.bytes);
    if (progress.total > 0) {
      text += " of " + megabytes(progress.total);
    }
    std::fprintf(stderr, terminal_ ? "\r\033[K%s MB" : "%s MB\n", text.c_str());
    std::fflush(stderr);
    open_line_ = terminal_;
  }

 private:
  static std::string megabytes(uint64_t bytes) {
    return core::fixed_text(static_cast<double>(bytes) / 1e6, 1);
  }

  void end_line() {
    if (open_line_) {
      std::fprintf(stderr, "\r\033[K");
      open_line_ = false;
    }
  }

  bool quiet_;
  bool terminal_;
  bool open_line_ = false;
  std::string file_;
  std::chrono::steady_clock::time_point last_{};
};

Json json_of(const FileReport& report, bool with_fetched) {
  Json entry = {{"file", report.path.string()}, {"state", word_of(report.state)}};
  if (with_fetched) {
    entry["fetched"] = report.fetched;
  }
  for (const auto& [key, value] :
       {std::pair("matched", report.matched), std::pair("expected", report.expected),
        std::pair("found", report.found)}) {
    if (!value.empty()) {
      entry[key] = value;
    }
  }
  return entry;
}

void print_reports(const FetchRequest& request, const std::vector<FileReport>& reports,
                   bool is_fetch) {
  if (request.json) {
    Json files = Json::array();
    for (const FileReport& report : reports) {
      files.push_back(json_of(report, is_fetch));
    }
    std::printf("%s\n", Json({{"name", request.name}, {"files", files}}).dump(2).c_str());
    return;
  }
  for (const FileReport& report : reports) {
    const char* action = !is_fetch ? "" : report.fetched ? "fetched, " : "kept, ";
    const std::string matched = report.matched.empty() ? "" : " (" + report.matched + ")";
    std::printf("%s%s  %s%s\n", action, word_of(report.state), report.path.c_str(),
                matched.c_str());
    if (!report.expected.empty()) {
      std::printf("    expected %s\n    found    %s\n", report.expected.c_str(),
                  report.found.c_str());
    }
  }
}

// The row to work on, or nullptr after saying that there is none.
const data::RemoteDataset* remote_of(const FetchRequest& request, const char* verb) {
  const data::RemoteDataset* remote = data::find_remote(request.name);
  if (remote == nullptr) {
    const std::string note = "there is nothing to " + std::string(verb) + " for '" + request.name +
                             "': " + request.summary;
    if (request.json) {
      const Json entry = {{"name", request.name}, {"files", Json::array()}, {"note", note}};
      std::printf("%s\n", entry.dump(2).c_str());
    } else {
      std::printf("%s\n", note.c_str());
    }
  }
  return remote;
}

}  // namespace

int run_fetch(const FetchRequest& request) {
  const data::RemoteDataset* remote = remote_of(request, "fetch");
  if (remote == nullptr) {
    return 0;
  }
  std::vector<FileReport> reports;
  {
    FetchDisplay display(request.quiet);
    reports = data::fetch_dataset(
        *remote, request.folder,
        {.from = request.from,
         .on_progress = [&](const data::FetchProgress& progress) { display.update(progress); },
         .stop = &stop_on_signals(Audience::kPerson)});
  }
  print_reports(request, reports, true);
  return 0;
}

int run_verify(const FetchRequest& request) {
  const data::RemoteDataset* remote = remote_of(request, "verify");
  if (remote == nullptr) {
    return 0;
  }
  const std::vector<FileReport> reports = data::verify_dataset(*remote, request.folder);
  print_reports(request, reports, false);
  const bool all_ok = std::all_of(reports.begin(), reports.end(), [](const FileReport& report) {
    return report.state == FileState::kOk;
  });
  if (!all_ok) {
    std::fprintf(stderr, "dyt: not every file is right; `dyt data fetch %s` gets what is not\n",
                 request.name.c_str());
  }
  return all_ok ? 0 : static_cast<int>(core::ErrorKind::kData);
}

}  // namespace dyt::cli
