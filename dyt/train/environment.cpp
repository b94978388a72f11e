#include "dyt/train/environment.h"

#include <sys/resource.h>
#include <sys/utsname.h>
#include <torch/version.h>
#include <unistd.h>

#include <fstream>

#include "dyt/core/text.h"
#include "dyt/core/version.h"

namespace dyt::train {
namespace {

std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("model name")) {
      return core::trim(line.substr(line.find(':') + 1));
    }
  }
  return "unknown";
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

}  // namespace

nlohmann::ordered_json environment() {
  const int64_t pages = ::sysconf(_SC_PHYS_PAGES);
  return {{"version", core::kVersion},
          {"results_version", core::kResultsVersion},
          {"libtorch", TORCH_VERSION},
          {"compiler", compiler_name()},
          {"hardware",
           {{"cpu", cpu_name()},
            {"cores", ::sysconf(_SC_NPROCESSORS_ONLN)},
            {"memory_bytes", pages * ::sysconf(_SC_PAGESIZE)},
            {"system", system_name()}}}};
}

int64_t peak_memory_bytes() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss * int64_t{1024};
}

}  // namespace dyt::train
