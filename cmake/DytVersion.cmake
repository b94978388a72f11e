# SPDX-License-Identifier: Apache-2.0
# DYT_VERSION: the numbers of dyt/kernels/dyt.h, the one place where the version stands. That header is
# plain C and must be usable as it lies in the source tree, so it is read, not written.
set(DYT_VERSION "")
foreach(part MAJOR MINOR PATCH)
  file(STRINGS ${CMAKE_CURRENT_SOURCE_DIR}/dyt/kernels/dyt.h line
    REGEX "^#define DYT_KERNELS_VERSION_${part} [0-9]+$")
  if(NOT line)
    message(FATAL_ERROR "dyt/kernels/dyt.h: expected a line '#define DYT_KERNELS_VERSION_${part} NUMBER'")
  endif()
  string(REGEX REPLACE ".* " "" number "${line}")
  list(APPEND DYT_VERSION ${number})
endforeach()
list(JOIN DYT_VERSION "." DYT_VERSION)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS dyt/kernels/dyt.h)
