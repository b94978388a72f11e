# SPDX-License-Identifier: Apache-2.0
# Finds LibTorch 2.11.x: the C++ library inside PyTorch's wheel (or a libtorch archive).
#
# Looked for, in this order: LIBTORCH_ROOT (CMake variable, then environment variable), .deps/torch of
# this project. The folder may be the installed `torch` package itself or the folder it lies in.
# find_package(Torch) of the wheel is not used: it insists on a CUDA toolkit that nothing here needs.
#
# Makes LibTorch::LibTorch and LibTorch::OpenMP; sets LibTorch_FOUND, LibTorch_VERSION, LibTorch_ROOT_DIR.
set(_libtorch_hints ${LIBTORCH_ROOT} $ENV{LIBTORCH_ROOT} ${PROJECT_SOURCE_DIR}/.deps/torch)
set(_libtorch_dirs)
foreach(_hint IN LISTS _libtorch_hints)
  list(APPEND _libtorch_dirs ${_hint} ${_hint}/torch)
endforeach()

find_path(LibTorch_ROOT_DIR NAMES include/torch/csrc/api/include/torch/torch.h
          HINTS ${_libtorch_dirs} NO_DEFAULT_PATH)
find_library(LibTorch_CPU_LIBRARY torch_cpu HINTS ${LibTorch_ROOT_DIR}/lib NO_DEFAULT_PATH)
find_library(LibTorch_C10_LIBRARY c10 HINTS ${LibTorch_ROOT_DIR}/lib NO_DEFAULT_PATH)

set(_libtorch_header ${LibTorch_ROOT_DIR}/include/torch/headeronly/version.h)
if(EXISTS ${_libtorch_header})
  foreach(_part MAJOR MINOR PATCH)
    file(STRINGS ${_libtorch_header} _libtorch_line REGEX "#define TORCH_VERSION_${_part} [0-9]+")
    string(REGEX MATCH "[0-9]+$" _libtorch_${_part} "${_libtorch_line}")
  endforeach()
  set(LibTorch_VERSION ${_libtorch_MAJOR}.${_libtorch_MINOR}.${_libtorch_PATCH})
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LibTorch_CPU_LIBRARY LibTorch_C10_LIBRARY LibTorch_ROOT_DIR
  VERSION_VAR LibTorch_VERSION
  REASON_FAILURE_MESSAGE "run `make setup`, or name a LibTorch 2.11.x with LIBTORCH_ROOT=FOLDER")

if(LibTorch_FOUND AND NOT TARGET LibTorch::LibTorch)
  if(NOT LibTorch_VERSION MATCHES "^2\\.11\\.")
    message(FATAL_ERROR "LibTorch 2.11.x is needed, ${LibTorch_VERSION} was found in ${LibTorch_ROOT_DIR}. "
      "Unset LIBTORCH_ROOT and run `make setup`, or name a 2.11.x there.")
  endif()
  add_library(LibTorch::C10 SHARED IMPORTED)
  set_target_properties(LibTorch::C10 PROPERTIES IMPORTED_LOCATION ${LibTorch_C10_LIBRARY})
  add_library(LibTorch::LibTorch SHARED IMPORTED)
  set_target_properties(LibTorch::LibTorch PROPERTIES
    IMPORTED_LOCATION ${LibTorch_CPU_LIBRARY}
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES
      "${LibTorch_ROOT_DIR}/include;${LibTorch_ROOT_DIR}/include/torch/csrc/api/include"
    INTERFACE_LINK_LIBRARIES LibTorch::C10)
  target_include_directories(LibTorch::LibTorch SYSTEM INTERFACE
    ${LibTorch_ROOT_DIR}/include ${LibTorch_ROOT_DIR}/include/torch/csrc/api/include)
endif()

# LibTorch's streams, guards and allocator on CUDA; the small install has them too.
find_library(LibTorch_C10_CUDA_LIBRARY c10_cuda HINTS ${LibTorch_ROOT_DIR}/lib NO_DEFAULT_PATH)
if(LibTorch_C10_CUDA_LIBRARY AND NOT TARGET LibTorch::C10Cuda)
  add_library(LibTorch::C10Cuda SHARED IMPORTED)
  set_target_properties(LibTorch::C10Cuda PROPERTIES IMPORTED_LOCATION ${LibTorch_C10_CUDA_LIBRARY})
endif()

# OpenMP: our files are compiled with -fopenmp, but they must run on the one runtime that LibTorch runs
# on. The wheel carries its own libgomp; linking the system's beside it would leave to the search path
# which one is loaded.
find_library(LibTorch_GOMP_LIBRARY NAMES libgomp.so.1 HINTS ${LibTorch_ROOT_DIR}/lib NO_DEFAULT_PATH)
if(LibTorch_FOUND AND NOT TARGET LibTorch::OpenMP)
  add_library(LibTorch::OpenMP INTERFACE IMPORTED)
  if(LibTorch_GOMP_LIBRARY)
    set_target_properties(LibTorch::OpenMP PROPERTIES
      INTERFACE_COMPILE_OPTIONS -fopenmp
      INTERFACE_LINK_LIBRARIES ${LibTorch_GOMP_LIBRARY})
  else()
    find_package(OpenMP REQUIRED COMPONENTS CXX)
    set_target_properties(LibTorch::OpenMP PROPERTIES INTERFACE_LINK_LIBRARIES OpenMP::OpenMP_CXX)
  endif()
endif()
mark_as_advanced(LibTorch_C10_CUDA_LIBRARY LibTorch_GOMP_LIBRARY LibTorch_ROOT_DIR LibTorch_CPU_LIBRARY LibTorch_C10_LIBRARY)
