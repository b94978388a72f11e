// SPDX-License-Identifier: Apache-2.0
#include "dyt/train/environment.h"

#include <sys/utsname.h>
#include <torch/version.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>

#include "dyt/core/text.h"
#include "dyt/core/version.h"
#include "dyt/ops/load_cuda.h"

namespace dyt::train {
namespace {

// The value of the first line "key ... : value" of a file in /proc; "" where there is none.
std::string proc_value(const char* path, std::string_view key) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with(key)) {
      return core::trim(line.substr(line.find(':') + 1));
    }
  }
  return "";
}

std::string cpu_name() {
  const std::string name = proc_value("/proc/cpuinfo", "model name");
  return name.empty() ? "unknown" : name;
}

std::string system_name() {
  struct utsname names {};
  ::uname(&names);
  return std::string(names.sysname) + " " + names.release + " " + names.machine;
}

std::string compiler_name() {
#ifdef __clang__
  return std::string("clang ") + __clang_version__;
#else
  return std::string("g++ ") + __VERSION__;
#endif
}

// A line of this process's status, in bytes.
int64_t own_memory(std::string_view key) {
  const std::string kilobytes = proc_value("/proc/self/status", key);
  return kilobytes.empty() ? 0 : std::stoll(kilobytes) * 1024;
}

}  // namespace

nlohmann::ordered_json environment(const at::Device& device) {
  const int64_t pages = ::sysconf(_SC_PHYS_PAGES);
  nlohmann::ordered_json environment = {{"version", core::kVersion},
                                        {"results_version", core::kResultsVersion},
                                        {"libtorch", TORCH_VERSION},
                                        {"compiler", compiler_name()},
                                        {"hardware",
                                         {{"cpu", cpu_name()},
                                          {"cores", ::sysconf(_SC_NPROCESSORS_ONLN)},
                                          {"memory_bytes", pages * ::sysconf(_SC_PAGESIZE)},
                                          {"system", system_name()}}}};
  if (device.is_cuda()) {
    environment["hardware"]["gpu"] = ops::load_cuda().devices.at(device.index());
  }
  return environment;
}

// Not getrusage: its mark is carried over exec, so that a child would begin with its parent's.
int64_t peak_memory_bytes() { return own_memory("VmHWM"); }

ResidentMemory resident_memory() {
  return {.own_bytes = own_memory("RssAnon"), .file_bytes = own_memory("RssFile")};
}

}  // namespace dyt::train
