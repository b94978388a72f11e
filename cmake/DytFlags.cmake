# SPDX-License-Identifier: Apache-2.0
# Flags that every file of ours gets. All files share them to the letter: the precompiled LibTorch
# header can only be reused by files with identical flags (position independence and OpenMP included).
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG" CACHE STRING "" FORCE)

# Warnings are errors with the compiler that everything is tried with. Another one may warn of things
# that nobody here has seen, and that must not keep a user from building.
set(DYT_WERROR_DEFAULT OFF)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  set(DYT_WERROR_DEFAULT ON)
endif()
option(DYT_WERROR "Warnings are errors" ${DYT_WERROR_DEFAULT})
set(DYT_WARNINGS -Wall -Wextra)
if(DYT_WERROR)
  list(APPEND DYT_WARNINGS -Werror)
endif()

# fp-contract off: the same bits whatever the compiler would like to fuse.
# Options structs leave members at their defaults on purpose: no warning about that.
add_compile_options(
  "$<$<COMPILE_LANGUAGE:C,CXX>:-fPIC;${DYT_WARNINGS};-Wno-missing-field-initializers;-ffp-contract=off>")

if(DYT_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # A nested class with members of file-local types: g++ accepts it in a file, and warns in a batch.
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>)
endif()

if(DYT_SANITIZE)
  add_compile_options(
    "$<$<COMPILE_LANGUAGE:C,CXX>:-fsanitize=${DYT_SANITIZE};-fno-sanitize-recover=all;-fno-omit-frame-pointer>")
  add_link_options(-fsanitize=${DYT_SANITIZE})
endif()

find_program(DYT_CCACHE ccache)
if(DYT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} ${DYT_CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Lets ccache look through the precompiled header.
    add_compile_options($<$<COMPILE_LANGUAGE:C,CXX>:-fpch-preprocess>)
  endif()
endif()

find_program(DYT_MOLD mold)
if(DYT_MOLD AND NOT CMAKE_CROSSCOMPILING AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 12.1)
  add_link_options(-fuse-ld=mold)
endif()
