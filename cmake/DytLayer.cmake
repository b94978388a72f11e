# SPDX-License-Identifier: Apache-2.0
# dyt_add_layer(NAME SOURCES a.cpp ... [PLAIN b.cpp ...] [USES core ...] [LIBS ZLIB::ZLIB ...] [TORCH])
#
# One library for one folder of dyt/. USES names the layers whose headers the folder may include; the
# layer test (scripts/check_layers.py) holds the #include lines to the table in docs/design.md.
# TORCH compiles the folder with LibTorch and the shared precompiled header; PLAIN sources of such a
# folder need no LibTorch: compiled one by one they stay off that header, which makes them cheaper.
# UNITE joins the files of a folder without LibTorch that see another large header.
function(dyt_add_layer name)
  cmake_parse_arguments(ARG "TORCH;UNITE" "" "SOURCES;PLAIN;USES;LIBS" ${ARGN})
  set(target dyt_layer_${name})
  add_library(${target} STATIC ${ARG_SOURCES} ${ARG_PLAIN})
  if(NOT DYT_UNITY)
    set_source_files_properties(${ARG_PLAIN} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  endif()
  add_library(dyt::layer::${name} ALIAS ${target})
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  foreach(used IN LISTS ARG_USES)
    target_link_libraries(${target} PUBLIC dyt_layer_${used})
  endforeach()
  target_link_libraries(${target} PUBLIC ${ARG_LIBS})
  if(ARG_TORCH)
    dyt_use_torch(${target})
  endif()
  if(ARG_TORCH OR ARG_UNITE)
    dyt_unite(${target})
  endif()
endfunction()

# dyt_unite(TARGET): compiles its files in batches of up to eight, where DYT_UNITY is on. What a file
# costs is mostly what it includes (3 s of LibTorch for 20 lines of ours), so a batch costs little more
# than one file. Names of a file's own must differ within a folder for that; the compiler says where not.
function(dyt_unite target)
  if(DYT_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  endif()
endfunction()

# dyt_use_torch(TARGET): LibTorch, OpenMP and the shared precompiled header for a target of ours.
function(dyt_use_torch target)
  target_link_libraries(${target} PUBLIC LibTorch::LibTorch LibTorch::OpenMP)
  target_precompile_headers(${target} REUSE_FROM dyt_torch_pch)
endfunction()
