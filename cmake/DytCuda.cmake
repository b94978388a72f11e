# SPDX-License-Identifier: Apache-2.0
# CUDA, where a toolkit is: sets DYT_CUDA to ON or OFF. DYT_WITH_CUDA=AUTO builds the CUDA kernels if nvcc
# is found (PATH, or CMAKE_CUDA_COMPILER), ON insists on it, OFF leaves it alone.
#
# Code for sm_80, sm_90 and sm_100, and PTX of the last for what comes after; another choice:
# -DCMAKE_CUDA_ARCHITECTURES=90-real. No GPU is needed to build.
set(DYT_WITH_CUDA AUTO CACHE STRING "Build the CUDA kernels: AUTO (where nvcc is found), ON, OFF")
set_property(CACHE DYT_WITH_CUDA PROPERTY STRINGS AUTO ON OFF)
set(DYT_CUDA OFF)

if(DYT_WITH_CUDA STREQUAL "AUTO" AND DYT_SANITIZE)
  set(_dyt_cuda_wanted OFF)  # the sanitizers look at the host's code; nvcc would only cost time
else()
  set(_dyt_cuda_wanted ${DYT_WITH_CUDA})
endif()

if(_dyt_cuda_wanted)
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 80-real 90-real 100)
  endif()
  if(NOT DEFINED CMAKE_CUDA_HOST_COMPILER AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    set(CMAKE_CUDA_HOST_COMPILER ${CMAKE_CXX_COMPILER})
  endif()
  include(CheckLanguage)
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    enable_language(CUDA)
    find_package(CUDAToolkit QUIET)
  endif()
  if(CMAKE_CUDA_COMPILER AND CUDAToolkit_FOUND AND NOT CMAKE_CUDA_COMPILER_VERSION VERSION_LESS 12.8)
    set(DYT_CUDA ON)
  elseif(DYT_WITH_CUDA STREQUAL "ON")
    message(FATAL_ERROR "DYT_WITH_CUDA=ON needs a CUDA toolkit of 12.8 or newer; found: nvcc "
      "'${CMAKE_CUDA_COMPILER}' version '${CMAKE_CUDA_COMPILER_VERSION}'. Put nvcc on PATH, or name it with "
      "-DCMAKE_CUDA_COMPILER=FILE, or configure with -DDYT_WITH_CUDA=OFF.")
  endif()
endif()

if(DYT_CUDA)
  # CMake 3.25 knows no C++20 dialect of nvcc.
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
  set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION "-std=gnu++20")
  set(CMAKE_CUDA_STANDARD 20)
  set(CMAKE_CUDA_EXTENSIONS OFF)
  set(CMAKE_CUDA_RUNTIME_LIBRARY Shared)  # one libcudart a process, LibTorch's
  if(DYT_CCACHE AND NOT CMAKE_CUDA_COMPILER_LAUNCHER)
    set(CMAKE_CUDA_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
  endif()
endif()
message(STATUS "CUDA kernels: ${DYT_CUDA}")
