# SPDX-License-Identifier: Apache-2.0
# The libraries that users link; the first and the last are joined from the layers' objects:
#   dyt::kernels        raw pointers in and out; needs the C++ library only
#   dyt::kernels_cuda   the same on an NVIDIA GPU; needs the CUDA runtime if it was built with CUDA
#   dyt::dyt            everything else; needs LibTorch
# cmake --install build/release --prefix FOLDER, then find_package(dyt) in a project of one's own, or
# find_package(dyt COMPONENTS kernels) where LibTorch is not wanted, or pkg-config dyt_kernels.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
include(CheckLinkerFlag)

function(dyt_join name)
  cmake_parse_arguments(ARG "" "" "LAYERS;LIBS;PRIVATE_LIBS" ${ARGN})
  set(target dyt_${name}_joined)
  add_library(${target} SHARED)
  foreach(layer IN LISTS ARG_LAYERS)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:dyt_layer_${layer}>)
    add_dependencies(${target} dyt_layer_${layer})
  endforeach()
  target_link_libraries(${target} PUBLIC ${ARG_LIBS} PRIVATE ${ARG_PRIVATE_LIBS})
  target_include_directories(${target} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX EXPORT_NAME ${name}
    SOVERSION ${PROJECT_VERSION_MAJOR} VERSION ${PROJECT_VERSION} INSTALL_RPATH_USE_LINK_PATH ON
    INSTALL_RPATH $ORIGIN)
  add_library(dyt::${name} ALIAS ${target})
  install(TARGETS ${target} EXPORT dyt_${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  foreach(layer IN LISTS ARG_LAYERS)
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/dyt/${layer}
      DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/dyt FILES_MATCHING PATTERN "*.h" PATTERN internal EXCLUDE)
  endforeach()
endfunction()

dyt_join(kernels LAYERS kernels PRIVATE_LIBS PkgConfig::HWY Threads::Threads)
set_target_properties(dyt_kernels_joined PROPERTIES OUTPUT_NAME dyt_kernels)
# Only what is public leaves the library, where the linker can do that.
set(map ${PROJECT_SOURCE_DIR}/cmake/dyt_kernels.map)
check_linker_flag(CXX -Wl,--version-script=${map} DYT_LINKS_WITH_MAP)
if(DYT_LINKS_WITH_MAP)
  target_link_options(dyt_kernels_joined PRIVATE -Wl,--version-script=${map})
  set_target_properties(dyt_kernels_joined PROPERTIES LINK_DEPENDS ${map})
endif()
# The kernels for CUDA, or their words where there is none; and the operators on them, which are loaded
# from beside libdyt.so when a GPU is asked for.
install(TARGETS dyt_kernels_cuda EXPORT dyt_kernels LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET dyt_ops_cuda)
  install(TARGETS dyt_ops_cuda LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
if(DYT_WITH_TORCH)
  dyt_join(dyt LAYERS core formats pixels report ops nn models data optim io analysis train tasks bench compare
    LIBS dyt_kernels_joined LibTorch::LibTorch PRIVATE_LIBS PkgConfig::HWY OpenSSL::Crypto PkgConfig::XXHASH ZLIB::ZLIB LibArchive::LibArchive JPEG::JPEG PNG::PNG CURL::libcurl Threads::Threads
      LibTorch::OpenMP)
  set_target_properties(dyt_dyt_joined PROPERTIES OUTPUT_NAME dyt)
  # The Python package looks for libdyt.so two folders above itself (python/dyt/_library.py).
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/python/dyt
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/python FILES_MATCHING PATTERN "*.py" PATTERN __pycache__ EXCLUDE)
endif()

foreach(name kernels dyt)
  if(TARGET dyt_${name}_joined)
    install(EXPORT dyt_${name} NAMESPACE dyt:: FILE dyt_${name}_targets.cmake
      DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dyt)
  endif()
endforeach()
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/dytConfig.cmake.in dytConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dyt)
write_basic_package_version_file(dytConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/dytConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/dytConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/cmake/FindLibTorch.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/dyt)

# The folder may be moved as a whole: paths are relative to the .pc file, but for those that the user
# gave as absolute ones.
set(pc_folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
if(IS_ABSOLUTE ${pc_folder})
  set(DYT_PC_PREFIX ${CMAKE_INSTALL_PREFIX})
else()
  file(RELATIVE_PATH DYT_PC_PREFIX /prefix/${pc_folder} /prefix)
  string(REGEX REPLACE "^(.*)/$" "\${pcfiledir}/\\1" DYT_PC_PREFIX ${DYT_PC_PREFIX})
endif()
foreach(folder LIBDIR INCLUDEDIR)
  set(DYT_PC_${folder} ${CMAKE_INSTALL_${folder}})
  if(NOT IS_ABSOLUTE ${DYT_PC_${folder}})
    set(DYT_PC_${folder} "\${prefix}/${DYT_PC_${folder}}")
  endif()
endforeach()
configure_file(${PROJECT_SOURCE_DIR}/cmake/dyt_kernels.pc.in dyt_kernels.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/dyt_kernels.pc DESTINATION ${pc_folder})
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR})
