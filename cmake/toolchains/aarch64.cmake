# SPDX-License-Identifier: Apache-2.0
# 64-bit ARM by Debian's cross compiler, programs run by qemu. DYT_ARM64_ROOT: the folder into which Debian
# packages of that architecture (libhwy-dev, libgtest-dev) are unpacked; scripts/setup_neon.sh makes it.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L /usr/aarch64-linux-gnu)

set(DYT_ARM64_ROOT "" CACHE PATH "Folder with unpacked Debian packages of arm64")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES DYT_ARM64_ROOT)
set(CMAKE_FIND_ROOT_PATH ${DYT_ARM64_ROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${DYT_ARM64_ROOT})
set(ENV{PKG_CONFIG_LIBDIR} ${DYT_ARM64_ROOT}/usr/lib/aarch64-linux-gnu/pkgconfig)
