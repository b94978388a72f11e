# SPDX-License-Identifier: Apache-2.0
# dyt_embed(VARIABLE INPUT LAYER FUNCTION): a source file, whose path VARIABLE gets, with the bytes of
# INPUT behind `std::string_view dyt::LAYER::FUNCTION()`, which dyt/LAYER/internal/embedded.h declares.
function(dyt_embed variable input layer function)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp)
  file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR} ${input})
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -D INPUT=${input} -D OUTPUT=${source} -D LAYER=${layer} -D FUNCTION=${function}
            -P ${PROJECT_SOURCE_DIR}/cmake/embed_file.cmake
    DEPENDS ${input} ${PROJECT_SOURCE_DIR}/cmake/embed_file.cmake
    COMMENT "Embedding ${name}")
  set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON SKIP_PRECOMPILE_HEADERS ON)
  set(${variable} ${source} PARENT_SCOPE)
endfunction()
