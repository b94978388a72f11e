// SPDX-License-Identifier: Apache-2.0
#include "dyt/ops/load_cuda.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

#include "dyt/ops/internal/cuda_library.h"

namespace dyt::ops {
namespace {

namespace fs = std::filesystem;

// The folder of the file that holds this address; empty if nobody knows.
fs::path folder_of(const void* address) {
  Dl_info info{};
  std::error_code error;
  if (dladdr(address, &info) == 0 || info.dli_fname == nullptr) {
    return {};
  }
  const fs::path file = fs::canonical(info.dli_fname, error);
  return error ? fs::path() : file.parent_path();
}

std::vector<fs::path> candidates() {
  if (const char* named = std::getenv("DYT_CUDA_LIBRARY"); named != nullptr && *named != '\0') {
    return {named};
  }
  std::error_code error;
  const fs::path program = fs::canonical("/proc/self/exe", error).parent_path();
  const fs::path own = folder_of(reinterpret_cast<const void*>(&load_cuda));
  std::vector<fs::path> folders;
  for (const fs::path& folder : {own, program}) {
    if (!folder.empty() && (folders.empty() || folders.front() != folder)) {
      folders.push_back(folder);
    }
  }
  std::vector<fs::path> files;
  for (const fs::path& folder : folders) {
    for (const char* way : {".", "../lib", "../../lib"}) {
      files.push_back((folder / way / internal::kCudaLibrary).lexically_normal());
    }
  }
  return files;
}

// An empty path if none is there.
fs::path found_in(const std::vector<fs::path>& files) {
  for (const fs::path& file : files) {
    std::error_code error;
    if (fs::exists(file, error)) {
      return file;
    }
  }
  return {};
}

std::string not_found(const std::vector<fs::path>& files) {
  std::string text = "dyt's CUDA library was not found: ";
  for (const fs::path& file : files) {
    text += (&file == &files.front() ? "" : ", ") + file.string();
  }
  return text + ". It is built where CMake finds nvcc (-DDYT_WITH_CUDA=ON insists on it)";
}

std::string last_dl_error() {
  const char* error = dlerror();
  return error == nullptr ? "unknown reason" : error;
}

// Memory and arithmetic on the GPU are LibTorch's; its GPU part lies beside its CPU part.
std::string load_torch_cuda() {
  const auto address = reinterpret_cast<const void*>(&c10::Dispatcher::realSingleton);
  const fs::path file = folder_of(address) / "libtorch_cuda.so";
  if (dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr) {
    return {};
  }
  return "LibTorch's GPU part cannot be loaded (" + last_dl_error() +
         "). Fetch the LibTorch with GPU libraries: TORCH=full make setup";
}

CudaSupport load() {
  CudaSupport support;
  const std::vector<fs::path> files = candidates();
  const fs::path file = found_in(files);
  if (file.empty()) {
    support.why_not = not_found(files);
    return support;
  }
  // Global, as LibTorch's own: one set of types and one dispatcher in the process.
  void* const library = dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL);
  if (library == nullptr) {
    support.why_not = "dyt's CUDA library cannot be loaded: " + last_dl_error();
    return support;
  }
  void* const symbol = dlsym(library, internal::kCudaProbe);
  if (symbol == nullptr) {
    support.why_not = file.string() + " is not dyt's CUDA library: " + last_dl_error();
    return support;
  }
  support.registered = true;
  reinterpret_cast<internal::CudaProbe>(symbol)(support.devices, support.why_not);
  if (support.why_not.empty()) {
    support.why_not = load_torch_cuda();
  }
  return support;
}

}  // namespace

const CudaSupport& load_cuda() {
  static const CudaSupport support = load();
  return support;
}

}  // namespace dyt::ops
